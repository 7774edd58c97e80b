#include "transforms/linkage/level.h"

#include <gtest/gtest.h>

#include <array>

#include "transforms/linkage/profile.h"

namespace crossbill::linkage {
namespace {

struct Values {
  explicit Values(std::string_view text) : term(MakeTerm(text)) {}
  Profile profile() const { return {{&pointer, 1}, {&term.hash, 1}, ends}; }

  Term term;
  const Term* pointer = &term;
  std::array<std::uint16_t, 1> ends = {1};
};

std::optional<std::size_t> OnlyName(std::string_view name) {
  return name == "name" ? std::optional<std::size_t>(0) : std::nullopt;
}

bool HoldsFor(std::string_view level, const Values& left, const Values& right) {
  const Level parsed = *ParseLevel(level, 0, OnlyName);
  const Profile a = left.profile(), b = right.profile();
  return PairOfRecords(a, b).Holds(parsed);
}

bool Holds(std::string_view level, std::string_view a, std::string_view b) {
  const bool forwards = HoldsFor(level, Values(a), Values(b));
  EXPECT_EQ(HoldsFor(level, Values(b), Values(a)), forwards) << level << ": " << a << ", " << b;
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
  EXPECT_TRUE(Holds("typos <= 1", "acme", "acne"));
  EXPECT_FALSE(Holds("typos <= 1", "abc", "abd")) << "too short: another word";
  EXPECT_FALSE(Holds("typos <= 2", "metron", "matrun"));
  EXPECT_TRUE(Holds("typos <= 2", "metron optik", "matrun optik"));
  EXPECT_FALSE(Holds("typos <= 1", "metron optik", "matrun optik"));
  EXPECT_TRUE(Holds("typos <= 1", "中恒服装限公司", "中恒服装有限公司"));
  EXPECT_FALSE(Holds("typos <= 1", "杨伟欣", "杨欣"));
  EXPECT_TRUE(Holds("near_words >= 1", "acme tradimg", "acme global trading"));
  EXPECT_TRUE(Holds("near_words >= 1", "e schulz", "emma c schulz"));
  EXPECT_FALSE(Holds("near_words >= 1", "emil schulz", "emma c schulz"));
  EXPECT_TRUE(Holds("near_words >= 0.5", "emil schulz", "emma c schulz"));
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

TEST(LevelTest, AllConditionsHold) {
  EXPECT_TRUE(Holds("words >= 1 and name prefix >= 4", "acme", "acme trading"));
  EXPECT_FALSE(Holds("words >= 1 and name prefix >= 5", "acme", "acme trading"));
}

TEST(LevelTest, PercentIsOfTheLarger) {
  Values a("100"), b("102");
  a.term.has_number = b.term.has_number = true;
  a.term.number = 10000;
  b.term.number = 10200;
  EXPECT_TRUE(HoldsFor("percent <= 2", a, b));
  EXPECT_FALSE(HoldsFor("percent <= 1.9", a, b));
  b.term.has_number = false;
  EXPECT_FALSE(HoldsFor("percent <= 2", a, b));
}

TEST(LevelTest, SaysWhatThereIs) {
  for (const std::string_view bad :
       {"", "exakt", "exact 1", "damerau", "damerau >= 1", "damerau <= x", "damerau <= 5", "damerau <= 1 2",
        "city exact", "exact and", "exact and exact exact", "exchanged city"}) {
    const auto level = ParseLevel(bad, 0, OnlyName);
    ASSERT_FALSE(level.ok()) << bad;
    EXPECT_EQ(level.error().code(), Code::kConfigValue);
    EXPECT_NE(level.error().message().find("damerau <= N"), std::string::npos);
  }
}

}  // namespace
}  // namespace crossbill::linkage
