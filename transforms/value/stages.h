// The stages of value. `sales` (partitioned by document) takes out of unified orders and invoices what was
// sold, and sends it to the customer; `value` (partitioned by customer) keeps a customer's sales and makes
// the customer's own figures of them; `market` (one ordered task) keeps what depends on all customers: sums,
// bounds of segments, and what is sold together. Each is in its own file.
#pragma once

#include "bus/topics.h"
#include "transforms/sdk/processor.h"
#include "transforms/value/options.h"

namespace crossbill::transforms {

Stage SalesStage(const bus::Topics& topics);
Stage ValueStage(const bus::Topics& topics, const ValueOptions& options);
Stage MarketStage(const bus::Topics& topics, const ValueOptions& options);

}  // namespace crossbill::transforms
