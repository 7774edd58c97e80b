#include "facade/document_decision_state.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/date.h"
#include "crossbill/v1/unified_document.pb.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {
namespace {

using transforms::RecordKey;
using State = v1::DocumentDecision::State;

bool IsAboutIdentity(v1::DocumentDecision::Verdict verdict) {
  return verdict == v1::DocumentDecision::SAME || verdict == v1::DocumentDecision::DIFFERENT;
}

std::pair<std::int64_t, std::string> When(const v1::DocumentDecision& decision) {
  const auto time = Timestamp::Parse(decision.decided_at());
  return {time.ok() ? time->micros() : 0, decision.name()};
}

// Nothing where it is not there.
Result<std::optional<v1::UnifiedDocument>> FindDocument(Views& views, const v1::SourceRef& record) {
  auto found = views.GetDocument(RecordKey(record));
  if (found.ok()) {
    return std::optional(std::move(*found));
  }
  if (found.error().code() == Code::kNotFound) {
    return std::optional<v1::UnifiedDocument>();
  }
  return std::move(found).error();
}

bool IsOf(const v1::UnifiedDocument& document, const v1::SourceRef& record) {
  return std::any_of(document.records().begin(), document.records().end(),
                     [&](const v1::SourceRef& each) { return RecordKey(each) == RecordKey(record); });
}

bool AreTheSameTwo(const v1::RecordPair& a, const v1::RecordPair& b) {
  const std::string left = RecordKey(a.left()), right = RecordKey(a.right());
  const std::string other_left = RecordKey(b.left()), other_right = RecordKey(b.right());
  return (left == other_left && right == other_right) || (left == other_right && right == other_left);
}

// Whether the newest word on just these two records is this one.
bool IsTheNewestOn(const v1::RecordPair& pair, const v1::DocumentDecision& decision,
                   const std::vector<v1::DocumentDecision>& all) {
  return std::none_of(all.begin(), all.end(), [&](const v1::DocumentDecision& other) {
    return !other.undone() && IsAboutIdentity(other.verdict()) && When(decision) < When(other) &&
           std::any_of(
               other.pairs().begin(), other.pairs().end(),
               [&](const v1::RecordPair& each) { return AreTheSameTwo(each, pair); });
  });
}

// Two records of the two documents are said to be different, and nobody said otherwise since.
bool IsWall(const v1::DocumentDecision& other, const v1::UnifiedDocument& left,
            const v1::UnifiedDocument& right, const std::vector<v1::DocumentDecision>& all) {
  if (other.undone() || other.verdict() != v1::DocumentDecision::DIFFERENT) {
    return false;
  }
  return std::any_of(other.pairs().begin(), other.pairs().end(), [&](const v1::RecordPair& pair) {
    const bool between = (IsOf(left, pair.left()) && IsOf(right, pair.right())) ||
                         (IsOf(left, pair.right()) && IsOf(right, pair.left()));
    return between && IsTheNewestOn(pair, other, all);
  });
}

// A newer word on the same payment and invoice, on whichever of their records.
bool ReplacesSettlement(const v1::DocumentDecision& other, const v1::DocumentDecision& decision,
                        const v1::UnifiedDocument& left, const v1::UnifiedDocument& right) {
  if (other.undone() || IsAboutIdentity(other.verdict()) || !(When(decision) < When(other))) {
    return false;
  }
  return std::any_of(other.pairs().begin(), other.pairs().end(), [&](const v1::RecordPair& pair) {
    return IsOf(left, pair.left()) && IsOf(right, pair.right());
  });
}

bool IsOverruled(const v1::DocumentDecision& decision, const v1::RecordPair& pair,
                 const v1::UnifiedDocument& left, const v1::UnifiedDocument& right,
                 const std::vector<v1::DocumentDecision>& all) {
  if (!IsAboutIdentity(decision.verdict())) {
    return std::any_of(all.begin(), all.end(), [&](const v1::DocumentDecision& other) {
      return ReplacesSettlement(other, decision, left, right);
    });
  }
  if (!IsTheNewestOn(pair, decision, all)) {
    return true;
  }
  return decision.verdict() == v1::DocumentDecision::SAME && left.name() != right.name() &&
         std::any_of(all.begin(), all.end(),
                     [&](const v1::DocumentDecision& other) { return IsWall(other, left, right, all); });
}

bool AreOfItsKinds(const v1::DocumentDecision& decision, const v1::UnifiedDocument& left,
                   const v1::UnifiedDocument& right) {
  if (IsAboutIdentity(decision.verdict())) {
    return left.kind() == right.kind();
  }
  const bool pays =
      left.kind() == v1::Document::PAYMENT ||
      (left.kind() == v1::Document::INVOICE && left.document().type() == v1::Invoice::CREDIT_NOTE);
  return pays && right.kind() == v1::Document::INVOICE && right.document().type() != v1::Invoice::CREDIT_NOTE;
}

Result<State> StateOfPair(const v1::DocumentDecision& decision, const v1::RecordPair& pair,
                          const std::vector<v1::DocumentDecision>& all, Views& views) {
  CROSSBILL_TRY(const auto left, FindDocument(views, pair.left()));
  CROSSBILL_TRY(const auto right, FindDocument(views, pair.right()));
  if (!left || !right) {
    return v1::DocumentDecision::NOT_THERE;
  }
  if (!AreOfItsKinds(decision, *left, *right)) {
    return v1::DocumentDecision::OTHER_KINDS;
  }
  // Of nobody: each of them stands alone.
  if (left->name() != right->name() && (left->customer() != right->customer() || left->customer().empty())) {
    return v1::DocumentDecision::TWO_CUSTOMERS;
  }
  return IsOverruled(decision, pair, *left, *right, all) ? v1::DocumentDecision::OVERRULED
                                                         : v1::DocumentDecision::HOLDS;
}

// Of a decision's pairs the best counts.
int Rank(State state) {
  switch (state) {
    case v1::DocumentDecision::HOLDS:
      return 4;
    case v1::DocumentDecision::TWO_CUSTOMERS:
      return 3;
    case v1::DocumentDecision::OVERRULED:
      return 2;
    case v1::DocumentDecision::OTHER_KINDS:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

Result<State> StateOf(const v1::DocumentDecision& decision, const std::vector<v1::DocumentDecision>& all,
                      Views& views) {
  if (decision.undone()) {
    return v1::DocumentDecision::UNDONE;
  }
  State best = v1::DocumentDecision::NOT_THERE;
  for (const v1::RecordPair& pair : decision.pairs()) {
    CROSSBILL_TRY(const State state, StateOfPair(decision, pair, all, views));
    if (Rank(state) > Rank(best)) {
      best = state;
    }
    if (best == v1::DocumentDecision::HOLDS) {
      break;
    }
  }
  return best;
}

}  // namespace crossbill::facade
