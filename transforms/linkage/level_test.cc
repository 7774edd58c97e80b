#include "transforms/linkage/level.h"

#include <gtest/gtest.h>

#include "base/date.h"
#include "base/id.h"

namespace crossbill::linkage {
namespace {

Term MakeTerm(std::string_view text) {
  Term term{text, HashOf(text)};
  if (const auto date = Date::Parse(text); date.ok()) {
    term.number = date->days();
    term.has_number = true;
  }
  return term;
}

bool Holds(std::string_view level, std::string_view a, std::string_view b) {
  const Term left = MakeTerm(a), right = MakeTerm(b);
  const bool forwards = PairOfTerms(left, right).Holds(*ParseLevel(level));
  EXPECT_EQ(PairOfTerms(right, left).Holds(*ParseLevel(level)), forwards) << level << ": " << a << ", " << b;
  return forwards;
}

TEST(LevelTest, Golden) {
  EXPECT_TRUE(Holds("exact", "anna", "anna"));
  EXPECT_FALSE(Holds("exact", "anna", "anne"));
  EXPECT_TRUE(Holds("jaro_winkler >= 0.92", "martha", "marhta"));
  EXPECT_FALSE(Holds("jaro_winkler >= 0.97", "martha", "marhta"));
  EXPECT_TRUE(Holds("damerau <= 1", "martha", "marhta"));
  EXPECT_FALSE(Holds("damerau <= 1", "martha", "mraaht"));
  EXPECT_TRUE(Holds("words >= 1", "acme trading", "acme global trading"));
  EXPECT_FALSE(Holds("words >= 0.8", "acme trading", "acme global"));
  EXPECT_TRUE(Holds("words >= 0.5", "acme trading", "acme global"));
  EXPECT_TRUE(Holds("same_words", "anna maria", "maria anna"));
  EXPECT_FALSE(Holds("same_words", "anna maria", "maria annb"));
  EXPECT_TRUE(Holds("initial", "j", "john"));
  EXPECT_TRUE(Holds("initial", "陈", "陈志强"));
  EXPECT_FALSE(Holds("initial", "j", "j"));
  EXPECT_FALSE(Holds("initial", "jo", "john"));
  EXPECT_TRUE(Holds("prefix >= 4", "robert", "robertson"));
  EXPECT_FALSE(Holds("prefix >= 7", "robert", "robertson"));
  EXPECT_TRUE(Holds("days <= 3", "2026-10-31", "2026-11-03"));
  EXPECT_FALSE(Holds("days <= 3", "2026-10-31", "2026-11-04"));
  EXPECT_FALSE(Holds("days <= 3", "2026-10-31", "soon"));
  EXPECT_TRUE(Holds("mistyped", "2026-10-11", "2026-11-10"));
  EXPECT_TRUE(Holds("mistyped", "2026-10-11", "2028-10-11"));
  EXPECT_TRUE(Holds("mistyped", "2026-10-12", "2026-10-21"));
  EXPECT_FALSE(Holds("mistyped", "2026-10-12", "2026-10-24"));
  EXPECT_TRUE(Holds("same_year", "2026-10-12", "2026-01-01"));
}

TEST(LevelTest, PercentIsOfTheLarger) {
  Term a{"100", 1, 10000, 0, true}, b{"102", 2, 10200, 0, true};
  EXPECT_TRUE(PairOfTerms(a, b).Holds(*ParseLevel("percent <= 2")));
  EXPECT_FALSE(PairOfTerms(a, b).Holds(*ParseLevel("percent <= 1.9")));
  b.has_number = false;
  EXPECT_FALSE(PairOfTerms(a, b).Holds(*ParseLevel("percent <= 2")));
}

TEST(LevelTest, SaysWhatThereIs) {
  for (const std::string_view bad : {"", "exakt", "exact 1", "damerau", "damerau >= 1", "damerau <= x",
                                     "damerau <= 5", "damerau <= 1 2"}) {
    const auto level = ParseLevel(bad);
    ASSERT_FALSE(level.ok()) << bad;
    EXPECT_EQ(level.error().code(), Code::kConfigValue);
    EXPECT_NE(level.error().message().find("damerau <= N"), std::string::npos);
  }
}

}  // namespace
}  // namespace crossbill::linkage
