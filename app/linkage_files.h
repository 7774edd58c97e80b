// The files of record linkage: models and what they have learnt.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "transforms/linkage/training.h"

namespace crossbill::app {

// "person", "organisation", or a file of one's own.
Result<linkage::Model> ReadModel(const std::string& name);
// Instead of a file's name: what comes with the packaged model.
inline constexpr std::string_view kPackagedParameters = "packaged";
// With the frequencies beside it. `model_name`: the one that the model was read by.
Result<linkage::Weights> ReadParametersFile(const std::string& path, const std::string& model_name,
                                            const linkage::Model& model);
// `path` and, beside it, the frequencies.
Status WriteParametersFile(const std::string& path, const linkage::Model& model,
                           const linkage::Training& training);

}  // namespace crossbill::app
