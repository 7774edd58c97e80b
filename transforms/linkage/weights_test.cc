// binary-float (file): probabilities, of which integers of hundredths of a bit are made
#include "transforms/linkage/weights.h"

#include <cmath>

#include "transforms/linkage/linkage_test_support.h"

namespace crossbill::linkage {
namespace {

TEST(WeightsTest, OddsAddUp) {
  EXPECT_EQ(AddOdds(0, 0), 100);
  EXPECT_EQ(AddOdds(300, -2000), 300);
  for (int a = -700; a <= 700; a += 37) {
    EXPECT_EQ(AddOdds(a, 150), AddOdds(150, a));
    EXPECT_NEAR(AddOdds(a, 150), std::log2(std::exp2(a / 100.0) + std::exp2(1.5)) * 100, 1);
  }
}

// One comparison of two levels, one relation, one change.
Weights Small() {
  Weights weights;
  weights.records = 1000;
  weights.prior = -1000;
  weights.relation_priors = {-800, -1200};
  weights.same = {false, true};
  weights.comparisons = {{{0.8, 0.001, 0, {0.4, 0.1}, {}}, {0.2, 0.999, 0, {0.6, 0.9}, {}}}};
  weights.Round();
  return weights;
}

TEST(WeightsTest, PartsAreTheScore) {
  const Weights weights = Small();
  Pattern pattern{};
  pattern.levels[0] = 0;
  const Evidence evidence = weights.Weigh(pattern);
  EXPECT_EQ(evidence.against_strangers, -1000 + 964);
  const int related = -800 + 864, moved = -1200 + 664;
  EXPECT_EQ(evidence.relation, -AddOdds(0, related));
  EXPECT_EQ(evidence.change, AddOdds(-36, moved) + 36);
  EXPECT_EQ(evidence.kind, 0) << "related, more likely than the same";
  EXPECT_EQ(weights.Score(pattern), -36 + evidence.change + evidence.relation);
  pattern.levels[0] = 1;
  EXPECT_EQ(weights.Weigh(pattern).kind, kNoRelation) << "strangers";
}

TEST(WeightsTest, PriorsAreThoseOfANumberOfRecords) {
  Weights weights = Small();
  weights.SetRecords(4000);
  EXPECT_EQ(weights.prior, -1200);
  EXPECT_EQ(weights.relation_priors, (std::vector<int>{-1000, -1400}));
  weights.SetRecords(1000);
  EXPECT_EQ(weights.prior, -1000);
}

TEST(WeightsTest, WhoHasNoPartnerFollowsFromThePrior) {
  Weights weights;
  weights.prior = -1000;  // one of 1025 pairs
  EXPECT_EQ(weights.NoPartner(512, 512), -100) << "half of them have one";
  EXPECT_EQ(weights.NoPartner(100, 512), weights.NoPartner(512, 100)) << "of the smaller system";
  EXPECT_EQ(weights.NoPartner(1, 1), 0);
  EXPECT_EQ(weights.NoPartner(5000, 5000), -664) << "one percent at least";
}

TEST(WeightsTest, DifferentNumbersForbid) {
  Model model = SmallModel();
  model.clusters.forbid = {2};
  Records records(model);
  Add(model, {"anna", "smith", "1970-01-01", ""}, "a", records);
  Add(model, {"anna", "smith", "1970-01-02", ""}, "b", records);
  Add(model, {"anna", "smith", "", ""}, "c", records);
  EXPECT_TRUE(Compare(model, records[0], records[1]).forbidden);
  EXPECT_FALSE(Compare(model, records[0], records[2]).forbidden);
  EXPECT_FALSE(Compare(model, records[0], records[0]).forbidden);
}

}  // namespace
}  // namespace crossbill::linkage
