// What `crossbill init` finds in a folder of CSV files. Any thread.
#pragma once

#include <string>
#include <vector>

#include "connectors/sdk/source.h"

namespace crossbill::connectors {

Result<std::vector<FoundStream>> DiscoverCsv(const std::string& folder, const std::string& encoding);

}  // namespace crossbill::connectors
