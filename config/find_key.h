// What is said of a key that does not exist: the nearest one, or where it belongs. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "config/reader.h"

namespace crossbill::config {

// `around`: the mappings from the file down to the one with the key, which is the last.
std::string ExplainUnknownKey(const std::string& key, const std::vector<Surrounding>& around);

}  // namespace crossbill::config
