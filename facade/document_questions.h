// The questions about documents that are left to people, as they stand in the read model: payments of which
// it is not certain what they are for, and documents that may be one. Any thread.
#pragma once

#include "crossbill/v1/document_steward_service.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/views/views.h"

namespace crossbill::facade {

// Of a payment with proposed links. A candidate that went meanwhile is left out.
Result<v1::AllocationProposal> ProposalOf(Views& views, const v1::UnifiedDocument& payment);
// Of a document with near matches: those whose names come after its own.
Result<v1::NearMatchQuestion> NearMatchesOf(Views& views, const v1::UnifiedDocument& document);

}  // namespace crossbill::facade
