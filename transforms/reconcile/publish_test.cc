#include "transforms/reconcile/publish.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

class PublishStageTest : public testing::Test {
 protected:
  TransformDriver driver_{kTopics, PublishStage(kTopics)};

  void Feed(std::string_view owner, std::string_view value, std::string_view name = "orders/1") {
    v1::PublishClaim claim;
    claim.set_owner(std::string(owner));
    claim.set_topic(kTopics.Unified("order"));
    claim.set_value(std::string(value));
    claim.set_removed(value.empty());
    driver_.Feed(kTopics.Publish(), name, claim.SerializeAsString());
  }
  std::vector<std::string> Run() {
    driver_.Run();
    std::vector<std::string> values;
    for (const Written& written : driver_.Take(kTopics.Unified("order"))) {
      values.push_back(written.key + "=" + written.value.value_or("gone"));
    }
    return values;
  }
};

using Values = std::vector<std::string>;

TEST_F(PublishStageTest, PublishesWhatChangedAndTakesBackWhatNobodyClaims) {
  Feed("customers/b", "x");
  EXPECT_EQ(Run(), Values{"orders/1=x"});
  Feed("customers/b", "x");
  EXPECT_EQ(Run(), Values{});
  Feed("customers/b", "y");
  EXPECT_EQ(Run(), Values{"orders/1=y"});
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{"orders/1=gone"});
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{}) << "nothing to take back";
}

TEST_F(PublishStageTest, AMoveWithinABatchIsOneChange) {
  Feed("customers/b", "x");
  Run();
  Feed("customers/b", "");
  Feed("customers/a", "z");
  EXPECT_EQ(Run(), Values{"orders/1=z"});
}

TEST_F(PublishStageTest, WhoHasTheNameKeepsItUntilItIsGivenUp) {
  Feed("customers/b", "x");
  EXPECT_EQ(Run(), Values{"orders/1=x"});
  Feed("customers/c", "z");
  Feed("customers/a", "v");
  EXPECT_EQ(Run(), Values{});
  driver_.Restart();
  Feed("customers/a", "w");
  Feed("customers/b", "y");
  EXPECT_EQ(Run(), Values{"orders/1=y"});
  driver_.Restart();
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{"orders/1=w"}) << "of those that wait the smallest, with its newest value";
  Feed("customers/c", "");
  EXPECT_EQ(Run(), Values{});
  Feed("customers/a", "");
  EXPECT_EQ(Run(), Values{"orders/1=gone"});
}

TEST_F(PublishStageTest, TheSameValueOfAnotherOwnerIsNoChange) {
  Feed("customers/b", "x");
  Run();
  Feed("customers/a", "x");
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{});
  driver_.Restart();
  Feed("customers/a", "");
  EXPECT_EQ(Run(), Values{"orders/1=gone"});
}

TEST_F(PublishStageTest, NamesAreApartAndBadClaimsAreDeadLetters) {
  Feed("customers/a", "x", "orders/1");
  Feed("customers/a", "y", "orders/2");
  driver_.Feed(kTopics.Publish(), "orders/3", std::string("\xff"));
  driver_.Feed(kTopics.Publish(), "orders/3", std::nullopt);
  EXPECT_EQ(Run(), (Values{"orders/1=x", "orders/2=y"}));
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 2u);
}

}  // namespace
}  // namespace crossbill::transforms
