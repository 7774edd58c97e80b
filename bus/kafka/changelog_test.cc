#include "bus/kafka/changelog.h"

#include <gtest/gtest.h>

namespace crossbill::bus {
namespace {

KafkaOptions Options(std::int32_t partitions) {
  KafkaOptions options;
  options.prefix = "acme";
  options.state_partitions = partitions;
  return options;
}

TEST(ChangelogPlaceTest, AStagesPartitionHasOneOfItsOwn) {
  const ChangelogPlace place = ChangelogPlaceOf(Options(4), "routing.2");
  EXPECT_EQ(place.partition, (TopicPartition{"acme.internal.state.routing", 2}));
  EXPECT_EQ(place.key_prefix, "");
}

TEST(ChangelogPlaceTest, OthersShareOneAndAreToldApartByTheirKeys) {
  const ChangelogPlace orders = ChangelogPlaceOf(Options(4), "connector.erp/orders");
  const ChangelogPlace more = ChangelogPlaceOf(Options(4), "connector.erp/orders2");
  EXPECT_EQ(orders.partition.topic, "acme.internal.state.connector");
  EXPECT_EQ(more.partition.topic, orders.partition.topic);
  // No name is the beginning of another one's keys.
  EXPECT_EQ(orders.key_prefix, std::string("connector.erp/orders") + '\0');
  EXPECT_FALSE(more.key_prefix.starts_with(orders.key_prefix));
}

TEST(ChangelogPlaceTest, AStreamWhoseNameEndsLikeAPartitionStaysWithinTheTopic) {
  for (const char* name : {"connector.erp/orders.2", "connector.2", "a.b.2", "routing.-1", "routing.99999",
                           "x.", ".3", "routing.2x", "7"}) {
    const ChangelogPlace place = ChangelogPlaceOf(Options(4), name);
    EXPECT_EQ(place.partition.topic, "acme.internal.state.connector") << name;
    EXPECT_LT(place.partition.partition, 4) << name;
    EXPECT_FALSE(place.key_prefix.empty()) << name;
  }
}

}  // namespace
}  // namespace crossbill::bus
