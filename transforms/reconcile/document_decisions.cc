#include "transforms/reconcile/document_decisions.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/date.h"

namespace crossbill::transforms {
namespace {

using Places = std::map<std::tuple<std::string_view, std::string_view, std::string_view>, int>;

Places PlacesOf(DocumentSpan documents) {
  Places places;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const RecordRef& record = documents[i]->record;
    places.try_emplace({record.system, record.stream, record.key}, static_cast<int>(i));
  }
  return places;
}

int PlaceOf(const Places& places, const v1::SourceRef& record) {
  const auto found = places.find({record.system(), record.stream(), record.key()});
  return found == places.end() ? -1 : found->second;
}

bool IsAboutIdentity(const v1::DocumentDecision& decision) {
  return decision.verdict() == v1::DocumentDecision::SAME ||
         decision.verdict() == v1::DocumentDecision::DIFFERENT;
}

PairDecision Planned(const v1::DocumentDecision& decision) {
  PairDecision plan;
  plan.verdict = decision.verdict();
  plan.name = decision.name();
  if (const auto time = Timestamp::Parse(decision.decided_at()); time.ok()) {
    plan.decided_at = time->micros();
  }
  plan.text = decision.name() + " of " + decision.decided_by() + ", " + decision.decided_at();
  if (!decision.reason().empty()) {
    plan.text += ": " + decision.reason();
  }
  if (decision.has_amount()) {
    const auto amount = Decimal::Parse(decision.amount().amount());
    plan.most = amount.ok() ? *amount : Decimal();
    plan.currency = decision.amount().currency();
  }
  return plan;
}

void SortNewestFirst(std::vector<PairDecision>& plans) {
  std::sort(plans.begin(), plans.end(), [](const PairDecision& a, const PairDecision& b) {
    return std::tie(b.decided_at, b.name, a.left, a.right) < std::tie(a.decided_at, a.name, b.left, b.right);
  });
}

// Of each pair, whichever way it is written, only the first.
void KeepFirst(std::vector<PairDecision>& plans) {
  std::set<std::pair<int, int>> known;
  std::erase_if(plans, [&](const PairDecision& plan) {
    return !known.insert(std::minmax(plan.left, plan.right)).second;
  });
}

}  // namespace

DocumentDecisions::DocumentDecisions(DocumentSpan documents) {
  std::optional<Places> places;  // made when it is needed: mostly nothing was decided
  for (const SourceDocument* document : documents) {
    if (document->decisions.empty()) {
      continue;
    }
    v1::RecordDecisions decided;
    decided.ParseFromString(document->decisions);  // it was read when it was stored
    if (!places) {
      places = PlacesOf(documents);
    }
    for (const v1::DocumentDecision& decision : decided.decisions()) {
      PairDecision plan = Planned(decision);
      for (const v1::RecordPair& pair : decision.pairs()) {
        plan.left = PlaceOf(*places, pair.left());
        plan.right = PlaceOf(*places, pair.right());
        if (plan.left < 0 || plan.right < 0 || plan.left == plan.right) {
          continue;
        }
        const bool same_kind = documents[static_cast<std::size_t>(plan.left)]->kind ==
                               documents[static_cast<std::size_t>(plan.right)]->kind;
        if (!IsAboutIdentity(decision)) {
          settlement_.push_back(plan);
        } else if (same_kind) {
          identity_.push_back(plan);
        }
      }
    }
  }
  SortNewestFirst(identity_);
  KeepFirst(identity_);
  SortNewestFirst(settlement_);
}

}  // namespace crossbill::transforms
