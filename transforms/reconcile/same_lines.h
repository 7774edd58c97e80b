// Which lines of a document's other records are its golden lines, under whatever number and product. Pure;
// any thread.
#pragma once

#include "transforms/reconcile/golden.h"

namespace crossbill::v1 {
class UnifiedDocument;
}

namespace crossbill::transforms {

// The strongest evidence first: product, quantity and price; then what only one line on each side has; at
// last the only one left. A line that none of it says stays alone. Fills same_lines.
void FillSameLines(const GoldenDocument& document, v1::UnifiedDocument& out);

}  // namespace crossbill::transforms
