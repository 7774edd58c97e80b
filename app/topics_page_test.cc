#include "app/topics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crossbill/config/v1/project.pb.h"
#include "runtime/stages.h"

namespace crossbill::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(TopicsPage, ReadersAreTheStagesThatReadIt) {
  const bus::Topics topics("p", 2);
  const auto stages = runtime::StagesOf(config::v1::Project(), nullptr, topics);
  EXPECT_THAT(ReadersOf(topics, stages, "p.source.party"), ElementsAre("identity", "facade"));
  EXPECT_THAT(ReadersOf(topics, stages, "p.source.order"), ElementsAre("intake"));
  EXPECT_THAT(ReadersOf(topics, stages, "p.unified.order"), ElementsAre("sales", "facade"));
  EXPECT_THAT(ReadersOf(topics, stages, "p.internal.assignment"), ElementsAre("routing"));
  EXPECT_THAT(ReadersOf(topics, stages, "p.deadletter"), IsEmpty());
}

// What no stage reads would never be freed, and what nobody writes would be of no use.
TEST(TopicsPage, WorkTopicsHaveReadersAndAllHaveAnOwner) {
  const bus::Topics topics("p", 2);
  const auto stages = runtime::StagesOf(config::v1::Project(), nullptr, topics);
  for (const bus::TopicInfo& info : topics.All()) {
    EXPECT_FALSE(info.owner.empty()) << info.spec.name;
    if (info.work) {
      EXPECT_FALSE(ReadersOf(topics, stages, info.spec.name).empty()) << info.spec.name;
      EXPECT_EQ(CleanupOf(info.spec), "work");
    }
  }
}

TEST(TopicsPage, TheReferenceHasTopicsAndHeaders) {
  const std::string page = TopicsPage();
  EXPECT_THAT(page,
              HasSubstr("| `crossbill.deadletter` | the place of the row | `crossbill.v1.DeadLetter` |"));
  EXPECT_THAT(page, HasSubstr("`crossbill-attempt`"));
}

}  // namespace
}  // namespace crossbill::app
