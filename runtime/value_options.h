// `value:` of crossbill.yaml, with its file of rates, as the stages take it. Any thread.
#pragma once

#include <string>

#include "base/result.h"
#include "transforms/value/options.h"

namespace crossbill::config::v1 {
class Value;
}

namespace crossbill::runtime {

// kConfigValue, kConfigFile: says what is wrong, and in a file of rates on which line.
Result<transforms::ValueOptions> ReadValueOptions(const config::v1::Value& value,
                                                  const std::string& directory);

}  // namespace crossbill::runtime
