#include "transforms/linkage/packaged_models.h"

#include "transforms/linkage/linkage_test_support.h"

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

}  // namespace
}  // namespace crossbill::linkage
