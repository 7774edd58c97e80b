// What `crossbill init` finds in a folder of JSON lines: fields of nested objects are named with dots
// ("customer.email"). Any thread.
#pragma once

#include <string>
#include <vector>

#include "connectors/sdk/source.h"

namespace crossbill::connectors {

Result<std::vector<FoundStream>> DiscoverJsonl(const std::string& folder, const std::string& encoding);

}  // namespace crossbill::connectors
