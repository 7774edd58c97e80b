#include "transforms/linkage/scorer.h"

#include <random>

#include "transforms/linkage/linkage_test_support.h"
#include "transforms/linkage/training.h"

namespace crossbill::linkage {
namespace {

// Persons of few names, so that pairs of all kinds meet, with values missing here and there.
Records RandomRecords(const Model& model, std::mt19937& chance) {
  const std::vector<std::string> names = {"", "anna", "anne", "berta", "bert", "carla", "karla"};
  Records records(model);
  for (int i = 0; i < 200; ++i) {
    const auto name = [&] { return names[chance() % names.size()]; };
    const std::string born =
        chance() % 4 == 0 ? ""
                          : "198" + std::to_string(chance() % 10) + "-01-1" + std::to_string(chance() % 3);
    Add(model, {name(), name(), born, chance() % 3 == 0 ? "ulm" : name()}, std::to_string(i), records);
  }
  return records;
}

class ScorerTest : public testing::TestWithParam<const char*> {};

TEST_P(ScorerTest, WeighsAsTheWeightsDoAndGivesUpOnlyWhatWeighsTooLittle) {
  config::Problems problems;
  const Model model = ReadModelText(std::string(kSmallModel) + GetParam(), problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  std::mt19937 chance(1);
  Records records = RandomRecords(model, chance);
  const Blocks blocks(model, records);
  const Weights weights = Train(model, records, blocks, {}).weights;
  const Scorer scorer(model, weights);
  int given_up = 0, told_apart = 0, weighed = 0;
  for (RecordNumber a = 0; a < records.size(); ++a) {
    for (RecordNumber b = a + 1; b < records.size(); ++b) {
      const Pattern pattern = Compare(model, records[a], records[b]);
      const Evidence evidence = weights.Weigh(pattern);
      const int expected = evidence.against_strangers + evidence.change;
      const int least = static_cast<int>(chance() % 4500) - 4000;
      const auto score = scorer.Weigh(records[a], records[b], least);
      ASSERT_EQ(score.has_value(), expected >= least) << a << " " << b;
      ++(score ? weighed : given_up);
      const OwnedOutline left(records[a], model.fields.size()), right(records[b], model.fields.size());
      const bool may_weigh = scorer.MayWeigh(left.view(), right.view(), least);
      ASSERT_TRUE(may_weigh || !score) << a << " " << b;
      told_apart += may_weigh ? 0 : 1;
      if (score) {
        ASSERT_EQ(score->against_strangers + score->change, expected);
        ASSERT_EQ(score->Score(), weights.Score(pattern));
      }
    }
  }
  EXPECT_GT(given_up, 1000);
  EXPECT_GT(weighed, 1000);
  EXPECT_GT(told_apart, given_up / 2) << "outlines are of use";
}

INSTANTIATE_TEST_SUITE_P(, ScorerTest,
                         testing::Values("",
                                         "relations: {household: {share: [family, city], differ: [given]}}",
                                         "relations: {moved: {differ: [city], same: true}}"));

}  // namespace
}  // namespace crossbill::linkage
