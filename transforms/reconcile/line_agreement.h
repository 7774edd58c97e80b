// How far the lines of two orders agree, where products have other numbers in each system: by quantity and
// price. A change of one line in one system leaves the others as they were. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

// Hashes that two orders of as many lines share when a line is the same in both; of an order with one line,
// when its quantity is. Empty when a line has no quantity or no price.
std::vector<std::uint64_t> LineKeys(const SourceDocument& order);

// As many lines, and all but one have the same quantity and price. The one that is left has the same quantity
// or the same price, no other article, and a price that is no more than half as much again.
bool AllLinesButOneAgree(const SourceDocument& a, const SourceDocument& b);

}  // namespace crossbill::transforms
