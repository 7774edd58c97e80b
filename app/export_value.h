// `export value` and `export affinity`.
#pragma once

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"

namespace crossbill::app {

Status ExportValue(bus::Bus& bus, const bus::Topics& topics, Date as_of);
Status ExportAffinity(bus::Bus& bus, const bus::Topics& topics, Date as_of);

}  // namespace crossbill::app
