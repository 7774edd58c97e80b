#include "transforms/reconcile/customer_store.h"

#include <tuple>
#include <utility>

#include "crossbill/v1/internal.pb.h"
#include "transforms/reconcile/state_keys.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kClaimBytes = 96;  // of a claim in memory, about

std::string DocumentSuffix(const RoutedView& routed) {
  return RecordSuffix(routed.kind, routed.system, routed.stream, routed.key).append(routed.via);
}

RecordRef RecordOf(const RoutedView& routed) {
  return {std::string(routed.system), std::string(routed.stream), std::string(routed.key)};
}

std::size_t BytesOf(const Claimed& claimed) { return kClaimBytes + claimed.around.size(); }

bool SameRecord(const StoredDocument& a, const StoredDocument& b) {
  return a.document.kind == b.document.kind && a.document.record == b.document.record;
}

}  // namespace

bool ReadRouted(std::string_view bytes, RoutedView& routed) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(1)) {
      WireReader source(reader.bytes());
      while (source.Next()) {
        if (source.IsBytes(1)) {
          routed.system = source.bytes();
        }
        if (source.IsBytes(2)) {
          routed.stream = source.bytes();
        }
        if (source.IsBytes(3)) {
          routed.key = source.bytes();
        }
      }
      if (!source.ok()) {
        return false;
      }
    }
    if (reader.IsVarint(2)) {
      routed.kind = v1::Document::Kind_IsValid(static_cast<int>(reader.varint()))
                        ? static_cast<DocumentKind>(reader.varint())
                        : v1::Document::UNSPECIFIED;
    }
    if (reader.IsVarint(3)) {
      routed.sequence = static_cast<std::int64_t>(reader.varint());
    }
    if (reader.IsBytes(4)) {
      routed.document = reader.bytes();
    }
    if (reader.IsBytes(5)) {
      routed.via = reader.bytes();
    }
    if (reader.IsVarint(6)) {
      routed.removed = reader.varint() != 0;
    }
    if (reader.IsBytes(14)) {
      routed.decisions = reader.bytes();
    }
    if (reader.IsVarint(15)) {
      routed.decisions_only = reader.varint() != 0;
    }
  }
  return reader.ok();
}

std::vector<const SourceDocument*> CustomerDocuments::Current() const {
  std::vector<const SourceDocument*> current;
  current.reserve(documents.size());
  const StoredDocument* last = nullptr;
  for (const auto& [suffix, stored] : documents) {
    if (last != nullptr && SameRecord(*last, stored)) {
      if (StandsBefore(stored, *last)) {
        continue;
      }
      current.back() = &stored.document;
    } else {
      current.push_back(&stored.document);
    }
    last = &stored;
  }
  return current;
}

Result<StoredDocument> ReadStored(std::string_view value) {
  RoutedView routed;
  if (!ReadRouted(value, routed)) {
    return Error(Code::kBusCorrupt, "a stored document cannot be read");
  }
  CROSSBILL_TRY(SourceDocument document, ParseSourceDocument(routed.kind, RecordOf(routed), routed.document));
  document.decisions = routed.decisions;
  return StoredDocument{routed.sequence, std::string(routed.via), std::move(document)};
}

bool StandsBefore(const StoredDocument& a, const StoredDocument& b) {
  return std::tie(a.sequence, a.via) < std::tie(b.sequence, b.via);
}

Result<bool> CustomerStore::ReadDocuments(bus::StateStore& state, std::string_view customer, std::size_t most,
                                          CustomerDocuments& into) {
  const std::string prefix = CustomerPrefix('d', customer);
  std::optional<Error> failure;
  std::string last;
  std::size_t records = 0;
  auto status = state.Scan(prefix, [&](std::string_view key, std::string_view value) {
    const std::string_view suffix = key.substr(prefix.size());
    if (const std::string_view record = RecordOfSuffix(suffix); record != last) {
      last = record;
      if (++records > most) {
        return false;
      }
    }
    auto stored = ReadStored(value);
    if (!stored.ok()) {
      failure.emplace(stored.error().code(), std::string(customer) + ": " + stored.error().message());
      return false;
    }
    into.bytes += stored->document.MemoryBytes();
    into.documents.emplace(std::string(suffix), *std::move(stored));
    return true;
  });
  CROSSBILL_RETURN_IF_ERROR(std::move(status));
  if (failure) {
    return *std::move(failure);
  }
  return records <= most;
}

Status CustomerStore::ReadClaims(bus::StateStore& state, std::string_view customer, CustomerDocuments& into) {
  const std::string prefix = CustomerPrefix('c', customer);
  return state.Scan(prefix, [&](std::string_view key, std::string_view value) {
    Claimed claimed = DecodeClaimed(value);
    into.bytes += BytesOf(claimed);
    into.claims.emplace(std::string(key.substr(prefix.size())), std::move(claimed));
    return true;
  });
}

