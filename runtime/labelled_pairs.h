// Stewards' decisions as labelled pairs for training. Pure; any thread.
#pragma once

#include <vector>

#include "crossbill/v1/steward.pb.h"
#include "transforms/linkage/records.h"
#include "transforms/linkage/training.h"

namespace crossbill::runtime {

// `decisions`: the oldest first. Of several about a pair the newest that holds counts; pairs of records that
// are not there are left out. A decision counts as no more pairs than it names records: merging or splitting
// two large customers says one thing, and not as much as all their pairs.
std::vector<linkage::LabelledPair> LabelledPairs(const std::vector<v1::Decision>& decisions,
                                                 const linkage::Records& records);

}  // namespace crossbill::runtime
