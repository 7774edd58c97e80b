#include "runtime/task_worker.h"

#include <gtest/gtest.h>

namespace crossbill::runtime {
namespace {

TEST(PaceTest, AStageWaitsForThoseBeforeItAndNotForThoseAfter) {
  Pace pace(3);
  EXPECT_TRUE(pace.MayRun(0) && pace.MayRun(1) && pace.MayRun(2));
  pace.Change(1, true);
  EXPECT_TRUE(pace.MayRun(0));
  EXPECT_TRUE(pace.MayRun(1));
  EXPECT_FALSE(pace.MayRun(2));
}

TEST(PaceTest, WaitsUntilEveryTaskOfTheStageHasCaughtUp) {
  Pace pace(2);
  pace.Change(0, true);
  pace.Change(0, true);
  pace.Change(0, false);
  EXPECT_FALSE(pace.MayRun(1));
  pace.Change(0, false);
  EXPECT_TRUE(pace.MayRun(1));
}

}  // namespace
}  // namespace crossbill::runtime
