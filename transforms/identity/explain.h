// Why two records are one customer, for people. Pure; any thread.
#pragma once

#include "crossbill/v1/customer.pb.h"
#include "transforms/identity/ledger.h"

namespace crossbill::transforms {

// The parts add up to the link's weight exactly.
void ExplainLink(const PartyRecord& left, const PartyRecord& right, v1::RecordLink& link);

}  // namespace crossbill::transforms
