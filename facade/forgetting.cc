#include "facade/forgetting.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/id.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/steward_service.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/requests.h"
#include "transforms/erasure/sweep.h"
#include "transforms/erasure/write_erasures.h"
#include "transforms/sdk/routing_keys.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {
namespace {

using transforms::RecordKey;

constexpr std::size_t kPage = 1000;
constexpr std::size_t kLeastTelling = 4;  // bytes: a shorter text stands in many that are about others

v1::SourceRef RefOf(const transforms::SourceKey& parts) {
  v1::SourceRef record;
  record.set_system(std::string(parts.system));
  record.set_stream(std::string(parts.stream));
  record.set_key(std::string(parts.key));
  return record;
}

v1::SourceRef RefOf(std::string_view key) {
  transforms::SourceKey parts;
  return transforms::SplitSourceKey(key, parts) ? RefOf(parts) : v1::SourceRef();
}

void AddTelling(const std::string& text, std::set<std::string>& telling) {
  if (text.size() >= kLeastTelling) {
    telling.insert(text);
  }
}

// What tells who it is.
void AddTelling(const v1::Party& party, std::set<std::string>& telling) {
  AddTelling(party.name(), telling);
  AddTelling(party.name_kana(), telling);
  for (const auto* texts : {&party.other_names(), &party.phones(), &party.emails()}) {
    for (const std::string& text : *texts) {
      AddTelling(text, telling);
    }
  }
  for (const v1::Identifier& identifier : party.identifiers()) {
    AddTelling(identifier.value(), telling);
  }
}

bool Tells(const std::set<std::string>& telling, std::string_view text) {
  return std::any_of(telling.begin(), telling.end(),
                     [&](const std::string& each) { return text.find(each) != std::string_view::npos; });
}

}  // namespace

struct Forgetting::Plan {
  std::map<std::string, bool> records;  // of parties and interactions; true: of a party
  std::set<std::string> documents;      // that are of the customers
  std::set<std::string> parties;        // routing keys of their numbers
  std::set<std::string> staying;        // records that have such a number, too
  std::set<std::string> telling;
  std::map<std::string, std::string> letters;  // by place: the records that they were to be
  int decisions = 0;
};

Status Forgetting::TakeRecords(const v1::ForgetRequest& request, Plan& plan) {
  if (request.names().empty()) {
    return Error(Code::kRequestField, "needs a customer or a record", "names");
  }
  for (int i = 0; i < request.names_size(); ++i) {
    const std::string& name = request.names(i);
    CROSSBILL_RETURN_IF_ERROR(CheckName(fmt::format("names[{}]", i), name, {"customers/"}, /*record=*/true));
    if (!name.starts_with("customers/")) {
      plan.records[name] = true;
      continue;
    }
    CROSSBILL_TRY(const v1::Customer customer, views_.GetCustomer(name));
    for (const v1::SourceRef& record : customer.records()) {
      plan.records[RecordKey(record)] = true;
    }
    CROSSBILL_RETURN_IF_ERROR(TakeDocuments(customer.name(), plan));
  }
  return Ok();
}

Status Forgetting::TakeDocuments(const std::string& customer, Plan& plan) {
  Views::DocumentFilter filter;
  filter.customer = customer;
  std::string after;
  do {
    CROSSBILL_TRY(const Page page, views_.ListDocuments(filter, kPage, after));
    for (const std::string& name : page.names) {
      CROSSBILL_TRY(const v1::UnifiedDocument document, views_.GetDocument(name));
      for (const v1::SourceRef& record : document.records()) {
        if (document.kind() == v1::Document::INTERACTION) {
          plan.records.emplace(RecordKey(record), false);
        } else {
          plan.documents.insert(RecordKey(record));
        }
      }
    }
    after = page.next;
  } while (!after.empty());
  return Ok();
}

// The records themselves: their numbers, and what tells who it is.
Status Forgetting::ReadParties(Plan& plan) {
  std::set<std::string> missing;
  for (const auto& [key, is_party] : plan.records) {
    if (is_party) {
      missing.insert(key);
    }
  }
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus_, topics_.Source("party"), [&](const bus::RecordView& record) -> Status {
        v1::Party party;
        if (missing.erase(std::string(record.key)) == 0 || transforms::IsDeletion(record) ||
            !party.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
          return Ok();
        }
        AddTelling(party, plan.telling);
        const v1::SourceRef ref = RefOf(record.key);
        if (ref.key().find('@') != std::string::npos) {  // a number is found in letters about others
          AddTelling(ref.key(), plan.telling);
        }
        if (!party.id().empty()) {
          plan.parties.insert(transforms::PartyKey(ref.system(), party.id()));
        }
        return Ok();
      }));
  return missing.empty() ? Ok() : Status(Error(Code::kNotFound, "no party record", *missing.begin()));
}

