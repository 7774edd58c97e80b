// What `crossbill init` finds in a schema. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "connectors/sdk/source.h"

namespace crossbill::connectors {

Result<std::vector<FoundStream>> DiscoverPostgres(const Secret& dsn, const std::string& schema);

}  // namespace crossbill::connectors