Result<CustomerDocuments*> CustomerStore::Load(bus::StateStore& state, std::string_view customer,
                                               std::size_t most) {
  const auto found = cache_.find(std::string(customer));
  if (found != cache_.end()) {
    used_.splice(used_.begin(), used_, found->second.used);
    return found->second.documents.get();
  }
  auto documents = std::make_unique<CustomerDocuments>();
  CROSSBILL_TRY(const std::optional<std::string> due, state.Get(PlainKey('k', customer)));
  if (due) {
    documents->known = true;
    if (due->size() == kDueKeyStart) {
      documents->next_due = DateOfDueKey(*due);
    }
    CROSSBILL_TRY(const bool all, ReadDocuments(state, customer, most, *documents));
    if (!all) {
      return nullptr;
    }
    CROSSBILL_RETURN_IF_ERROR(ReadClaims(state, customer, *documents));
  }
  used_.emplace_front(customer);
  CustomerDocuments* loaded = documents.get();
  cache_.emplace(std::string(customer), Cached{std::move(documents), used_.begin()});
  bytes_ += loaded->bytes;
  return loaded;
}

void CustomerStore::Forget(const std::string& customer) {
  const auto found = cache_.find(customer);
  if (found == cache_.end()) {
    return;
  }
  bytes_ -= found->second.documents->bytes;
  used_.erase(found->second.used);
  cache_.erase(found);
}

CustomerDocuments* CustomerStore::Find(const std::string& customer) {
  const auto found = cache_.find(customer);
  if (found == cache_.end()) {
    return nullptr;
  }
  used_.splice(used_.begin(), used_, found->second.used);
  return found->second.documents.get();
}

Result<bool> CustomerStore::IsKnown(bus::StateStore& state, std::string_view customer) {
  CROSSBILL_TRY(const std::optional<std::string> known, state.Get(PlainKey('k', customer)));
  return known.has_value();
}

Status CustomerStore::MakeKnown(bus::StateStore& state, std::string_view customer) {
  CROSSBILL_TRY(const bool known, IsKnown(state, customer));
  if (!known) {
    state.Put(PlainKey('k', customer), "");
  }
  return Ok();
}

Result<bool> CustomerStore::Put(bus::StateStore& state, std::string_view customer,
                                CustomerDocuments* documents, const RoutedView& routed,
                                std::string_view value) {
  if (documents != nullptr) {
    return PutLoaded(state, customer, *documents, routed, value);
  }
  CROSSBILL_RETURN_IF_ERROR(CheckSourceDocument(routed.kind, RecordOf(routed), routed.document));
  state.Put(CustomerPrefix('d', customer) + DocumentSuffix(routed), value);
  return true;
}

bool CustomerStore::Remove(bus::StateStore& state, std::string_view customer, CustomerDocuments* documents,
                           const RoutedView& routed) {
  if (documents != nullptr) {
    return RemoveLoaded(state, customer, *documents, routed);
  }
  state.Delete(CustomerPrefix('d', customer) + DocumentSuffix(routed));
  return true;
}

Result<bool> CustomerStore::PutLoaded(bus::StateStore& state, std::string_view customer,
                                      CustomerDocuments& documents, const RoutedView& routed,
                                      std::string_view value) {
  std::string suffix = DocumentSuffix(routed);
  const auto found = documents.documents.find(suffix);
  CROSSBILL_TRY(SourceDocument parsed, ParseSourceDocument(routed.kind, RecordOf(routed), routed.document));
  parsed.decisions = routed.decisions;
  if (!documents.known) {
    state.Put(PlainKey('k', customer), "");
    documents.known = true;
  }
  state.Put(CustomerPrefix('d', customer) + suffix, value);
  documents.bytes += parsed.MemoryBytes();
  bytes_ += parsed.MemoryBytes();
  if (found == documents.documents.end()) {
    documents.documents.emplace(std::move(suffix),
                                StoredDocument{routed.sequence, std::string(routed.via), std::move(parsed)});
    return true;
  }
  const std::size_t before = found->second.document.MemoryBytes();
  documents.bytes -= before;
  bytes_ -= before;
  const bool changed = found->second.document.content != parsed.content ||
                       found->second.document.decisions != parsed.decisions ||
                       found->second.sequence != routed.sequence;
  found->second = StoredDocument{routed.sequence, std::string(routed.via), std::move(parsed)};
  return changed;
}

