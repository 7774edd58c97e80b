// Writing to <prefix>.internal.erasure. Any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/erasure.pb.h"
#include "transforms/erasure/erasure_gate.h"

namespace crossbill::transforms {

// By the topic's keys.
using ErasureEntries = std::vector<std::pair<std::string, v1::Erasure>>;

// One at a time, over all processes: what `make` reads of the topic is the last word when its entries are
// committed, and nobody writes events meanwhile. kBusFenced: another process came between.
Status WriteErasures(bus::Bus& bus, const bus::Topics& topics, ErasureGate& gate, const Clock& clock,
                     const std::function<Result<ErasureEntries>()>& make);

}  // namespace crossbill::transforms
