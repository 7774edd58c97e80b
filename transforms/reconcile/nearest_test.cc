#include "transforms/reconcile/nearest.h"

#include <gtest/gtest.h>

namespace crossbill::transforms {
namespace {

const auto kAll = [](int, int) { return true; };

TEST(MutualNearest, PairsTheNearestOfTwoStreams) {
  const auto pairs = MutualNearest({{7, 0, 10, 0}, {7, 0, 20, 1}, {7, 1, 11, 2}, {7, 1, 19, 3}}, 5, kAll);
  EXPECT_EQ(pairs, (std::vector<NearestPair>{{1, 0, 2}, {1, 1, 3}}));
}

TEST(MutualNearest, AsNearIsNoMatch) {
  EXPECT_TRUE(MutualNearest({{7, 0, 10, 0}, {7, 1, 11, 1}, {7, 1, 9, 2}}, 5, kAll).empty());
  EXPECT_TRUE(MutualNearest({{7, 0, 10, 0}, {7, 1, 10, 1}, {7, 1, 10, 2}}, 5, kAll).empty());
}

TEST(MutualNearest, KeysStreamsAndDaysKeepApart) {
  EXPECT_TRUE(MutualNearest({{7, 0, 10, 0}, {8, 1, 10, 1}}, 5, kAll).empty());
  EXPECT_TRUE(MutualNearest({{7, 0, 10, 0}, {7, 0, 10, 1}}, 5, kAll).empty());
  EXPECT_TRUE(MutualNearest({{7, 0, 10, 0}, {7, 1, 16, 1}}, 5, kAll).empty());
}

TEST(MutualNearest, WhatIsNotCompatibleIsNoCandidate) {
  const auto not_two = [](int a, int b) { return a != 2 && b != 2; };
  const auto pairs = MutualNearest({{7, 0, 10, 0}, {7, 1, 12, 1}, {7, 1, 10, 2}}, 5, not_two);
  EXPECT_EQ(pairs, (std::vector<NearestPair>{{2, 0, 1}}));
}

TEST(MutualNearest, ManyOfOneDayDoNotTakeQuadraticTime) {
  std::vector<NearestEntry> entries;
  for (int i = 0; i < 100000; ++i) {
    entries.push_back({1, i % 2, 5, i});
  }
  EXPECT_TRUE(MutualNearest(std::move(entries), 5, kAll).empty());
}

}  // namespace
}  // namespace crossbill::transforms