Result<std::string> WithDecisions(std::string_view stored, std::string_view decisions) {
  v1::RoutedDocument message;
  if (!message.ParseFromArray(stored.data(), static_cast<int>(stored.size()))) {
    return Error(Code::kBusCorrupt, "a stored document cannot be read");
  }
  message.set_decisions(std::string(decisions));
  return message.SerializeAsString();
}

Result<bool> CustomerStore::Decide(bus::StateStore& state, std::string_view customer,
                                   CustomerDocuments& documents, const RoutedView& routed) {
  const RecordRef record = RecordOf(routed);
  for (auto& [suffix, stored] : documents.documents) {
    if (stored.via != routed.via || stored.document.record != record ||
        stored.document.decisions == routed.decisions) {
      continue;
    }
    const std::string key = CustomerPrefix('d', customer) + suffix;
    CROSSBILL_TRY(const std::optional<std::string> value, state.Get(key));
    if (!value) {
      return Error(Code::kBusCorrupt, std::string(customer) + ": a stored document is gone");
    }
    CROSSBILL_TRY(const std::string decided, WithDecisions(*value, routed.decisions));
    state.Put(key, decided);
    const std::size_t before = stored.document.MemoryBytes();
    stored.document.decisions = routed.decisions;
    documents.bytes += stored.document.MemoryBytes() - before;
    bytes_ += stored.document.MemoryBytes() - before;
    return true;
  }
  return false;
}

bool CustomerStore::RemoveLoaded(bus::StateStore& state, std::string_view customer,
                                 CustomerDocuments& documents, const RoutedView& routed) {
  const std::string suffix = DocumentSuffix(routed);
  const auto found = documents.documents.find(suffix);
  if (found == documents.documents.end()) {
    return false;
  }
  const std::size_t bytes = found->second.document.MemoryBytes();
  documents.bytes -= bytes;
  bytes_ -= bytes;
  documents.documents.erase(found);
  state.Delete(CustomerPrefix('d', customer) + suffix);
  return true;
}

void CustomerStore::SetClaim(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                             const std::string& name, Claimed claimed) {
  state.Put(CustomerPrefix('c', customer) + name, Encode(claimed));
  Claimed& stored = documents.claims[name];
  const bool is_new = stored == Claimed();
  const std::size_t before = is_new ? 0 : BytesOf(stored);
  stored = std::move(claimed);
  documents.bytes += BytesOf(stored) - before;
  bytes_ += BytesOf(stored) - before;
}

void CustomerStore::DropClaim(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                              const std::string& name) {
  state.Delete(CustomerPrefix('c', customer) + name);
  const auto found = documents.claims.find(name);
  if (found == documents.claims.end()) {
    return;
  }
  documents.bytes -= BytesOf(found->second);
  bytes_ -= BytesOf(found->second);
  documents.claims.erase(found);
}

void CustomerStore::SetNextDue(bus::StateStore& state, std::string_view customer,
                               CustomerDocuments& documents, std::optional<Date> next_due) {
  const bool empty = documents.documents.empty() && documents.claims.empty();
  if (empty) {
    next_due.reset();
  }
  if (documents.next_due && documents.next_due != next_due) {
    state.Delete(DueKey(*documents.next_due, customer));
  }
  if (empty) {
    if (documents.known) {
      state.Delete(PlainKey('k', customer));
    }
    documents.known = false;
  } else if (documents.next_due != next_due || !documents.known) {
    if (next_due) {
      state.Put(DueKey(*next_due, customer), "");
    }
    state.Put(PlainKey('k', customer), next_due ? DueKey(*next_due, {}) : std::string());
    documents.known = true;
  }
  documents.next_due = next_due;
}

Result<std::vector<std::string>> CustomerStore::DueUntil(bus::StateStore& state, Date as_of) {
  std::vector<std::string> customers;
  CROSSBILL_RETURN_IF_ERROR(state.Scan("t", [&](std::string_view key, std::string_view) {
    const std::optional<Date> date = DateOfDueKey(key);
    if (!date || *date > as_of) {
      return false;
    }
    customers.emplace_back(key.substr(kDueKeyStart));
    return true;
  }));
  return customers;
}

Result<std::vector<std::string>> CustomerStore::AllCustomers(bus::StateStore& state) {
  std::vector<std::string> customers;
  CROSSBILL_RETURN_IF_ERROR(state.Scan("k", [&](std::string_view key, std::string_view) {
    customers.emplace_back(key.substr(1));
    return true;
  }));
  return customers;
}

void CustomerStore::Trim() {
  while (bytes_ > cache_bytes_ && !used_.empty()) {
    const auto found = cache_.find(used_.back());
    bytes_ -= found->second.documents->bytes;
    cache_.erase(found);
    used_.pop_back();
  }
}

}  // namespace crossbill::transforms
