#include "runtime/framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/sdk/registry.h"
#include "connectors/sdk/test_folder.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/project.h"

namespace crossbill::runtime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

config::v1::Bus Configured(const std::map<std::string, std::string>& keys) {
  config::v1::Bus bus;
  bus.mutable_kafka()->insert(keys.begin(), keys.end());
  return bus;
}

// What `crossbill check` prints for these lines below `bus.kafka`.
std::string ProblemsOf(const std::string& kafka) {
  const connectors::TestFolder folder;
  folder.Write("crossbill.yaml", "version: 1\nbus:\n  kafka:\n    bootstrap.servers: b:9092\n" + kafka);
  config::Problems problems;
  const connectors::ConnectorRegistry registry;
  const auto project = ProjectConfig::Load(folder.path(), registry, *config::ProcessEnvironment(), problems);
  return problems.ToString();
}

TEST(FramingTest, WhatOthersReadIsFramedWithARegistry) {
  const bus::Topics topics("t", 1);
  EXPECT_TRUE(FramedTopics(topics, Configured({{"bootstrap.servers", "b"}})).empty());
  const auto framed = FramedTopics(topics, Configured({{"schema_registry", "http://r"}}));
  EXPECT_THAT(framed, Contains("t.source.order"));
  EXPECT_THAT(framed, Contains("t.unified.customer"));
  EXPECT_THAT(framed, Contains("t.exception"));
  EXPECT_THAT(framed, Contains("t.deadletter"));
  EXPECT_THAT(framed, Not(Contains(HasSubstr(".internal."))));
}

TEST(FramingTest, TopicsCanBeChosen) {
  const bus::Topics topics("t", 1);
  EXPECT_THAT(
      FramedTopics(topics, Configured({{"schema_registry", "http://r"},
                                       {"schema_registry.topics", "unified.cust*, exception,source.order"}})),
      ElementsAre("t.exception", "t.source.order", "t.unified.customer"));
}

TEST(FramingTest, GoodKeysHaveNoProblems) {
  EXPECT_EQ(ProblemsOf("    schema_registry: https://r:8081\n    schema_registry.basic.auth.user.info: a:b\n"
                       "    schema_registry.ssl.ca.location: ca.pem\n    schema_registry.topics: "
                       "\"source.*,unified.*\"\n"),
            "");
}

TEST(FramingTest, ProblemsSayWhere) {
  EXPECT_THAT(ProblemsOf("    schema_registry: r:8081\n"),
              HasSubstr("crossbill.yaml:5:5: error: bus.kafka: \"schema_registry\" is not"));
  EXPECT_THAT(ProblemsOf("    schema_registry: http://r\n    schema_registry.topcis: x\n"),
              HasSubstr("crossbill.yaml:6:5: error: bus.kafka: there is no key \"schema_registry.topcis\"; "
                        "did you mean \"schema_registry.topics\"?"));
  EXPECT_THAT(ProblemsOf("    schema_registry.topics: source.*\n"), HasSubstr("without \"schema_registry\""));
  for (const char* topics : {"internal.routing", "\"\"", "internal.worth", "\"source.*,\""}) {
    EXPECT_THAT(ProblemsOf(std::string("    schema_registry: http://r\n    schema_registry.topics: ") +
                           topics + "\n"),
                HasSubstr("is no topic with a schema that others read"))
        << topics;
  }
  EXPECT_THAT(ProblemsOf("    schema_registry: http://r\n    schema_registry.topics: source.ordre\n"),
              HasSubstr("did you mean \"source.order\"?"));
}

TEST(FramingTest, APasswordInTheClearIsAWarning) {
  const std::string problems = ProblemsOf(
      "    schema_registry: http://r\n    schema_registry.basic.auth.user.info: crossbill:hunter2\n");
  EXPECT_THAT(problems, HasSubstr("crossbill.yaml:6:5: warning: "));
  EXPECT_THAT(problems, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace crossbill::runtime
