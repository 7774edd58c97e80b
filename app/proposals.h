// What the systems would have to take over: documents that one of them lacks, and values that it holds
// otherwise. Pure.
#pragma once

#include <set>
#include <string>

#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::app {

// A line of JSON: {"id", "kind", "records", "lacks": [SYSTEM], "differs": [{record, "field", "has",
// "golden"}]}; empty when nothing is to be done. `systems`: those that have documents of the kind. Fields
// that are each system's own (its number, its customer's number, who entered it …) are left out.
std::string ProposalOf(const v1::UnifiedDocument& document, const std::set<std::string>& systems);

}  // namespace crossbill::app
