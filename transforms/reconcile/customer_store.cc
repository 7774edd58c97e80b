#include "transforms/reconcile/customer_store.h"

#include <cstring>
#include <tuple>
#include <utility>

#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kClaimBytes = 96;  // of a claim in memory, about
constexpr std::size_t kFingerprintBytes = 16;

std::string CustomerPrefix(char section, std::string_view customer) {
  std::string key;
  key.reserve(customer.size() + 2);
  key += section;
  key += customer;
  key += '\0';
  return key;
}

std::string PlainKey(char section, std::string_view customer) {
  std::string key(1, section);
  key += customer;
  return key;
}

// Kind first: so documents lie in the order in which they are matched.
std::string DocumentSuffix(const RoutedView& routed) {
  std::string suffix;
  suffix.reserve(routed.system.size() + routed.stream.size() + routed.key.size() + routed.via.size() + 4);
  suffix += static_cast<char>('0' + static_cast<int>(routed.kind));
  for (const std::string_view part : {routed.system, routed.stream, routed.key}) {
    suffix += part;
    suffix += '\0';
  }
  suffix += routed.via;
  return suffix;
}

RecordRef RecordOf(const RoutedView& routed) {
  return {std::string(routed.system), std::string(routed.stream), std::string(routed.key)};
}

// Big endian, shifted so that dates before 1970 come first.
std::string DueKey(Date date, std::string_view customer) {
  const auto days = static_cast<std::uint32_t>(static_cast<std::int64_t>(date.days()) + (1LL << 31));
  std::string key("t");
  for (int shift = 24; shift >= 0; shift -= 8) {
    key += static_cast<char>((days >> shift) & 0xFF);
  }
  key += customer;
  return key;
}

std::optional<Date> DateOfDueKey(std::string_view key) {
  if (key.size() < 5) {
    return std::nullopt;
  }
  std::uint32_t days = 0;
  for (std::size_t i = 1; i < 5; ++i) {
    days = days << 8 | static_cast<unsigned char>(key[i]);
  }
  return Date(static_cast<std::int32_t>(static_cast<std::int64_t>(days) - (1LL << 31)));
}

std::string FingerprintBytes(const Hash128& fingerprint) {
  std::string bytes(kFingerprintBytes, '\0');
  std::memcpy(bytes.data(), &fingerprint.high, 8);
  std::memcpy(bytes.data() + 8, &fingerprint.low, 8);
  return bytes;
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
      if (std::tie(stored.sequence, stored.via) < std::tie(last->sequence, last->via)) {
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

Status CustomerStore::ReadDocuments(bus::StateStore& state, std::string_view customer,
                                    CustomerDocuments& into) {
  const std::string prefix = CustomerPrefix('d', customer);
  std::optional<Error> failure;
  auto status = state.Scan(prefix, [&](std::string_view key, std::string_view value) {
    RoutedView routed;
    if (!ReadRouted(value, routed)) {
      failure.emplace(Code::kBusCorrupt, "a stored document of " + std::string(customer) + " cannot be read");
      return false;
    }
    auto parsed = ParseSourceDocument(routed.kind, RecordOf(routed), routed.document);
    if (!parsed.ok()) {
      failure = parsed.error();
      return false;
    }
    parsed->decisions = routed.decisions;
    into.bytes += parsed->MemoryBytes();
    into.documents.emplace(std::string(key.substr(prefix.size())),
                           StoredDocument{routed.sequence, std::string(routed.via), std::move(*parsed)});
    return true;
  });
  CROSSBILL_RETURN_IF_ERROR(std::move(status));
  if (failure) {
    return *std::move(failure);
  }
  return Ok();
}

Status CustomerStore::ReadClaims(bus::StateStore& state, std::string_view customer, CustomerDocuments& into) {
  const std::string prefix = CustomerPrefix('c', customer);
  return state.Scan(prefix, [&](std::string_view key, std::string_view value) {
    Claimed claimed;
    if (value.size() >= kFingerprintBytes) {
      std::memcpy(&claimed.fingerprint.high, value.data(), 8);
      std::memcpy(&claimed.fingerprint.low, value.data() + 8, 8);
      claimed.around = value.substr(kFingerprintBytes);
    }
    into.bytes += BytesOf(claimed);
    into.claims.emplace(std::string(key.substr(prefix.size())), std::move(claimed));
    return true;
  });
}

Result<CustomerDocuments*> CustomerStore::Load(bus::StateStore& state, std::string_view customer) {
  const auto found = cache_.find(std::string(customer));
  if (found != cache_.end()) {
    used_.splice(used_.begin(), used_, found->second.used);
    return found->second.documents.get();
  }
  auto documents = std::make_unique<CustomerDocuments>();
  CROSSBILL_TRY(const std::optional<std::string> due, state.Get(PlainKey('k', customer)));
  if (due) {
    documents->known = true;
    if (due->size() == 5) {
      documents->next_due = DateOfDueKey(*due);
    }
    CROSSBILL_RETURN_IF_ERROR(ReadDocuments(state, customer, *documents));
    CROSSBILL_RETURN_IF_ERROR(ReadClaims(state, customer, *documents));
  }
  used_.emplace_front(customer);
  CustomerDocuments* loaded = documents.get();
  cache_.emplace(std::string(customer), Cached{std::move(documents), used_.begin()});
  bytes_ += loaded->bytes;
  return loaded;
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
    v1::RoutedDocument message;
    if (!value || !message.ParseFromString(*value)) {
      return Error(Code::kBusCorrupt, "a stored document of " + std::string(customer) + " cannot be read");
    }
    message.set_decisions(std::string(routed.decisions));
    state.Put(key, message.SerializeAsString());
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
  state.Put(CustomerPrefix('c', customer) + name, FingerprintBytes(claimed.fingerprint) + claimed.around);
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
    customers.emplace_back(key.substr(5));
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
