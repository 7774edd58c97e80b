#include "transforms/sdk/references.h"

#include <gtest/gtest.h>

namespace crossbill::transforms {
namespace {

TEST(NormaliseNumber, WaysToWriteOneNumberMeet) {
  for (const char* text : {"PO#2025/144", "2025/144", "No. 2025-144", " po 2025 144", "#2025144"}) {
    EXPECT_EQ(NormaliseNumber(text), "2025144") << text;
  }
  EXPECT_EQ(NormaliseNumber("0090000216"), "90000216");
  EXPECT_EQ(NormaliseNumber("W26-0001861"), NormaliseNumber("w260001861"));
  EXPECT_EQ(NormaliseNumber("Ｗ２６－０００１８６１"), "W260001861");
  EXPECT_EQ(NormaliseNumber("PO-26-01671"), NormaliseNumber("PO-2601671"));
  EXPECT_EQ(NormaliseNumber("000"), "");
  EXPECT_EQ(NormaliseNumber(""), "");
}

TEST(NormaliseNumber, DifferentNumbersStayApart) {
  EXPECT_NE(NormaliseNumber("CI-000001"), NormaliseNumber("CS-000001"));
  EXPECT_NE(NormaliseNumber("F240000001"), NormaliseNumber("R240000001"));
  EXPECT_EQ(NormaliseNumber("NORTH-7"), "NORTH7");  // "NO" is part of the word
}

std::vector<std::string> NumbersOf(v1::Reference::Type type, std::string_view text) {
  std::vector<Mention> mentions;
  AddMentions(type, text, {}, mentions);
  std::vector<std::string> numbers;
  for (const Mention& mention : mentions) {
    numbers.push_back(v1::Reference::Type_Name(mention.type) + " " + mention.number);
  }
  return numbers;
}

TEST(AddMentions, FindsTheNumbersInsideOfOneReference) {
  const auto numbers = NumbersOf(v1::Reference::INVOICE, "RE 0090000216 / AB 4500182");
  EXPECT_NE(std::find(numbers.begin(), numbers.end(), "OTHER 90000216"), numbers.end());
  EXPECT_NE(std::find(numbers.begin(), numbers.end(), "OTHER 4500182"), numbers.end());
  const auto glued = NumbersOf(v1::Reference::INVOICE, "RE0090000473");
  EXPECT_NE(std::find(glued.begin(), glued.end(), "OTHER 90000473"), glued.end());
  EXPECT_EQ(NumbersOf(v1::Reference::ORDER, "0004500012"), std::vector<std::string>{"ORDER 4500012"});
  EXPECT_TRUE(NumbersOf(v1::Reference::ORDER, "").empty());
}

TEST(AddMentionsInText, FindsNumbersBetweenWordsOfAnyScript) {
  std::vector<Mention> mentions;
  AddMentionsInText("付款 发票90000505, 0090000514/90000524 thanks 12", mentions);
  std::vector<std::string> numbers;
  for (const Mention& mention : mentions) {
    numbers.push_back(mention.number);
  }
  EXPECT_EQ(numbers, (std::vector<std::string>{"90000505", "90000514", "90000524"}));
}

TEST(NearlySame, OneSlipOnly) {
  EXPECT_TRUE(NearlySame("W250000465", "W2500000465"));
  EXPECT_TRUE(NearlySame("HT2025020587", "HT2025020578"));
  EXPECT_FALSE(NearlySame("HT2025020587", "HT2025022578"));
  EXPECT_FALSE(NearlySame("1234", "1235"));  // too short for slips
}

}  // namespace
}  // namespace crossbill::transforms
