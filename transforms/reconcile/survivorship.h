// Golden values: per field the value of the system with the most authority, then of the newest record, then
// the longest; and for each of them where it comes from and what lost against it. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "crossbill/v1/unified_document.pb.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

using Records = std::vector<const SourceDocument*>;

// The most authoritative first: by system, then newest, then by record.
Records ByAuthority(Records records, const ReconcileOptions& options);

// Sets document and provenance of `out` from records sorted by authority.
void FillGoldenValues(const Records& by_authority, const ReconcileOptions& options, v1::UnifiedDocument& out);

// The place of a system in options.authority; one past the end for the others.
std::size_t AuthorityRank(const std::string& system, const ReconcileOptions& options);

}  // namespace crossbill::transforms
