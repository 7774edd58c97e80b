#include "bus/topics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace crossbill::bus {
namespace {

TEST(Topics, NamesAreTheContract) {
  const Topics topics("acme", 4);
  EXPECT_EQ(topics.Source("order"), "acme.source.order");
  EXPECT_EQ(topics.Unified("customer"), "acme.unified.customer");
  EXPECT_EQ(topics.Exceptions(), "acme.exception");
  EXPECT_EQ(topics.Value(), "acme.value");
  EXPECT_EQ(topics.DeadLetters(), "acme.deadletter");
  EXPECT_EQ(topics.Positions(), "acme.internal.position");
}

TEST(Topics, AllHaveTheirShape) {
  const Topics topics("crossbill", 4);
  std::set<std::string> names;
  for (const TopicInfo& info : topics.All()) {
    EXPECT_TRUE(names.insert(info.spec.name).second) << info.spec.name;
    EXPECT_TRUE(info.spec.name.starts_with("crossbill.")) << info.spec.name;
    const std::set<std::string> one = {topics.Positions(), topics.Progress(), topics.DeadLetterMarks(),
                                       topics.Decisions(), topics.Erasures()};
    EXPECT_EQ(info.spec.partitions, one.contains(info.spec.name) ? 1 : 4) << info.spec.name;
    if (info.spec.name.starts_with("crossbill.unified.")) {
      EXPECT_TRUE(info.spec.compacted);
    }
    if (info.spec.name.starts_with("crossbill.source.")) {
      EXPECT_FALSE(info.spec.compacted || info.work) << info.spec.name;
    }
    // Nothing goes by its age: a process that was stopped for long finds what it has not read.
    EXPECT_FALSE(info.spec.retention_ms) << info.spec.name;
    const std::set<std::string> work = {topics.Routing(),   topics.Mentions(), topics.Evidence(),
                                        topics.Reconcile(), topics.Publish(),  topics.Sales(),
                                        topics.Worths()};
    EXPECT_EQ(info.work, work.contains(info.spec.name)) << info.spec.name;
    EXPECT_EQ(info.spec.work, info.work) << info.spec.name;
  }
  EXPECT_TRUE(names.contains("crossbill.unified.customer"));
  EXPECT_TRUE(names.contains("crossbill.source.interaction"));
}

TEST(Topics, MessagesFollowTheKind) {
  for (const TopicInfo& info : Topics("p", 1).All()) {
    if (info.spec.name == "p.source.party") {
      EXPECT_EQ(info.message, "crossbill.v1.Party");
    }
    if (info.spec.name == "p.unified.order") {
      EXPECT_EQ(info.message, "crossbill.v1.UnifiedDocument");
    }
  }
}

}  // namespace
}  // namespace crossbill::bus
