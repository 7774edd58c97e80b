// What was compared by judgement, with the values as the sources have them, for people. Pure; any thread.
#pragma once

#include <vector>

#include "crossbill/v1/party.pb.h"
#include "transforms/identity/comparer.h"
#include "transforms/identity/features.h"

namespace crossbill::transforms {

// The parts add up to the weight of the evidence exactly.
std::vector<EvidenceOf> ExplainParts(const v1::Party& left, const Features& left_features,
                                     const v1::Party& right, const Features& right_features);

}  // namespace crossbill::transforms
