// The record of a stream in the position topic: {"sequence":12,"position":{…}}, readable for people;
// `position` is the connector's own JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::runtime {

struct StreamPosition {
  std::int64_t sequence = 0;  // of the stream's last event
  std::string position;       // "" at the beginning
};

std::string ToJson(const StreamPosition& position);
Result<StreamPosition> ParsePosition(std::string_view json);

}  // namespace crossbill::runtime
