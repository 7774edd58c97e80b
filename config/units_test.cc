#include <gtest/gtest.h>

#include "config/reader.h"

namespace crossbill::config {
namespace {

TEST(Units, Durations) {
  EXPECT_EQ(*ParseDuration("250ms"), 250);
  EXPECT_EQ(*ParseDuration("10s"), 10'000);
  EXPECT_EQ(*ParseDuration("5m"), 300'000);
  EXPECT_EQ(*ParseDuration("24h"), 86'400'000);
  EXPECT_EQ(*ParseDuration("7d"), 604'800'000);
  EXPECT_EQ(*ParseDuration("1h30m"), 5'400'000);
  EXPECT_EQ(*ParseDuration("0"), 0);
  EXPECT_EQ(*ParseDuration("0s"), 0);
  for (const char* wrong : {"", "10", "s", "-1s", "1.5h", "10 s", "30m1h", "1m1m", "10sec",
                            "99999999999999999999s", "9223372036854775807s", "106751991168d", "10s "}) {
    EXPECT_FALSE(ParseDuration(wrong).ok()) << wrong;
  }
  EXPECT_EQ(ParseDuration("soon").error().message(),
            "expected a duration such as 250ms, 10s, 5m, 24h or 7d, but found \"soon\"");
}

TEST(Units, DurationRanges) {
  EXPECT_EQ(ParseDurationRange("1s..1m")->least_ms, 1'000);
  EXPECT_EQ(ParseDurationRange("1s..1m")->most_ms, 60'000);
  EXPECT_TRUE(ParseDurationRange("1s..1s").ok());
  for (const char* wrong : {"1m..1s", "1s", "1s..", "..1s", "1s...1m", "1s-1m"}) {
    EXPECT_FALSE(ParseDurationRange(wrong).ok()) << wrong;
  }
}

TEST(Units, Sizes) {
  EXPECT_EQ(*ParseSize("4096"), 4096);
  EXPECT_EQ(*ParseSize("64MB"), 64'000'000);
  EXPECT_EQ(*ParseSize("1GiB"), 1'073'741'824);
  EXPECT_EQ(*ParseSize("8388607TiB"), 8388607 * (std::int64_t{1} << 40));
  for (const char* wrong : {"", "MB", "-1", "1.5MB", "64mb", "64 MB", "8388608TiB", "1XB"}) {
    EXPECT_FALSE(ParseSize(wrong).ok()) << wrong;
  }
}

TEST(Units, PercentagesAreHundredths) {
  EXPECT_EQ(*ParsePercent("2%"), 200);
  EXPECT_EQ(*ParsePercent("0.25%"), 25);
  EXPECT_EQ(*ParsePercent("0.5%"), 50);
  EXPECT_EQ(*ParsePercent("100%"), 10'000);
  for (const char* wrong : {"", "2", "%", "-2%", "2.%", "0.125%", "2 %", "99999999%"}) {
    EXPECT_FALSE(ParsePercent(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace crossbill::config
