#include "transforms/value/buckets.h"

#include <gtest/gtest.h>

namespace crossbill::transforms {
namespace {

TEST(Buckets, TwoDigitsInOrder) {
  const char* const amounts[] = {"0.004", "0.05", "0.051", "0.9",  "1",       "1.09", "1.1",
                                 "9.99",  "10",   "123",   "1200", "1299.99", "1300"};
  for (const char* text : amounts) {
    const Decimal amount = *Decimal::Parse(text);
    const Bucket bucket = BucketOf(amount);
    EXPECT_LE(LeastOf(bucket), amount) << text;
    EXPECT_GT(LeastOf(bucket + (bucket % 100 == 99 ? 11 : 1)), amount) << text;
    EXPECT_EQ(BucketOf(LeastOf(bucket)), bucket) << text;
    EXPECT_EQ(BucketOfKey(KeyOf(bucket)), bucket) << text;
  }
  EXPECT_EQ(BucketOf(*Decimal::Parse("1200")), BucketOf(*Decimal::Parse("1299.99")));
  EXPECT_LT(BucketOf(*Decimal::Parse("9.9")), BucketOf(*Decimal::Parse("10")));
  EXPECT_EQ(LeastOf(BucketOf(*Decimal::Parse("1299.99"))).ToString(), "1200");
}

TEST(Buckets, TheFirstPartAndTheMiddle) {
  Histogram histogram;
  EXPECT_FALSE(histogram.DownTo(8000));
  EXPECT_FALSE(histogram.Median());
  for (const char* amount : {"70", "15", "10", "4", "1"}) {
    histogram.Add(*Decimal::Parse(amount), 1);
  }
  EXPECT_EQ(LeastOf(*histogram.DownTo(7000)).ToString(), "70");
  EXPECT_EQ(LeastOf(*histogram.DownTo(7001)).ToString(), "15");
  EXPECT_EQ(LeastOf(*histogram.DownTo(10000)).ToString(), "1");
  EXPECT_EQ(LeastOf(*histogram.Median()).ToString(), "10");
  histogram.Add(*Decimal::Parse("70"), -1);
  EXPECT_EQ(LeastOf(*histogram.DownTo(5000)).ToString(), "15");
  EXPECT_EQ(histogram.buckets().size(), 4U);
}

}  // namespace
}  // namespace crossbill::transforms
