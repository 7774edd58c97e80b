#include "transforms/linkage/outline.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "transforms/linkage/profile.h"

namespace crossbill::linkage {
namespace {

constexpr std::size_t kFields = 2;

// Texts of few kinds of characters, so that many pairs are near; words, dates, other scripts, long ones.
class Texts {
 public:
  std::string Next() {
    switch (chance_() % 8) {
      case 0:
        return "19" + std::to_string(80 + chance_() % 3) + "-0" + std::to_string(1 + chance_() % 3) + "-1" +
               std::to_string(chance_() % 3);
      case 1:
        return Word(2) + " " + Word(2);
      case 2:
        return std::string(10 + chance_() % 20, 'a') + Word(3);
      case 3:
        return std::string(250 + chance_() % 20, 'a') + "bcdefgh";
      default:
        return Word(2 + chance_() % (characters_.size() - 1));
    }
  }
  std::vector<std::vector<std::string>> Record() {
    std::vector<std::vector<std::string>> forms(kFields);
    for (auto& field : forms) {
      for (std::uint32_t values = chance_() % 3; values > 0; --values) {
        field.push_back(Next());
      }
    }
    return forms;
  }

 private:
  std::string Word(std::size_t kinds) {
    std::string made;
    for (std::uint32_t i = 1 + chance_() % 8; i > 0; --i) {
      made += characters_[chance_() % kinds];
    }
    return made;
  }

  const std::vector<std::string> characters_ = {"a", "b", "q", "A", "ö", "1", "é", "渡", "辺", "ワ", " "};
  std::mt19937 chance_{1};
};

TEST(OutlineTest, MayHoldIsFalseOnlyWhereALevelDoesNotHold) {
  std::vector<Level> levels;
  for (const char* text : {"exact",
                           "jaro_winkler >= 0.92",
                           "jaro_winkler >= 0.8",
                           "damerau <= 1",
                           "damerau <= 3",
                           "typos <= 2",
                           "words >= 1",
                           "words >= 0.5",
                           "near_words >= 1",
                           "same_words",
                           "initial",
                           "prefix >= 3",
                           "days <= 20",
                           "mistyped",
                           "same_year",
                           "percent <= 5",
                           "starts >= 2",
                           "cut_words >= 1",
                           "cut_words >= 0.5",
                           "grams >= 0.5",
                           "difference <= 20",
                           "days_before other <= 20",
                           "exchanged other",
                           "exact and other jaro_winkler >= 0.8"}) {
    auto level = ParseLevel(text, 0, [](std::string_view name) {
      return name == "other" ? std::optional<std::size_t>(1) : std::nullopt;
    });
    ASSERT_TRUE(level.ok()) << text;
    levels.push_back(*std::move(level));
  }
  Texts texts;
  std::vector<int> holds(levels.size()), told_apart(levels.size());
  for (int i = 0; i < 60'000; ++i) {
    const OwnedProfile left(texts.Record()), right(texts.Record());
    const OwnedOutline a(left.view(), kFields), b(right.view(), kFields);
    for (std::size_t l = 0; l < levels.size(); ++l) {
      const Profile one = left.view(), other = right.view();
      const bool is_at = PairOfRecords(one, other).Holds(levels[l]);
      const bool may_be = MayHold(levels[l], a.view(), b.view());
      ASSERT_TRUE(may_be || !is_at) << levels[l].text;
      holds[l] += is_at ? 1 : 0;
      told_apart[l] += may_be ? 0 : 1;
    }
  }
  for (std::size_t l = 0; l < levels.size(); ++l) {
    EXPECT_GT(holds[l], 5) << levels[l].text;
    EXPECT_GT(told_apart[l], 15'000) << levels[l].text;
  }
}

TEST(OutlineTest, KnowsWhichFieldsHaveValues) {
  const OwnedProfile profile({{}, {"a", "b"}});
  const OwnedOutline outline(profile.view(), kFields);
  EXPECT_EQ(outline.view().has(), 2u);
  EXPECT_TRUE(outline.view()[0].empty());
  EXPECT_EQ(outline.view()[1].size(), 2u);
  EXPECT_TRUE(OwnedOutline().empty());
}

TEST(OutlineTest, ComesBackFromItsBytes) {
  Texts texts;
  const auto hashes_of = [](const OwnedOutline& outline) {
    std::vector<std::uint64_t> hashes;
    for (std::size_t field = 0; field < kFields; ++field) {
      for (const Outline& value : outline.view()[field]) {
        hashes.insert(hashes.end(), {value.counts, value.hash, value.length, value.first});
      }
      hashes.push_back(field);
    }
    return hashes;
  };
  for (int i = 0; i < 200; ++i) {
    const OwnedProfile profile(texts.Record());
    const OwnedOutline outline(profile.view(), kFields);
    const std::string bytes = outline.Encode();
    const OwnedOutline again = OwnedOutline::Decode(bytes);
    ASSERT_FALSE(again.empty());
    EXPECT_EQ(again.view().has(), outline.view().has());
    EXPECT_EQ(hashes_of(again), hashes_of(outline));
    EXPECT_TRUE(OwnedOutline::Decode(bytes.substr(1)).empty());
  }
  EXPECT_TRUE(OwnedOutline::Decode(OwnedOutline().Encode()).empty());
}

}  // namespace
}  // namespace crossbill::linkage
