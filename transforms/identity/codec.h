// How the stage's state is written: keys of a letter and what follows, numbers as varints. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

// Of a number: eight bytes, the highest first, so that keys are in its order.
std::string StateKey(char what, std::uint64_t number);
// Of a text, and what follows it.
std::string StateKey(char what, std::string_view text, std::string_view rest = {});
// The number behind the last eight bytes of a key.
std::uint64_t NumberAtEnd(std::string_view key);

// Small also for small negative numbers.
void AppendSigned(std::string& bytes, std::int64_t value);
bool TakeSigned(std::string_view& bytes, std::int64_t& value);

// Deletes every key of this letter.
Status DeleteAll(bus::StateStore& state, char what);

Error DamagedState(std::string_view what);

}  // namespace crossbill::transforms
