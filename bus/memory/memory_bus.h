// The bus in memory: for tests and the simulation. Deterministic; a "crash" is destroying producers and
// consumers and opening new ones: what was committed stays in the MemoryBus, open transactions are gone.
#pragma once

#include <memory>

#include "bus/bus.h"

namespace crossbill::bus {

std::unique_ptr<Bus> MakeMemoryBus();

}  // namespace crossbill::bus
