// `export value` and `export affinity`.
#pragma once

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"

namespace crossbill::app {

// `figures` has the topics of value, `bus` those of customers; they may be one. As of: from which day recency
// is counted back.
Status ExportValue(bus::Bus& bus, bus::Bus& figures, const bus::Topics& topics, Date as_of);
Status ExportAffinity(bus::Bus& figures, const bus::Topics& topics);

}  // namespace crossbill::app
