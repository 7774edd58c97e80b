// Publish: the last step before the unified topics. While a document moves from one customer to another (two
// customers were merged, an order got another customer) both claim its name for a moment, in any order. This
// stage, partitioned by name, leaves the name to who has it until that one gives it up; in the end one claim
// is left. Reads <prefix>.internal.publish; writes <prefix>.unified.* and <prefix>.exception, and a tombstone
// when no claim is left.
#pragma once

#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

Stage PublishStage(const bus::Topics& topics);

}  // namespace crossbill::transforms
