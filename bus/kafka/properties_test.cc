#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/kafka/kafka_bus.h"

namespace crossbill::bus {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(KafkaPropertyTest, TakesWhatLibrdkafkaKnows) {
  EXPECT_TRUE(CheckKafkaProperty("bootstrap.servers", "a:9092,b:9092").ok());
  EXPECT_TRUE(CheckKafkaProperty("sasl.mechanisms", "SCRAM-SHA-512").ok());
  EXPECT_TRUE(CheckKafkaProperty("sasl.oauthbearer.method", "oidc").ok());
  EXPECT_TRUE(CheckKafkaProperty("linger.ms", "20").ok());
}

TEST(KafkaPropertyTest, NamesTheNearestOfAnUnknownOne) {
  const Status status = CheckKafkaProperty("security.protocoll", "ssl");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), Code::kConfigUnknownKey);
  EXPECT_THAT(status.error().message(), HasSubstr("did you mean \"security.protocol\"?"));
}

TEST(KafkaPropertyTest, RefusesThoseOnWhichExactlyOnceStands) {
  for (const char* name : {"transactional.id", "isolation.level", "enable.idempotence", "group.id", "acks"}) {
    const Status status = CheckKafkaProperty(name, "1");
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_THAT(status.error().message(), HasSubstr("set by Crossbill itself")) << name;
  }
}

// A value may be a secret, also one that does not fit.
TEST(KafkaPropertyTest, AMessageNeverHasTheValue) {
  for (const auto& [name, value] : {std::pair("sasl.password.of.mine", "hunter2"),
                                    {"linger.ms", "hunter2"},
                                    {"transactional.id", "hunter2"}}) {
    const Status status = CheckKafkaProperty(name, value);
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_THAT(status.error().ToString(), Not(HasSubstr("hunter2")));
    EXPECT_THAT(status.error().ToString(), HasSubstr(name));
  }
}

TEST(KafkaPropertyTest, ABusWithAWrongPropertyDoesNotOpen) {
  KafkaOptions options;
  options.properties = {{"bootstrap.servers", "127.0.0.1:1"}, {"isolation.level", "read_uncommitted"}};
  const auto bus = OpenKafkaBus(options);
  ASSERT_FALSE(bus.ok());
  EXPECT_EQ(bus.error().code(), Code::kConfigValue);
}

// Nobody listens there: an error after the time that was given, not an endless wait.
TEST(KafkaBusTest, ABrokerThatIsAwayIsAnErrorInTime) {
  KafkaOptions options;
  options.properties = {{"bootstrap.servers", "127.0.0.1:1"}};
  options.call_timeout_ms = 300;
  const auto bus = OpenKafkaBus(options);
  ASSERT_TRUE(bus.ok());
  const Status status = (*bus)->CreateTopics({{"t", 1, false, std::nullopt}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), Code::kBusUnavailable);
  EXPECT_EQ(status.error().retry(), Retry::Backoff);
}

}  // namespace
}  // namespace crossbill::bus
