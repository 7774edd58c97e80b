// What a stage does with a record that it cannot use: the same for all of them. Any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "bus/record.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// The parts of a source topic's key, "system/stream/key"; the key itself may contain "/".
struct SourceKey {
  std::string_view system;
  std::string_view stream;
  std::string_view key;
};
// False when it has not this shape.
bool SplitSourceKey(std::string_view record_key, SourceKey& parts);

// Emits a DeadLetter with the record's place and its bytes (the first 64 KiB) to `dead_letters`.
void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record, Code code, std::string_view why);

}  // namespace crossbill::transforms
