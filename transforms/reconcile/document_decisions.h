// What people decided of one customer's documents, as pairs of the documents that are here: taken from the
// records that carry it. A decision about a record that is not here says nothing. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "crossbill/v1/document_decision.pb.h"
#include "transforms/reconcile/clusters.h"

namespace crossbill::transforms {

inline constexpr std::string_view kDecided = "decision";  // the rule of a match that a person made

struct PairDecision {
  int left = 0, right = 0;  // places in the documents
  v1::DocumentDecision::Verdict verdict = v1::DocumentDecision::UNSPECIFIED;
  std::int64_t decided_at = 0;  // microseconds
  std::string name;
  std::string text;             // the decision's name, by whom, when and why
  std::optional<Decimal> most;  // of SETTLES: how much of the invoice
  std::string currency;         // of `most`; empty: the documents'
};

class DocumentDecisions {
 public:
  // `documents` sorted by kind and record.
  explicit DocumentDecisions(DocumentSpan documents);
  // SAME and DIFFERENT, of each pair the newest; the newest first.
  const std::vector<PairDecision>& identity() const { return identity_; }
  // SETTLES and SETTLES_NOT, the newest first: which of them counts is known when it is known which records
  // are one document.
  const std::vector<PairDecision>& settlement() const { return settlement_; }

 private:
  std::vector<PairDecision> identity_;
  std::vector<PairDecision> settlement_;
};

}  // namespace crossbill::transforms
