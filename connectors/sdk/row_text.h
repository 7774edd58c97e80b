// Rows as text: keys for dead letters and the JSON of a row that has no bytes of its own. Pure functions; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace crossbill::connectors {

// As text in the source: 42, 10.50, 2026-10-31; null is empty. Lists and maps: JSON.
void AppendText(const Value& value, std::string& out);
std::string TextOf(const Value& value);
// {"vbeln":"42","netwr":10.50}: a record or a map; bytes that are not UTF-8 as \xNN.
std::string JsonOf(const Value& value);
void AppendJson(const Value& value, std::string& out);

}  // namespace crossbill::connectors
