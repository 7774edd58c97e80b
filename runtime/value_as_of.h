// The figures of value of another day than that of the last run: counted afresh from the unified documents,
// by the same stages, on a bus in memory. One thread.
#pragma once

#include <memory>
#include <optional>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/value/options.h"

namespace crossbill::runtime {

// The day that the published figures are of; nothing: none were published yet.
Result<std::optional<Date>> DayOfValue(bus::Bus& bus, const bus::Topics& topics);

// A bus with the topics of value alone. Holds all orders and invoices in memory while it works.
Result<std::unique_ptr<bus::Bus>> ValueAsOf(bus::Bus& bus, const bus::Topics& topics,
                                            const transforms::ValueOptions& options, Date as_of);

}  // namespace crossbill::runtime
