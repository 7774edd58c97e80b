// What stands in the way of a decision about documents, as the read model has them now. Any thread.
#pragma once

#include <vector>

#include "crossbill/v1/document_decision.pb.h"
#include "facade/views/views.h"

namespace crossbill::facade {

// `all`: every decision, this one among them.
Result<v1::DocumentDecision::State> StateOf(const v1::DocumentDecision& decision,
                                            const std::vector<v1::DocumentDecision>& all, Views& views);

}  // namespace crossbill::facade
