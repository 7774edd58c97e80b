// The questions about documents that are left to people: payments of which it is not certain what they are
// for. From the read model. Any thread.
#pragma once

#include <string>
#include <vector>

#include "crossbill/v1/document_steward_service.pb.h"
#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::facade {

// Of this customer, or of all when it is empty; the largest open amount first, by the number alone.
Result<std::vector<v1::AllocationProposal>> FindProposals(Views& views, const std::string& customer,
                                                          CallContext& context);

}  // namespace crossbill::facade