// A number that another record has, too, is not the person's alone: its documents stay as they are.
Status Forgetting::FindStaying(Plan& plan) {
  std::set<std::string> shared;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus_, topics_.Source("party"), [&](const bus::RecordView& record) -> Status {
        v1::Party party;
        if (plan.records.contains(std::string(record.key)) || transforms::IsDeletion(record) ||
            !party.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())) ||
            party.id().empty()) {
          return Ok();
        }
        const std::string number = transforms::PartyKey(RefOf(record.key).system(), party.id());
        if (plan.parties.contains(number)) {
          shared.insert(number);
          plan.staying.insert(std::string(record.key));
        }
        return Ok();
      }));
  for (const std::string& number : shared) {
    plan.parties.erase(number);
  }
  return Ok();
}

namespace {

// What is to be told, by its hash.
std::map<std::string, v1::Erasure> EntriesOf(const transforms::ErasureHash& hash, const std::string& name,
                                             const auto& plan) {
  std::map<std::string, v1::Erasure> entries;
  const auto add = [&](const std::string& key, v1::Erasure::Kind kind) -> v1::Erasure& {
    v1::Erasure& entry = entries[key];
    entry.set_name(name);
    entry.set_kind(kind);
    return entry;
  };
  for (const std::string& key : plan.documents) {
    add(hash.OfRecord(key), v1::Erasure::DOCUMENT);
  }
  for (const auto& [key, is_party] : plan.records) {
    add(hash.OfRecord(key), v1::Erasure::RECORD);
  }
  for (const std::string& number : plan.parties) {
    const std::string key = hash.OfParty(number);
    const std::string system = number.substr(2, number.find('|', 2) - 2);
    add(key, v1::Erasure::PARTY).set_place(transforms::PartyKey(system, transforms::PseudonymOf(key)));
  }
  for (const auto& [place, record] : plan.letters) {
    add(hash.OfLetter(place), v1::Erasure::LETTER);
    if (!record.empty()) {  // the same row of another file
      const v1::Erasure entry = entries.at(hash.OfLetter(place));
      entries.emplace(hash.OfRecord(record), entry);
    }
  }
  return entries;
}

// By its name, or by a record that it forgot.
Result<v1::Erasure> FindAudit(const transforms::Erasures& known, const std::string& name) {
  std::string erasure = name;
  if (!name.starts_with("erasures/") && known.hash() != nullptr) {
    const v1::Erasure* const entry = known.Find(known.hash()->OfRecord(name));
    erasure = entry != nullptr ? entry->name() : "";
  }
  const auto found = known.audits().find(erasure);
  if (found == known.audits().end()) {
    return Error(Code::kNotFound, "nothing was forgotten under this name");
  }
  return found->second;
}

bus::RecordView ViewOf(const std::string& key, const std::string& value) { return {key, value, {}, 0}; }

}  // namespace

// With the erasure as if it held: which documents name the person's numbers, which letters and decisions the
// records.
Status Forgetting::LookAtTopics(Plan& plan) {
  std::optional<v1::Erasure> made;
  CROSSBILL_TRY(transforms::Erasures erasures, Known(made));
  for (const auto& [key, entry] : EntriesOf(*erasures.hash(), "", plan)) {
    CROSSBILL_RETURN_IF_ERROR(erasures.Apply(ViewOf(key, entry.SerializeAsString())));
  }
  CROSSBILL_TRY(const auto outdated, transforms::FindOutdated(bus_, topics_, erasures));
  for (const transforms::OutdatedEvent& event : outdated) {
    if (event.dropped) {
      plan.records.emplace(event.key, false);
    } else {
      plan.documents.insert(event.key);
    }
  }
  CROSSBILL_TRY(const auto letters,
                transforms::FindLetters(bus_, topics_, erasures,
                                        [&](std::string_view value) { return Tells(plan.telling, value); }));
  for (const transforms::ForgottenLetter& letter : letters) {
    plan.letters[letter.place] = letter.record;
  }
  CROSSBILL_TRY(const auto decisions, transforms::FindDecisions(bus_, topics_, erasures));
  plan.decisions = static_cast<int>(decisions.size());
  return Ok();
}

