// What is written down about changed prices: the log of an order's own system, and approvals. Pure; any
// thread.
#pragma once

#include <vector>

#include "transforms/reconcile/golden.h"

namespace crossbill::transforms {

// The order's lines at the prices that they had before the first change that its log knows; empty when it has
// no log.
std::vector<DocumentLine> FirstLines(const GoldenDocument& order);

// The newest change of the line to the price that it has; nullptr: none is known.
const LoggedPrice* ChangeOf(const GoldenDocument& order, const DocumentLine& line);

// The approval of the line's price, in the order's own records or in the quote's; nullptr: there is none.
const LoggedPrice* ApprovalOf(const GoldenDocument& order, const DocumentLine& line,
                              const GoldenDocument& quote, const DocumentLine& quoted);

}  // namespace crossbill::transforms
