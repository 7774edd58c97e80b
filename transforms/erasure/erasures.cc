#include "transforms/erasure/erasures.h"

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/sdk/routing_keys.h"
#include "transforms/sdk/source_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kPseudonymDigits = 16;
constexpr std::string_view kInteraction = "interaction";

std::string_view PartyIdOf(std::string_view document) {
  std::string_view id;
  WireReader reader(document);
  while (reader.Next()) {
    if (reader.IsBytes(v1::Document::kCustomerFieldNumber)) {
      WireReader party(reader.bytes());
      while (party.Next()) {
        if (party.IsBytes(v1::PartyRef::kIdFieldNumber)) {
          id = party.bytes();
        }
      }
    }
  }
  return id;
}

bool IsDocumentKind(std::string_view kind) {
  const auto& kinds = bus::Topics::DocumentKinds();
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

std::string PseudonymOf(std::string_view hash) {
  return "forgotten-" + std::string(hash.substr(0, kPseudonymDigits));
}

Status Erasures::Apply(const bus::RecordView& record) {
  const std::string key(record.key);
  v1::Erasure entry;
  if (!record.value) {
    entries_.erase(key);
    audits_.erase(key);
    return Ok();
  }
  if (!entry.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
    return Error(Code::kEventDecode, "not a crossbill.v1.Erasure", key);
  }
  if (entry.kind() == v1::Erasure::KEY) {
    return TakeKey(entry);
  }
  (entry.kind() == v1::Erasure::AUDIT ? audits_ : entries_)[key] = std::move(entry);
  return Ok();
}

// With another secret nothing that was forgotten would be known again.
Status Erasures::TakeKey(const v1::Erasure& key) {
  hash_ = std::make_shared<const ErasureHash>(key.salt(), secret_);
  if (hash_->Check() != key.check()) {
    return Error(Code::kConfigValue,
                 "is not the one with which persons were forgotten: they would not be known again",
                 "crossbill.yaml: erasure_key");
  }
  return Ok();
}

const v1::Erasure* Erasures::Find(std::string_view hash) const {
  const auto found = entries_.find(std::string(hash));
  return found != entries_.end() && !found->second.allowed() ? &found->second : nullptr;
}

bool Erasures::IsDropped(std::string_view record_key) const {
  if (empty()) {
    return false;
  }
  const v1::Erasure* const entry = Find(hash_->OfRecord(record_key));
  return entry != nullptr && entry->kind() == v1::Erasure::RECORD;
}

bool Erasures::IsForgottenLetter(std::string_view place, std::string_view record_key) const {
  return !empty() && (Find(hash_->OfLetter(place)) != nullptr ||
                      (!record_key.empty() && Find(hash_->OfRecord(record_key)) != nullptr));
}

Treatment Erasures::Of(std::string_view kind, std::string_view record_key,
                       std::optional<std::string_view> value) const {
  if (empty()) {
    return {};
  }
  const auto found = entries_.find(hash_->OfRecord(record_key));
  Treatment treatment;
  if (found != entries_.end() && !found->second.allowed()) {
    const bool stays =
        found->second.kind() != v1::Erasure::RECORD && IsDocumentKind(kind) && kind != kInteraction;
    treatment.kind = stays ? Treatment::Kind::kEmpty : Treatment::Kind::kDrop;
  } else if (found != entries_.end()) {
    treatment.seed = HashOf(found->second.name());
  }
  if (treatment.kind == Treatment::Kind::kDrop || !value || !IsDocumentKind(kind)) {
    return treatment;
  }
  Treatment of_party = OfDocument(kind, record_key, *value);
  if (of_party.kind == Treatment::Kind::kAsIs) {
    treatment.seed = treatment.seed != 0 ? treatment.seed : of_party.seed;
    return treatment;
  }
  return of_party;
}

// By the party that it names.
Treatment Erasures::OfDocument(std::string_view kind, std::string_view record_key,
                               std::string_view value) const {
  const std::string_view id = PartyIdOf(value);
  SourceKey source;
  Treatment treatment;
  if (id.empty() || !SplitSourceKey(record_key, source)) {
    return treatment;
  }
  const std::string hash = hash_->OfParty(PartyKey(source.system, id));
  const auto found = entries_.find(hash);
  if (found == entries_.end()) {
    return treatment;
  }
  if (found->second.allowed()) {
    treatment.seed = HashOf(found->second.name());
  } else if (kind == kInteraction) {
    treatment.kind = Treatment::Kind::kDrop;
  } else {
    treatment.kind = Treatment::Kind::kEmpty;
    treatment.pseudonym = PseudonymOf(hash);
  }
  return treatment;
}

Result<Erasures> ReadErasures(bus::Bus& bus, const bus::Topics& topics, const Secret& secret) {
  Erasures erasures(secret);
  Status read = bus::ReadCompacted(bus, topics.Erasures(),
                                   [&](const bus::RecordView& record) { return erasures.Apply(record); });
  if (!read.ok() && read.error().code() != Code::kBusTopic) {
    return std::move(read).error();
  }
  return erasures;
}

}  // namespace crossbill::transforms
