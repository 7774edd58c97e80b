#include "runtime/ahead.h"

#include <gtest/gtest.h>

#include <atomic>

namespace crossbill::runtime {
namespace {

// Counts up; rests at `last` and from there on; fails at `fail_at`.
class Counter {
 public:
  explicit Counter(int last, int fail_at = -1) : last_(last), fail_at_(fail_at) {}
  Ahead<int>::Make make() {
    return [this]() -> Result<int> {
      const int number = ++made_;
      if (number == fail_at_) {
        return Error(Code::kSourceUnavailable, "the network is down");
      }
      return number;
    };
  }
  std::function<bool(const int&)> rests() const {
    return [last = last_](const int& number) { return number >= last; };
  }
  int made() const { return made_; }

 private:
  const int last_;
  const int fail_at_;
  std::atomic<int> made_{0};
};

TEST(AheadTest, GivesEveryItemOnceAndInOrder) {
  Counter counter(100);
  Ahead<int> ahead(counter.make(), counter.rests());
  for (int i = 1; i <= 100; ++i) {
    const auto item = ahead.Next();
    ASSERT_TRUE(item.ok());
    EXPECT_EQ(*item, i);
  }
}

TEST(AheadTest, RestsAtTheEndUntilItIsAskedAgain) {
  Counter counter(1);
  Ahead<int> ahead(counter.make(), counter.rests());
  ASSERT_TRUE(ahead.Next().ok());
  EXPECT_EQ(counter.made(), 1);
  ASSERT_TRUE(ahead.Next().ok());
  EXPECT_EQ(counter.made(), 2);
}

TEST(AheadTest, AnErrorReachesTheCallerAfterTheItemsBeforeIt) {
  Counter counter(100, 3);
  Ahead<int> ahead(counter.make(), counter.rests());
  EXPECT_TRUE(ahead.Next().ok());
  EXPECT_TRUE(ahead.Next().ok());
  const auto failed = ahead.Next();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), Code::kSourceUnavailable);
}

TEST(AheadTest, TwoInARowGiveTheSameAsOne) {
  Counter counter(50, 40);
  Ahead<int> first(counter.make(), counter.rests());
  Ahead<int> second(
      [&]() -> Result<int> {
        CROSSBILL_TRY(const int number, first.Next());
        return number * 10;
      },
      [](const int& number) { return number >= 500; });
  for (int i = 1; i < 40; ++i) {
    ASSERT_EQ(second.Next().value(), i * 10);
  }
  EXPECT_FALSE(second.Next().ok());
}

}  // namespace
}  // namespace crossbill::runtime
