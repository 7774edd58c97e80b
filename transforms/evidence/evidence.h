// The stage `evidence`: which parties of two systems have documents in common. Reads
// <prefix>.internal.mention, partitioned by number; writes <prefix>.internal.evidence for identity. ADR 0022.
#pragma once

#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

Stage EvidenceStage(const bus::Topics& topics);

}  // namespace crossbill::transforms