Result<transforms::Erasures> Forgetting::Known(std::optional<v1::Erasure>& made) {
  CROSSBILL_TRY(transforms::Erasures known, transforms::ReadErasures(bus_, topics_, secret_));
  if (known.hash() == nullptr) {
    made.emplace();
    made->set_kind(v1::Erasure::KEY);
    made->set_salt(transforms::ErasureHash::NewSalt());
    made->set_check(transforms::ErasureHash(made->salt(), secret_).Check());
    CROSSBILL_RETURN_IF_ERROR(
        known.Apply(ViewOf(std::string(transforms::kErasureKey), made->SerializeAsString())));
  }
  return known;
}

v1::ForgetResponse Forgetting::Tell(const Plan& plan, const v1::ForgetRequest& request) const {
  v1::ForgetResponse response;
  for (const auto& [key, is_party] : plan.records) {
    *response.add_records() = RefOf(key);
  }
  for (const std::string& key : plan.documents) {
    *response.add_documents() = RefOf(key);
  }
  for (const std::string& key : plan.staying) {
    *response.add_staying() = RefOf(key);
  }
  v1::Erasure& audit = *response.mutable_erasure();
  audit.set_kind(v1::Erasure::AUDIT);
  audit.set_reason(request.reason());
  audit.set_decided_by(request.decided_by());
  audit.set_decided_at(clock_.Now().ToString());
  audit.set_records(response.records_size());
  audit.set_documents(response.documents_size());
  audit.set_decisions(plan.decisions);
  audit.set_dead_letters(static_cast<int>(plan.letters.size()));
  return response;
}

// Names the audit entry.
Status Forgetting::Write(const Plan& plan, v1::Erasure& audit) {
  return transforms::WriteErasures(bus_, topics_, gate_, clock_, [&]() -> Result<transforms::ErasureEntries> {
    std::optional<v1::Erasure> made;
    CROSSBILL_TRY(const transforms::Erasures known, Known(made));
    const std::string first = known.hash()->OfRecord(plan.records.begin()->first);
    audit.set_name("erasures/" + ShortId(Hash128Of({first, audit.decided_at()})));
    transforms::ErasureEntries entries;
    if (made) {
      entries.emplace_back(transforms::kErasureKey, *made);
    }
    for (const auto& [key, entry] : EntriesOf(*known.hash(), audit.name(), plan)) {
      entries.emplace_back(key, entry);
    }
    entries.emplace_back(audit.name(), audit);
    return entries;
  });
}

Result<v1::ForgetResponse> Forgetting::Forget(const v1::ForgetRequest& request) {
  const std::scoped_lock lock(mutex_);
  Plan plan;
  CROSSBILL_RETURN_IF_ERROR(TakeRecords(request, plan));
  CROSSBILL_RETURN_IF_ERROR(ReadParties(plan));
  CROSSBILL_RETURN_IF_ERROR(FindStaying(plan));
  CROSSBILL_RETURN_IF_ERROR(LookAtTopics(plan));
  if (Tells(plan.telling, request.reason())) {
    return Error(Code::kRequestField, "says who it is; it is kept, so it must not", "reason");
  }
  v1::ForgetResponse response = Tell(plan, request);
  if (!request.validate_only()) {
    CROSSBILL_RETURN_IF_ERROR(Write(plan, *response.mutable_erasure()));
  }
  return response;
}

Result<v1::Erasure> Forgetting::Allow(const std::string& name, const std::string& by) {
  const std::scoped_lock lock(mutex_);
  v1::Erasure audit;
  CROSSBILL_RETURN_IF_ERROR(
      transforms::WriteErasures(bus_, topics_, gate_, clock_, [&]() -> Result<transforms::ErasureEntries> {
        CROSSBILL_TRY(const transforms::Erasures known, transforms::ReadErasures(bus_, topics_, secret_));
        CROSSBILL_TRY(audit, FindAudit(known, name));
        transforms::ErasureEntries entries;
        if (audit.allowed()) {
          return entries;
        }
        audit.set_allowed(true);
        audit.set_allowed_by(by);
        audit.set_allowed_at(clock_.Now().ToString());
        entries.emplace_back(audit.name(), audit);
        for (const auto& [key, entry] : known.entries()) {
          if (entry.name() == audit.name()) {
            entries.emplace_back(key, entry);
            entries.back().second.set_allowed(true);
          }
        }
        return entries;
      }));
  return audit;
}

}  // namespace crossbill::facade
