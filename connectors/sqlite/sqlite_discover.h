// What `crossbill init` finds in an SQLite file. Any thread.
#pragma once

#include <string>
#include <vector>

#include "connectors/sdk/source.h"

namespace crossbill::connectors {

Result<std::vector<FoundStream>> DiscoverSqlite(const std::string& path);

}  // namespace crossbill::connectors
