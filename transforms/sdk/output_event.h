// The records that stages write for others to read: CloudEvents headers in binary mode, as source events have
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

struct OutputEvent {
  std::string_view topic;
  std::string_view key;                   // the resource's name
  std::optional<std::string_view> value;  // nothing: a tombstone, of type "….deleted"
  std::string_view message;               // "crossbill.v1.Customer"
  std::string_view source;                // "crossbill/publish"
  std::int64_t timestamp_ms = 0;
};

// The event's id is a hash of key and value: the same output has the same id, whenever it is written.
void EmitOutput(Context& context, const OutputEvent& event);

}  // namespace crossbill::transforms
