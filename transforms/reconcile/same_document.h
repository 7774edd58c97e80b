// Which records of different systems are the same document. Strongest evidence first; a weaker rule never
// undoes a stronger one, and where two candidates are as good there is no match. Pure: the result depends on
// the set of documents only.
#pragma once

#include "transforms/reconcile/clusters.h"
#include "transforms/reconcile/document_decisions.h"
#include "transforms/reconcile/reconcile.h"

namespace crossbill::transforms {

// `documents` sorted by kind and record.
Clusters MatchSameDocuments(DocumentSpan documents, const DocumentDecisions& decisions,
                            const ReconcileOptions& options);

// Amounts that may stand for each other: net with net, gross with gross, and net with gross, as people type
// one for the other.
bool SameAmount(const SourceDocument& a, const SourceDocument& b, const Decimal& tolerance);

// Their values say that they are two: other currencies, an invoice and a credit note, other numbers of one
// kind that mean the same in all systems.
bool Contradict(const SourceDocument& a, const SourceDocument& b);

}  // namespace crossbill::transforms
