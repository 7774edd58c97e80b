// The files of record linkage: models and what they have learnt.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "transforms/identity/comparer.h"
#include "transforms/linkage/weights.h"

namespace crossbill::config::v1 {
class Identity;
}

namespace crossbill::runtime {

// The name of a packaged model, or a file of one's own.
Result<linkage::Model> ReadModel(const std::string& name);
// Instead of a file: the parameters that come with the program for the model of that name.
inline constexpr std::string_view kPackagedParameters = "packaged";
// With the frequencies beside it.
Result<linkage::Weights> ReadParametersFile(const std::string& path, const std::string& model_name,
                                            const linkage::Model& model);

// What parties are compared by, as the configuration says; another version where any of its files is another.
Result<std::shared_ptr<const transforms::Comparer>> ReadComparer(const config::v1::Identity& identity,
                                                                 const std::string& directory);

}  // namespace crossbill::runtime
