// Comparing parties by a linkage model and what it has learnt (transforms/linkage).
#pragma once

#include <memory>
#include <string>

#include "transforms/identity/comparer.h"
#include "transforms/linkage/weights.h"

namespace crossbill::transforms {

// `version`: a hash of the model's and the parameters' files. `country`: of a party that has none.
std::unique_ptr<const Comparer> MakeLearnt(linkage::Model model, linkage::Weights weights,
                                           std::string_view version, std::string_view country);

}  // namespace crossbill::transforms
