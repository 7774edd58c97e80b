#include "transforms/sdk/wire.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "crossbill/v1/internal.pb.h"
#include "crossbill/v1/order.pb.h"

namespace crossbill::transforms {
namespace {

std::string AnOrder() {
  v1::Order order;
  order.mutable_source()->set_system("erp");
  order.set_number("4500012");
  order.add_lines()->set_quantity("2");
  return order.SerializeAsString();
}

TEST(Wire, FieldsComeInOrder) {
  const std::string bytes = AnOrder();
  WireReader reader(bytes);
  ASSERT_TRUE(reader.Next());
  EXPECT_TRUE(reader.IsBytes(v1::Order::kSourceFieldNumber));
  ASSERT_TRUE(reader.Next());
  EXPECT_TRUE(reader.IsBytes(v1::Order::kNumberFieldNumber));
  EXPECT_EQ(reader.bytes(), "4500012");
  ASSERT_TRUE(reader.Next());
  EXPECT_TRUE(reader.IsBytes(v1::Order::kLinesFieldNumber));
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
}

TEST(Wire, WritesWhatProtobufWrites) {
  v1::RoutedDocument routed;
  routed.set_kind(v1::Document::INVOICE);
  routed.set_sequence(1'234'567'890'123);
  routed.set_via("P|erp|1");
  routed.set_removed(true);
  std::string bytes;
  AppendVarintField(bytes, 2, static_cast<std::uint64_t>(v1::Document::INVOICE));
  AppendVarintField(bytes, 3, 1'234'567'890'123);
  AppendBytesField(bytes, 4, "");
  AppendBytesField(bytes, 5, "P|erp|1");
  AppendVarintField(bytes, 6, 1);
  EXPECT_EQ(bytes, routed.SerializeAsString());
}

TEST(Wire, ACutMessageIsNeverReadPastItsEnd) {
  const std::string whole = AnOrder();
  std::size_t refused = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string cut = whole.substr(0, length);
    WireReader reader(cut);
    while (reader.Next()) {
    }
    v1::Order order;
    EXPECT_EQ(reader.ok(), order.ParseFromString(cut)) << length;
    refused += reader.ok() ? 0 : 1;
  }
  EXPECT_GT(refused, whole.size() / 2);
}

TEST(Wire, AnyBytesComeToAnEnd) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) {
      c = static_cast<char>(random());
    }
    WireReader reader(bytes);
    std::size_t fields = 0;
    while (reader.Next()) {
      ++fields;
    }
    EXPECT_LE(fields, bytes.size());
  }
}

TEST(Wire, PartsDoNotRunIntoEachOther) {
  std::string one, two;
  AppendPart(one, "a");
  AppendPart(one, "bc");
  AppendPart(two, "ab");
  AppendPart(two, "c");
  EXPECT_NE(one, two);
  std::string_view rest = one, part;
  ASSERT_TRUE(TakePart(rest, part));
  EXPECT_EQ(part, "a");
  ASSERT_TRUE(TakePart(rest, part));
  EXPECT_EQ(part, "bc");
  EXPECT_FALSE(TakePart(rest, part));
  std::string_view too_short(
      "\x05"
      "ab");
  EXPECT_FALSE(TakePart(too_short, part));
}

}  // namespace
}  // namespace crossbill::transforms
