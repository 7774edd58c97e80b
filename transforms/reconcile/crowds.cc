#include "transforms/reconcile/crowds.h"

#include <algorithm>
#include <utility>

#include "transforms/reconcile/state_keys.h"
#include "transforms/reconcile/tie_index.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kIndexSlice = 1024;
constexpr std::size_t kIndexedAsOne = 8;  // so many are indexed while one is reconciled, about
constexpr std::uint32_t kAllLoosened = ~0u;

void StoreHead(bus::StateStore& state, std::string_view customer, const CrowdHead& head) {
  state.Put(PlainKey('x', customer), Encode(head));
}

}  // namespace

Status Crowds::Resume(bus::StateStore& state) {
  bool read = true;
  CROSSBILL_RETURN_IF_ERROR(state.Scan("x", [&](std::string_view key, std::string_view value) {
    read = Decode(value, crowds_[std::string(key.substr(1))].head);
    return read;
  }));
  if (!read) {
    return Error(Code::kBusCorrupt, "what is stored of a customer with very many documents cannot be read");
  }
  return Ok();
}

Status Crowds::Enter(bus::StateStore& state, const std::string& customer) {
  Crowd& crowd = crowds_[customer];
  PartStore store(state, customer, crowd.queues);
  CROSSBILL_TRY(const std::vector<std::string> records, store.Records());
  for (const std::string& record : records) {
    store.NoteChange(record);
  }
  // It is not due as a whole any more.
  CROSSBILL_TRY(const std::optional<std::string> due, state.Get(PlainKey('k', customer)));
  if (due && due->size() == kDueKeyStart) {
    state.Delete(*due + customer);
  }
  state.Put(PlainKey('k', customer), "");
  crowd.head.whole_claims = true;
  StoreHead(state, customer, crowd.head);
  return Ok();
}

void Crowds::NoteChange(bus::StateStore& state, std::string_view customer, const RoutedView& routed) {
  crowds_.find(customer)->second.queues.changed.Add(
      state, customer, RecordSuffix(routed.kind, routed.system, routed.stream, routed.key));
}

// What was decided does not say of what kind the record is.
Result<bool> Crowds::Decide(bus::StateStore& state, std::string_view customer, const RoutedView& routed) {
  const Tie tie = OwnTie(RecordSuffix(routed.kind, routed.system, routed.stream, routed.key));
  for (const std::string& record : RecordsOfOwnTie(tie)) {
    const std::string key = CustomerPrefix('d', customer).append(record).append(routed.via);
    CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(key));
    RoutedView known;
    if (!stored || !ReadRouted(*stored, known) || known.decisions == routed.decisions) {
      continue;
    }
    CROSSBILL_TRY(const std::string decided, WithDecisions(*stored, routed.decisions));
    state.Put(key, decided);
    NoteChange(state, customer, known);
    return true;
  }
  return false;
}

Status Crowds::MakeAnew(bus::StateStore& state, const std::string& customer) {
  Crowd& crowd = crowds_[customer];
  PartStore store(state, customer, crowd.queues);
  CROSSBILL_TRY(const std::vector<std::string> records, store.Records());
  CROSSBILL_TRY(const std::vector<std::string> parts, store.PartNames());
  for (const std::string& record : records) {
    store.NoteChange(record);  // its ties may be others by a new version of the code
  }
  for (const std::string& part : parts) {
    store.MarkPartOf(part);
  }
  crowd.head.loosened = kAllLoosened;
  StoreHead(state, customer, crowd.head);
  return Ok();
}

void Crowds::MakePartAnew(bus::StateStore& state, std::string_view customer, std::string_view part) {
  crowds_.find(customer)->second.queues.marked.Add(state, customer, part);
}

Result<Crowds::Progress> Crowds::Settle(bus::StateStore& state, const PartTerms& terms, std::size_t most,
                                        const Claimer& claimer) {
  const auto found = crowds_.find(terms.customer);
  Crowd& crowd = found->second;
  const CrowdHead before = crowd.head;
  PartStore store(state, terms.customer, crowd.queues);
  Progress progress;
  CROSSBILL_TRY(bool nothing_left, Index(store, crowd, progress));
  if (nothing_left) {
    CROSSBILL_TRY(nothing_left, SettleParts(store, crowd, terms, most, claimer, progress));
  }
  if (nothing_left) {
    CROSSBILL_RETURN_IF_ERROR(GiveUpWholeClaims(store, crowd, claimer));
    crowd.head.loosened = 0;
    if (crowd.head.records <= options_.crowd) {
      CROSSBILL_RETURN_IF_ERROR(Dissolve(store));
      crowds_.erase(found);
      return progress;
    }
    progress.done = true;
  }
  if (crowd.head != before) {
    StoreHead(state, terms.customer, crowd.head);
  }
  return progress;
}

Result<bool> Crowds::Index(PartStore& store, Crowd& crowd, Progress& progress) {
  TieIndex index(store, crowd.head);
  std::size_t indexed = 0;
  for (; indexed < kIndexSlice; ++indexed) {
    CROSSBILL_TRY(const std::optional<std::string> record, store.NextChanged());
    if (!record) {
      break;
    }
    CROSSBILL_RETURN_IF_ERROR(index.Take(*record));
    store.ChangeDone(*record);
  }
  progress.documents += (indexed + kIndexedAsOne - 1) / kIndexedAsOne;
  return indexed < kIndexSlice;
}

Result<bool> Crowds::SettleParts(PartStore& store, Crowd& crowd, const PartTerms& terms, std::size_t most,
                                 const Claimer& claimer, Progress& progress) {
  PartSearch search(store, options_.part_documents, crowd.head.loosened);
  while (progress.documents < most) {
    CROSSBILL_TRY(const std::optional<std::string> record, store.NextMarked());
    if (!record) {
      return true;
    }
    CROSSBILL_TRY(const bool marked, store.IsMarked(*record));
    if (!marked) {  // it got its part with another one
      continue;
    }
    PartSettling settling(store, search, terms, crowd.head.whole_claims);
    CROSSBILL_TRY(const std::size_t documents, settling.Run(*record, claimer));
    progress.documents += std::max<std::size_t>(documents, 1);
  }
  return false;
}

// What was claimed when it was reconciled as a whole, and was not found again.
Status Crowds::GiveUpWholeClaims(PartStore& store, Crowd& crowd, const Claimer& claimer) {
  if (!crowd.head.whole_claims) {
    return Ok();
  }
  CROSSBILL_TRY(const std::vector<std::string> names, store.WholeClaims());
  for (const std::string& name : names) {
    claimer.GiveUp(name);
    store.DropWholeClaim(name);
  }
  crowd.head.whole_claims = false;
  return Ok();
}

// From now on it is reconciled as a whole, and what was claimed of its parts is claimed of that.
Status Crowds::Dissolve(PartStore& store) {
  std::vector<Claims> claims;
  CROSSBILL_RETURN_IF_ERROR(
      store.ForEachPart([&](std::string_view, const Part& part) { claims.push_back(part.claims); }));
  CROSSBILL_RETURN_IF_ERROR(store.DropAll());
  for (const Claims& of_part : claims) {
    for (const auto& [name, claimed] : of_part) {
      store.SetWholeClaim(name, claimed);
    }
  }
  return Ok();
}

}  // namespace crossbill::transforms
