#include "transforms/sdk/record_decisions.h"

#include <algorithm>
#include <utility>

#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

// Of one that was undone the name is enough.
v1::DocumentDecision PartOf(const v1::DocumentDecision& event, std::string_view record) {
  v1::DocumentDecision part;
  if (event.undone()) {
    part.set_name(event.name());
    part.set_undone(true);
    return part;
  }
  part = event;
  part.clear_pairs();
  part.clear_request();
  for (const v1::RecordPair& pair : event.pairs()) {
    if (RecordKey(pair.left()) == record) {
      *part.add_pairs() = pair;
    }
  }
  return part;
}

}  // namespace

bool AddDecision(const v1::DocumentDecision& event, std::string_view record, v1::RecordDecisions& known) {
  auto& all = *known.mutable_decisions();
  const auto place = std::lower_bound(
      all.begin(), all.end(), event.name(),
      [](const v1::DocumentDecision& each, const std::string& name) { return each.name() < name; });
  if (place != all.end() && place->name() == event.name()) {
    if (place->undone() || !event.undone()) {
      return false;
    }
    *place = PartOf(event, record);
    return true;
  }
  const auto index = place - all.begin();
  *known.add_decisions() = PartOf(event, record);
  std::rotate(all.begin() + index, all.end() - 1, all.end());
  return true;
}

std::string StandingDecisions(const v1::RecordDecisions& known) {
  v1::RecordDecisions standing;
  for (const v1::DocumentDecision& decision : known.decisions()) {
    if (!decision.undone()) {
      *standing.add_decisions() = decision;
    }
  }
  return standing.SerializeAsString();
}

}  // namespace crossbill::transforms
