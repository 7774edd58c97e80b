#include "bus/dead_letter.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crossbill/v1/dead_letter.pb.h"

namespace crossbill::bus {
namespace {

v1::DeadLetter RowLetter() {
  v1::DeadLetter letter;
  letter.set_system("erp");
  letter.set_stream("vbak");
  letter.set_key("42");
  letter.set_code("CB1210");
  letter.set_why("no date");
  letter.set_stage("map");
  letter.set_attempt(1);
  letter.set_configuration("abc");
  letter.set_sequence(7);
  letter.set_raw("{}");
  return letter;
}

TEST(DeadLetter, HeadersAreConnectsAndOurs) {
  const v1::DeadLetter letter = RowLetter();
  const DeadLetterRecord record(letter, PlaceOf(letter), {"erp/vbak", "0", "crossbill.mapping"}, 1000);
  const RecordView view = record.View();
  EXPECT_EQ(view.key, "erp/vbak/42");
  EXPECT_EQ(view.timestamp_ms, 1000);
  EXPECT_EQ(view.Header("__connect.errors.connector.name"), "erp/vbak");
  EXPECT_EQ(view.Header("__connect.errors.task.id"), "0");
  EXPECT_EQ(view.Header("__connect.errors.stage"), "TRANSFORMATION");
  EXPECT_EQ(view.Header("__connect.errors.class.name"), "crossbill.mapping");
  EXPECT_EQ(view.Header("__connect.errors.exception.class.name"), "crossbill.CB1210");
  EXPECT_EQ(view.Header("__connect.errors.exception.message"), "no date");
  EXPECT_EQ(view.Header("crossbill-error-code"), "CB1210");
  EXPECT_EQ(view.Header("crossbill-source"), "42");
  EXPECT_EQ(view.Header("crossbill-config-hash"), "abc");
  EXPECT_EQ(view.Header("crossbill-attempt"), "1");
  EXPECT_EQ(view.Header("ce_source"), "erp/vbak");
  EXPECT_EQ(view.Header("ce_time"), "1970-01-01T00:00:01Z");
  for (const HeaderView& header : view.headers) {
    EXPECT_FALSE(header.name.starts_with("__connect.errors.topic")) << "a row never was on one";
  }
}

TEST(DeadLetter, ARecordSaysWhereItStood) {
  v1::DeadLetter letter = RowLetter();
  letter.set_topic("p.source.order");
  letter.set_partition(3);
  letter.set_offset(99);
  letter.set_stage("intake");
  const DeadLetterRecord record(letter, PlaceOf(letter), {"intake", "3", "crossbill.transform.intake"}, 0);
  EXPECT_EQ(record.View().key, "p.source.order/3/99");
  EXPECT_EQ(record.View().Header("__connect.errors.topic"), "p.source.order");
  EXPECT_EQ(record.View().Header("__connect.errors.partition"), "3");
  EXPECT_EQ(record.View().Header("__connect.errors.offset"), "99");
  EXPECT_EQ(record.View().Header("__connect.errors.stage"), "VALUE_CONVERTER");
  EXPECT_EQ(record.View().Header("crossbill-source"), "p.source.order/3/99");
}

TEST(DeadLetter, HeadersAreShortText) {
  v1::DeadLetter letter = RowLetter();
  letter.set_key("a\xff");
  letter.set_why(std::string(100000, 'w'));
  letter.set_file("f.csv");
  letter.set_line(4);
  letter.mutable_shape()->add_columns()->set_name("\xfe");
  letter.add_headers()->set_name("\xfd");
  const DeadLetterRecord record(letter, PlaceOf(letter), {"erp/vbak", "0", "c"}, 0);
  for (const HeaderView& header : record.View().headers) {
    EXPECT_TRUE(IsValidUtf8(header.value)) << header.name;
    EXPECT_LT(header.value.size(), 5000u) << header.name;
  }
  EXPECT_EQ(record.View().Header("crossbill-source"), "f.csv:4");
  v1::DeadLetter again;
  ASSERT_TRUE(again.ParseFromString(std::string(*record.View().value)));
  EXPECT_EQ(again.key(), "a\\xFF");
}

TEST(DeadLetter, AnIdIsOfWhatWasPutAsideAndNotOfTheAttempt) {
  v1::DeadLetter letter = RowLetter();
  const std::string id = LetterId("place", letter);
  letter.set_attempt(4);
  letter.set_why("another");
  EXPECT_EQ(LetterId("place", letter), id);
  EXPECT_NE(LetterId("elsewhere", letter), id);
  letter.set_sequence(8);
  EXPECT_NE(LetterId("place", letter), id) << "the same row again, later";
}

TEST(DeadLetter, BytesAreKeptUpToALimit) {
  v1::DeadLetter letter;
  SetRaw(letter, std::string(kMaxLetterBytes, 'x'));
  EXPECT_EQ(letter.raw_size(), 0);
  SetRaw(letter, std::string(kMaxLetterBytes + 1, 'x'));
  EXPECT_EQ(letter.raw().size(), kMaxLetterBytes);
  EXPECT_EQ(letter.raw_size(), static_cast<std::int64_t>(kMaxLetterBytes) + 1);
}

}  // namespace
}  // namespace crossbill::bus
