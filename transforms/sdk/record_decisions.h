// What people decided of one record, put together of the events of <prefix>.internal.documentdecision: a set
// by the decisions' names, whatever the order in which they come. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "crossbill/v1/document_decision.pb.h"

namespace crossbill::transforms {

// Takes in what the event says of the record ("system/stream/key") as the left one of its pairs. True when
// that is new. A decision that was undone stays so, also when its making comes after that.
bool AddDecision(const v1::DocumentDecision& event, std::string_view record, v1::RecordDecisions& known);

// Those that were not undone, serialised: what travels with the record. Empty: none.
std::string StandingDecisions(const v1::RecordDecisions& known);

}  // namespace crossbill::transforms
