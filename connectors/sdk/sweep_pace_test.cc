#include "connectors/sdk/sweep_pace.h"

#include <gtest/gtest.h>

namespace crossbill::connectors {
namespace {

TEST(SweepPaceTest, TakesAHundredthOfTheTime) {
  ManualClock clock;
  SweepPace pace(&clock);
  EXPECT_TRUE(pace.due()) << "the first pass looks";
  pace.Begin();
  clock.Advance(2000);
  pace.End();
  EXPECT_FALSE(pace.due());
  EXPECT_FALSE(pace.due_again());
  pace.Skip();
  clock.Advance(199'999);
  EXPECT_FALSE(pace.due_again());
  clock.Advance(1);
  EXPECT_TRUE(pace.due());
  EXPECT_TRUE(pace.due_again()) << "a pass was skipped, and something may have come in it";
  pace.Begin();
  pace.End();
  EXPECT_TRUE(pace.due()) << "it took no time";
  EXPECT_FALSE(pace.due_again()) << "nothing has changed since";
}

// After a restart in the middle of a look: what counts is the time since then, and not since the machine's
// start.
TEST(SweepPaceTest, ALookThatIsResumedTookSinceItsSourceWasMade) {
  ManualClock clock(Timestamp(1'000'000'000));
  SweepPace pace(&clock);
  clock.Advance(1000);
  pace.End();
  EXPECT_FALSE(pace.due());
  clock.Advance(100'000);
  EXPECT_TRUE(pace.due());
}

TEST(SweepPaceTest, WithoutAClockEachPassLooks) {
  SweepPace pace(nullptr);
  pace.Begin();
  pace.End();
  EXPECT_TRUE(pace.due());
}

}  // namespace
}  // namespace crossbill::connectors
