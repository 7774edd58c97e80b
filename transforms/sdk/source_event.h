// What the stages that read source topics need to know of an event. Views point into the record. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bus/record.h"
#include "crossbill/v1/common.pb.h"

namespace crossbill::transforms {

// The parts of a source topic's key, "system/stream/key"; the key itself may contain "/".
struct SourceKey {
  std::string_view system;
  std::string_view stream;
  std::string_view key;
};
// False when it has not this shape.
bool SplitSourceKey(std::string_view record_key, SourceKey& parts);

// "system/stream/key"
std::string RecordKey(const v1::SourceRef& source);

// A typed deletion or a tombstone.
bool IsDeletion(const bus::RecordView& record);
// The stream's running number of the event; false where the header is missing or no number.
bool ReadSequence(const bus::RecordView& record, std::int64_t& sequence);

}  // namespace crossbill::transforms
