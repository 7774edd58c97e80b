#include "transforms/sdk/cache.h"

#include <gtest/gtest.h>

#include <string>

namespace crossbill::transforms {
namespace {

TEST(Cache, WhatIsUsedStaysAndTheRestIsForgotten) {
  Cache<int> cache(4);
  cache.Put("hot", 1);
  for (int i = 0; i < 100; ++i) {
    cache.Put(std::to_string(i), i);
    ASSERT_NE(cache.Find("hot"), nullptr) << i;
  }
  EXPECT_EQ(cache.Find("0"), nullptr);
  int found = 0;
  for (int i = 0; i < 100; ++i) {
    found += cache.Find(std::to_string(i)) != nullptr ? 1 : 0;
  }
  EXPECT_LE(found, 8);
}

TEST(Cache, ANewValueReplacesAnOldOneInEitherGeneration) {
  Cache<int> cache(2);
  cache.Put("a", 1);
  cache.Put("b", 2);
  cache.Put("c", 3);  // "a" and "b" are the older generation now
  cache.Put("a", 10);
  EXPECT_EQ(*cache.Find("a"), 10);
  cache.Erase("b");
  EXPECT_EQ(cache.Find("b"), nullptr);
  cache.Erase("a");
  EXPECT_EQ(cache.Find("a"), nullptr);
}

}  // namespace
}  // namespace crossbill::transforms
