// What a stage does with a record that it cannot use: the same for all of them. Any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "bus/record.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// Emits a DeadLetter with the record's place, key, headers and bytes (the first 512 KiB) to `dead_letters`. A
// record that was put back (`crossbill deadletter replay`) is the next attempt of the same letter.
void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record, Code code,
                    std::string_view why);

// The same of a record that was processed before, and where it stood then.
void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record,
                    const Origin& origin, Code code, std::string_view why);

}  // namespace crossbill::transforms
