// Frees the work topics: what every stage that reads one has read and committed. Never by age, so work that
// waits for a stage stays however long the process is stopped. Any thread.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::runtime {

// `stopped`: whether the rest is left for the next time.
Status DeleteConsumed(
    bus::Bus& bus, const bus::Topics& topics, const std::vector<transforms::Stage>& stages,
    const std::function<bool()>& stopped = [] { return false; });

}  // namespace crossbill::runtime
