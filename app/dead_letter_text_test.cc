#include "app/dead_letter_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/table.h"

namespace crossbill::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DeadLetterText, BytesThatAreNoTextAreDumped) {
  runtime::Letter letter;
  letter.message.set_raw("text");
  EXPECT_THAT(ShowLetter(letter), HasSubstr("\n  text\n"));
  letter.message.set_raw("a\xff\n0123456789abcdef");
  EXPECT_THAT(ShowLetter(letter), HasSubstr("00000000  61 ff 0a 30"));
  EXPECT_THAT(ShowLetter(letter), HasSubstr("00000010  64 65 66"));
}

TEST(DeadLetterText, OnlyWhatAppliesIsInTheSource) {
  v1::DeadLetter letter;
  letter.set_system("erp");
  letter.set_stream("vbak");
  letter.set_key("42");
  EXPECT_EQ(SourceJson(letter), R"({"system":"erp","stream":"vbak","key":"42"})");
  letter.set_file("a.csv");
  letter.set_line(3);
  EXPECT_EQ(SourceJson(letter), R"({"system":"erp","stream":"vbak","file":"a.csv","line":3,"key":"42"})");
}

TEST(Table, ColumnsAreAsWideAsTheirCharacters) {
  EXPECT_EQ(Table({{"A", "B"}, {"订单", "x"}, {"1234", "y"}}), "A     B\n订单    x\n1234  y\n");
  EXPECT_EQ(Shortened("订单号", 2), "订单…");
  EXPECT_EQ(Shortened("a\nb", 9), "a\\nb");
  EXPECT_THAT(Shortened("\xff\xfe", 20), Not(HasSubstr("\xff")));
}

}  // namespace
}  // namespace crossbill::app
