// The files of record linkage: models and what they have learnt.
#pragma once

#include <string>

#include "base/result.h"
#include "transforms/linkage/training.h"

namespace crossbill::app {

// "person", "organisation", or a file of one's own.
Result<linkage::Model> ReadModel(const std::string& name);
// With the frequencies beside it.
Result<linkage::Weights> ReadParametersFile(const std::string& path, const linkage::Model& model);
// `path` and, beside it, the frequencies.
Status WriteParametersFile(const std::string& path, const linkage::Model& model,
                           const linkage::Training& training);

}  // namespace crossbill::app
