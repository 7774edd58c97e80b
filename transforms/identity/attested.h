// Pairs of records whose parties' documents say that they are the same (ADR 0022). Pure; any thread.
#pragma once

#include "crossbill/v1/customer.pb.h"
#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

// More counts say nothing more.
inline constexpr int kMostDocuments = 6;
// From so many on, a name that is different does not contradict.
inline constexpr int kExcusesFrom = 4;

// As the comparer weighs them, exactly, and what `documents` counts add.
Weighed WeighAttested(const Comparer& comparer, const Cleaned& left, const Cleaned& right, int documents);

// Why two records weigh what they do, for people: rule, parts, their sum, and the comparer's version. The
// rule is the strongest of the parts that link by themselves, else "score".
void FillEvidence(const Comparer& comparer, const Cleaned& left, const Cleaned& right, int documents,
                  v1::RecordLink& link);
// The counts of which a link tells.
int DocumentsOf(const v1::RecordLink& link);

}  // namespace crossbill::transforms
