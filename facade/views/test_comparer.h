// For the tests of the facade: the packaged models with their packaged parameters.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

#include "transforms/identity/learnt.h"
#include "transforms/linkage/linkage_test_support.h"
#include "transforms/linkage/packaged_models.h"
#include "transforms/linkage/parameters.h"

namespace crossbill::facade {

inline std::shared_ptr<const transforms::Comparer> PackagedComparer(std::string_view name,
                                                                    std::string_view version = "test") {
  config::Problems problems;
  const auto variables = config::ProcessEnvironment();
  for (const linkage::PackagedModel& packaged : linkage::PackagedModels()) {
    if (packaged.name != name) {
      continue;
    }
    linkage::Model model = linkage::ReadModelText(packaged.yaml, problems);
    const auto file =
        config::ReadYaml("parameters", linkage::PackagedParameters(name), *variables, ".", problems);
    linkage::Weights weights = linkage::ReadParameters(*file, model, "", problems);
    EXPECT_FALSE(problems.HasErrors()) << problems.ToString();
    return transforms::MakeLearnt(std::move(model), std::move(weights), version, "DE");
  }
  ADD_FAILURE() << "no packaged model " << name;
  return nullptr;
}

}  // namespace crossbill::facade
