// A row as one JSON object, for dead letters and messages: exact numbers, children as lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/sdk/source.h"

namespace crossbill::runtime {

std::string RowToJson(const connectors::Schema& schema, const std::vector<connectors::Child>& children,
                      const connectors::Row& row);
void AppendJson(const connectors::Value& value, std::string& out);
void AppendJsonText(std::string_view utf8, std::string& out);

}  // namespace crossbill::runtime
