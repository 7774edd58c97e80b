// binary-float (file): similarities
#include "transforms/linkage/distance_bounds.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/distance.h"
#include "transforms/linkage/profile.h"

namespace crossbill::linkage {
namespace {

TEST(DistanceBoundsTest, AreNeverOnTheWrongSide) {
  std::mt19937 chance(1);
  const std::vector<std::string> characters = {"a", "b",  "c",  "d",  "e",  "A", "ö",
                                               "é", "渡", "辺", "邊", "ワ", " "};
  const auto text = [&](std::size_t kinds) {
    std::string made;
    for (std::uint32_t i = chance() % 9; i > 0; --i) {
      made += characters[chance() % kinds];
    }
    return made;
  };
  int told_apart = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::size_t kinds = 2 + chance() % (characters.size() - 1);
    const std::string left = text(kinds), right = text(kinds);
    const Term a = MakeTerm(left), b = MakeTerm(right);
    ASSERT_GE(MostJaroWinkler(a, b), JaroWinkler(left, right)) << left << " | " << right;
    ASSERT_LE(LeastDamerau(a, b), static_cast<std::uint32_t>(DamerauLevenshtein(left, right)))
        << left << " | " << right;
    told_apart += MostJaroWinkler(a, b) < 0.88 && LeastDamerau(a, b) > 1 ? 1 : 0;
  }
  EXPECT_GT(told_apart, 50'000) << "of use";
}

}  // namespace
}  // namespace crossbill::linkage
