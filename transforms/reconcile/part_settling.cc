#include "transforms/reconcile/part_settling.h"

#include <optional>
#include <utility>

namespace crossbill::transforms {

Result<std::size_t> PartSettling::Run(const std::string& marked, const Claimer& claimer) {
  CROSSBILL_RETURN_IF_ERROR(Gather(marked));
  CROSSBILL_RETURN_IF_ERROR(Reconcile());
  CROSSBILL_TRY(const Claims claims, ClaimsBefore());
  claimer.Emit(CompareClaims(claims, outcomes_));
  CROSSBILL_RETURN_IF_ERROR(Store());
  search_.ForgetStandings();
  return documents_.size();
}

Status PartSettling::Gather(const std::string& marked) {
  open_.push_back(marked);
  while (!open_.empty()) {
    const std::string record = std::move(open_.back());
    open_.pop_back();
    if (!placed_.insert(record).second) {
      continue;
    }
    CROSSBILL_TRY(const Standing* const standing, search_.StandingOf(record));
    if (standing == nullptr) {  // it went before it had a part
      continue;
    }
    CROSSBILL_RETURN_IF_ERROR(GatherPart(standing->part));
    if (standing->gone) {
      gone_.push_back(record);
      continue;
    }
    CROSSBILL_TRY(PartSearch::Found part, search_.PartOf(record));
    for (const std::string& member : part.records) {
      placed_.insert(member);
      CROSSBILL_TRY(const Standing* const other, search_.StandingOf(member));
      CROSSBILL_RETURN_IF_ERROR(GatherPart(other->part));
    }
    parts_.push_back(std::move(part));
  }
  return Ok();
}

// All that stood in it get a part again.
Status PartSettling::GatherPart(const std::string& name) {
  if (name.empty() || before_.contains(name)) {
    return Ok();
  }
  CROSSBILL_TRY(std::optional<Part> part, store_.FindPart(name));
  if (!part) {
    return Error(Code::kBusCorrupt, "a part of " + std::string(terms_.customer) + " is gone");
  }
  open_.insert(open_.end(), part->records.begin(), part->records.end());
  before_.emplace(name, *std::move(part));
  return Ok();
}

Status PartSettling::Reconcile() {
  for (const PartSearch::Found& part : parts_) {
    std::vector<const SourceDocument*> documents;
    for (const std::string& record : part.records) {
      CROSSBILL_TRY(std::optional<SourceDocument> document, store_.FindDocument(record));
      if (!document) {
        return Error(Code::kBusCorrupt, "a document of " + std::string(terms_.customer) + " is gone");
      }
      documents.push_back(&documents_.emplace_back(*std::move(document)));
    }
    outcomes_.push_back(
        ReconcileDocuments(documents, terms_.customer, terms_.options, terms_.as_of, terms_.facts));
  }
  return Ok();
}

Result<Claims> PartSettling::ClaimsBefore() {
  Claims claims;
  for (auto& [name, part] : before_) {
    claims.insert(part.claims.begin(), part.claims.end());
  }
  if (!whole_claims_) {
    return claims;
  }
  for (const Outcome& outcome : outcomes_) {
    for (const Output& output : outcome.outputs()) {
      CROSSBILL_TRY(std::optional<Claimed> claimed, store_.TakeWholeClaim(output.name));
      if (claimed) {
        claims.insert_or_assign(output.name, *std::move(claimed));
      }
    }
  }
  return claims;
}

Status PartSettling::Store() {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& [records, level] = parts_[i];
    const std::string& name = records.front();
    const auto known = before_.extract(name);
    store_.SetPart(name, known ? std::optional(std::move(known.mapped())) : std::nullopt,
                   {records, ClaimsOf(outcomes_[i]), outcomes_[i].next_due()});
    for (const std::string& record : records) {
      CROSSBILL_TRY(const Standing* const standing, search_.StandingOf(record));
      if (standing->part != name || standing->level != level) {
        Standing moved = *standing;
        moved.part = name;
        moved.level = level;
        store_.SetStanding(record, moved);
      }
    }
  }
  for (const auto& [name, part] : before_) {
    store_.DropPart(name, part);
  }
  for (const std::string& record : gone_) {
    store_.DropStanding(record);
  }
  for (const std::string& record : placed_) {
    CROSSBILL_TRY(const bool marked, store_.IsMarked(record));
    if (marked) {
      store_.MarkDone(record);
    }
  }
  return Ok();
}

}  // namespace crossbill::transforms
