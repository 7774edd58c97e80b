// Publish: the last step before the unified topics. While a document moves from one customer to another (two
// customers were merged, an order got another customer) both claim its name for a moment, in any order. This
// stage, partitioned by name, leaves the name to who has it until that one gives it up; in the end one claim
// is left. Reads <prefix>.internal.publish and what people decide of exceptions; writes <prefix>.unified.*
// and <prefix>.exception, and a tombstone when no claim is left. An exception that nobody claims any more
// stays as a resolved one (exception_life.h).
#pragma once

#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

struct PublishOptions {
  int keep_resolved_days = 400;  // of exceptions, by the as-of date
};

Stage PublishStage(const bus::Topics& topics, const PublishOptions& options = {});

}  // namespace crossbill::transforms
