// What a stage does with a record that it cannot use: the same for all of them. Any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "bus/record.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// Emits a DeadLetter with the record's place and its bytes (the first 64 KiB) to `dead_letters`.
void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record, Code code,
                    std::string_view why);

}  // namespace crossbill::transforms
