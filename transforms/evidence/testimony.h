// What documents at one number say of their parties (ADR 0022). A pure function of what stands there; any
// thread.
#pragma once

#include <cstddef>
#include <vector>

#include "crossbill/v1/internal.pb.h"

namespace crossbill::transforms {

// A number that more documents carry says nothing.
inline constexpr std::size_t kMostAtNumber = 32;

// Which parties of two systems meet here, in order. `mentions`: of different records.
v1::PartyEvidence FindEvidence(const std::vector<v1::NumberMention>& mentions);

}  // namespace crossbill::transforms
