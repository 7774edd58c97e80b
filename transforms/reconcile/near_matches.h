// Documents that may be one and were not taken for it: several are as near, or a total was mistyped. For
// people to decide; they count for nothing else. Pure: the result depends on the set of documents only.
#pragma once

#include <vector>

#include "transforms/reconcile/chain.h"

namespace crossbill::transforms {

// Of one document.
inline constexpr std::size_t kMostNearMatches = 5;

// Sets the near matches of the golden documents, on both of a pair. After LinkChain: what belongs to two
// orders is two documents.
void FindNearMatches(const ChainInput& input, std::vector<GoldenDocument>& golden);

}  // namespace crossbill::transforms
