// One invoice entered twice in one system: its two rows become one document, and an exception says so.
#pragma once

#include "transforms/reconcile/clusters.h"

namespace crossbill::transforms {

inline constexpr std::string_view kEnteredTwice = "entered twice";

// Invoices [begin, end) of `documents`, after everything else was matched: a row that no other system has,
// whose stream has another row of the same date and amounts that names the same invoice (or, where one of the
// two names none, has the same lines).
void MergeDuplicateInvoices(DocumentSpan documents, int begin, int end, Clusters& clusters);

}  // namespace crossbill::transforms
