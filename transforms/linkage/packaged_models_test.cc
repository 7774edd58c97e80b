#include "transforms/linkage/packaged_models.h"

#include "transforms/linkage/linkage_test_support.h"
#include "transforms/linkage/parameters.h"

namespace crossbill::linkage {
namespace {

TEST(PackagedModelsTest, CanBeUsed) {
  ASSERT_GE(PackagedModels().size(), 2u);
  for (const PackagedModel& packaged : PackagedModels()) {
    config::Problems problems;
    const Model model = ReadModelText(packaged.yaml, problems);
    EXPECT_FALSE(problems.HasErrors()) << packaged.name << ": " << problems.ToString();
    EXPECT_FALSE(model.comparisons.empty());
  }
}

TEST(PackagedModelsTest, HaveLearnt) {
  for (const PackagedModel& packaged : PackagedModels()) {
    config::Problems problems;
    const Model model = ReadModelText(packaged.yaml, problems);
    const auto variables = config::ProcessEnvironment();
    const auto file =
        config::ReadYaml("parameters", PackagedParameters(packaged.name), *variables, ".", problems);
    const Weights weights = ReadParameters(*file, model, "", problems);
    ASSERT_FALSE(problems.HasErrors()) << packaged.name << ": " << problems.ToString();
    EXPECT_GE(weights.records, 100'000u);
    for (const auto& levels : weights.comparisons) {
      for (const LevelWeight& level : levels) {
        EXPECT_LE(std::abs(level.weight), 2100) << packaged.name;
      }
    }
  }
  EXPECT_EQ(PackagedParameters("nobody"), "");
}

}  // namespace
}  // namespace crossbill::linkage
