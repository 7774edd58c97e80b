#include "transforms/identity/member_list.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace crossbill::transforms {
namespace {

std::vector<std::uint64_t> NumbersOf(const MemberList& list) {
  std::vector<std::uint64_t> numbers;
  list.ForEach([&](std::uint64_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(MemberListTest, IsTheListOfWhatWasAddedAndNotRemoved) {
  constexpr std::uint64_t kGreatest = UINT32_MAX;
  std::mt19937 chance(1);
  MemberList list;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t step = 0; step < 20'000; ++step) {
    const bool grows = step / 500 % 2 == 0;
    if (expected.empty() || chance() % 100 < (grows ? 60 : 40)) {
      const std::uint64_t number = step == 7 ? kGreatest : step;
      list.Add(number);
      expected.push_back(number);
    } else {
      const auto gone = expected.begin() + static_cast<std::ptrdiff_t>(chance() % expected.size());
      list.Remove(*gone);
      EXPECT_FALSE(list.Contains(*gone));
      expected.erase(gone);
      list.Remove(kGreatest - 1);  // which is not in it
    }
    ASSERT_EQ(list.size(), expected.size()) << "step " << step;
    ASSERT_EQ(NumbersOf(list), expected) << "step " << step;
    if (chance() % 50 == 0) {
      MemberList moved(std::move(list));
      list = std::move(moved);
    }
  }
}

}  // namespace
}  // namespace crossbill::transforms
