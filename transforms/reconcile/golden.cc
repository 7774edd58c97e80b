#include "transforms/reconcile/golden.h"

#include <algorithm>

#include "transforms/reconcile/clusters.h"

namespace crossbill::transforms {
namespace {

void FillFacts(GoldenDocument& golden) {
  golden.cancelled = true;
  for (const SourceDocument* record : golden.by_authority) {
    if (!golden.date) {
      golden.date = record->date;
    }
    if (golden.currency.empty()) {
      golden.currency = record->currency;
    }
    if (!golden.total) {
      golden.total = record->total;
    }
    if (!golden.gross) {
      golden.gross = record->gross;
    }
    if (golden.lines_from == nullptr && !record->lines.empty()) {
      golden.lines_from = record;
      golden.lines = record->lines;
    }
    if (golden.org_unit.empty()) {
      golden.org_unit = record->org_unit;
    }
    golden.credit_note |= record->credit_note;
    golden.property |= record->property;
    golden.cancelled &= record->cancelled;
  }
}

}  // namespace

std::vector<GoldenDocument> MakeGoldenDocuments(std::span<const SourceDocument* const> documents,
                                                const Clusters& clusters, const ReconcileOptions& options,
                                                std::vector<int>& index_of) {
  std::vector<GoldenDocument> all;
  index_of.assign(documents.size(), 0);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (clusters.Find(static_cast<int>(i)) != static_cast<int>(i)) {
      continue;
    }
    GoldenDocument golden;
    golden.kind = documents[i]->kind;
    golden.name = NameOf(golden.kind, documents[i]->record);
    for (const int member : clusters.MembersOf(static_cast<int>(i))) {
      golden.records.push_back(documents[static_cast<std::size_t>(member)]);
      index_of[static_cast<std::size_t>(member)] = static_cast<int>(all.size());
    }
    golden.by_authority = ByAuthority(golden.records, options);
    FillFacts(golden);
    all.push_back(std::move(golden));
  }
  for (const MatchEvidence& match : clusters.evidence()) {
    GoldenDocument& golden = all[static_cast<std::size_t>(index_of[static_cast<std::size_t>(match.left)])];
    golden.matches.push_back({documents[static_cast<std::size_t>(match.left)],
                              documents[static_cast<std::size_t>(match.right)], match.rule, match.evidence});
  }
  return all;
}

}  // namespace crossbill::transforms
