#include "bus/record.h"

#include <gtest/gtest.h>

namespace crossbill::bus {
namespace {

// murmur2 values of Kafka's own UtilsTest, as positive remainders.
TEST(PartitionOf, AgreesWithKafka) {
  const auto expected = [](std::int32_t hash, std::int32_t n) { return (hash & 0x7fffffff) % n; };
  for (const std::int32_t n : {1, 3, 7, 16, 1000, 0x7fffffff}) {
    EXPECT_EQ(PartitionOf("21", n), expected(-973932308, n));
    EXPECT_EQ(PartitionOf("foobar", n), expected(-790332482, n));
    EXPECT_EQ(PartitionOf("a-little-bit-long-string", n), expected(-985981536, n));
    EXPECT_EQ(PartitionOf("a-little-bit-longer-string", n), expected(-1486304829, n));
    EXPECT_EQ(PartitionOf("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", n), expected(-58897971, n));
    EXPECT_EQ(PartitionOf("abc", n), expected(479470107, n));
  }
}

TEST(RecordView, FindsAHeader) {
  const HeaderView headers[] = {{"ce_id", "1"}, {"ce_type", "order"}, {"ce_id", "2"}};
  RecordView record;
  record.headers = headers;
  EXPECT_EQ(record.Header("ce_type"), "order");
  EXPECT_EQ(record.Header("ce_id"), "1");
  EXPECT_EQ(record.Header("nothing"), "");
}

}  // namespace
}  // namespace crossbill::bus
