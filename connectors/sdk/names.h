// Messages about tables, columns and files that do not exist: what exists, the nearest first. Pure functions;
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/sdk/value.h"

namespace crossbill::connectors {

// kSourceTable: `what` "table" is not in `place`; what exists follows, the nearest first.
Error NoSuchName(std::string_view what, std::string_view name, std::string_view place,
                 std::vector<std::string> existing);
// kSourceTable for the first of `names` that the schema has not.
Status RequireColumns(const Schema& schema, const std::vector<std::string>& names, std::string_view table);

}  // namespace crossbill::connectors
