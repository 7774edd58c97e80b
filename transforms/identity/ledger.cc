#include "transforms/identity/ledger.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "transforms/identity/codec.h"
#include "transforms/sdk/prefetch.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// First letters of the state's keys. Others' are in block_index.cc, edges.cc, decisions.cc.
constexpr char kNumber = 'i', kRecord = 'r', kCleaned = 'f', kCustomerOf = 'u', kCustomer = 'c', kParty = 'p',
               kAssigned = 'a', kCounter = 'g', kNote = 'o';

std::uint64_t ToNumber(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string Encode(const PartyRecord& record) {
  std::string bytes;
  AppendSigned(bytes, record.sequence);
  AppendVarint(bytes, record.deleted ? 1 : 0);
  AppendPart(bytes, record.key);
  if (!record.deleted) {
    record.party.AppendToString(&bytes);
  }
  return bytes;
}

bool Decode(std::string_view bytes, PartyRecord& record) {
  std::uint64_t deleted = 0;
  std::string_view key;
  if (!TakeSigned(bytes, record.sequence) || !TakeVarint(bytes, deleted) || !TakePart(bytes, key)) {
    return false;
  }
  record.deleted = deleted != 0;
  record.key = key;
  return record.party.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

Error DamagedValues(std::uint64_t number) {
  return DamagedState("the values of record " + std::to_string(number));
}

}  // namespace

Result<std::optional<std::uint64_t>> Ledger::NumberOf(std::string_view key) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kNumber, key)));
  return stored ? std::optional(ToNumber(*stored)) : std::nullopt;
}

Result<bool> Ledger::IsThere(std::uint64_t number) {
  if (cache_.Find(number) != nullptr) {
    return true;
  }
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kCleaned, number)));
  return stored.has_value();
}

Result<PartyRecord> Ledger::Record(std::uint64_t number) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kRecord, number)));
  PartyRecord record;
  record.number = number;
  if (!stored || !Decode(*stored, record)) {
    return DamagedState("record " + std::to_string(number));
  }
  return record;
}

ResidentPtr Ledger::Put(const PartyRecord& record) {
  PutRecord(record);
  if (record.deleted) {
    cache_.Erase(record.number);
    state_->Delete(StateKey(kCleaned, record.number));
    return nullptr;
  }
  return PutValues({&record, 1}, nullptr).front();
}

void Ledger::PutRecord(const PartyRecord& record) {
  state_->Put(StateKey(kNumber, record.key), std::to_string(record.number));
  state_->Put(StateKey(kRecord, record.number), Encode(record));
}

std::vector<ResidentPtr> Ledger::PutValues(std::span<const PartyRecord> records,
                                           const ForEachPart& for_each_part) {
  std::vector<ResidentPtr> residents(records.size());
  std::vector<std::string> bytes(records.size());
  CallForEach(for_each_part, records.size(), [&](std::size_t i) {
    const PartyRecord& record = records[i];
    residents[i] =
        std::make_shared<Resident>(Resident{record.number, record.key, comparer_.Clean(record.party)});
    AppendPart(bytes[i], record.key);
    bytes[i] += comparer_.Encode(*residents[i]->cleaned);
  });
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::uint64_t number = records[i].number;
    state_->Put(StateKey(kCleaned, number), bytes[i]);
    cache_.Erase(number);
    cache_.Put(number, residents[i]);
  }
  return residents;
}

void Ledger::AddKeyOfNumber(std::string_view record_key, std::vector<std::string>& keys) {
  keys.push_back(StateKey(kNumber, record_key));
}

void Ledger::AddKeysOf(std::uint64_t number, std::vector<std::string>& keys) {
  keys.push_back(StateKey(kRecord, number));
  keys.push_back(StateKey(kCustomerOf, number));
}

void Ledger::Purge(std::uint64_t number, std::string_view key) {
  cache_.Erase(number);
  state_->Delete(StateKey(kNumber, key));
  state_->Delete(StateKey(kRecord, number));
  state_->Delete(StateKey(kCleaned, number));
}

Status Ledger::VisitKeys(const std::function<void(std::string_view, std::uint64_t)>& visit) {
  return state_->Scan(std::string_view(&kNumber, 1), [&](std::string_view key, std::string_view number) {
    key.remove_prefix(1);
    std::string_view record;
    if (TakePart(key, record)) {
      visit(record, ToNumber(number));
    }
    return true;
  });
}

Result<ResidentPtr> Ledger::Find(std::uint64_t number) {
  if (const ResidentPtr* known = cache_.Find(number)) {
    return *known;
  }
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kCleaned, number)));
  CROSSBILL_TRY(ResidentPtr resident, Decoded(number, stored ? std::string_view(*stored) : ""));
  return *cache_.Put(number, std::move(resident));
}

Result<ResidentPtr> Ledger::Decoded(std::uint64_t number, std::string_view bytes) const {
  std::string_view key;
  CleanedPtr cleaned = TakePart(bytes, key) ? comparer_.Decode(bytes) : nullptr;
  if (cleaned == nullptr) {
    return DamagedValues(number);
  }
  return ResidentPtr(std::make_shared<Resident>(Resident{number, std::string(key), std::move(cleaned)}));
}

Result<std::vector<ResidentPtr>> Ledger::FindAll(std::span<const std::uint64_t> numbers,
                                                 const ForEachPart& for_each_part) {
  std::vector<ResidentPtr> residents(numbers.size());
  std::vector<std::size_t> unknown;  // places
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (const ResidentPtr* known = cache_.Find(numbers[i])) {
      residents[i] = *known;
    } else {
      unknown.push_back(i);
    }
  }
  std::vector<std::string> bytes(numbers.size());
  CROSSBILL_RETURN_IF_ERROR(VisitPrefetched(
      unknown, *state_,
      [&](std::size_t i, std::vector<std::string>& keys) { keys.push_back(StateKey(kCleaned, numbers[i])); },
      [&](std::size_t i) -> Status {
        CROSSBILL_TRY(auto stored, state_->Get(StateKey(kCleaned, numbers[i])));
        bytes[i] = stored ? *std::move(stored) : std::string();
        return Ok();
      }));
  CallForEach(for_each_part, unknown.size(), [&](std::size_t i) {
    auto decoded = Decoded(numbers[unknown[i]], bytes[unknown[i]]);
    residents[unknown[i]] = decoded.ok() ? *std::move(decoded) : nullptr;
  });
  for (const std::size_t i : unknown) {
    if (residents[i] == nullptr) {
      return DamagedValues(numbers[i]);
    }
    cache_.Put(numbers[i], residents[i]);
  }
  return residents;
}

Status Ledger::VisitResidents(const std::function<void(const Resident&)>& visit) {
  Status failed;
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(std::string_view(&kCleaned, 1), [&](std::string_view key, std::string_view value) {
        const std::uint64_t number = NumberAtEnd(key);
        std::string_view record;
        CleanedPtr cleaned = TakePart(value, record) ? comparer_.DecodeForIndex(value) : nullptr;
        if (cleaned == nullptr) {
          failed = DamagedValues(number);
          return false;
        }
        visit({number, std::string(record), std::move(cleaned)});
        return true;
      }));
  return failed;
}

Status Ledger::VisitRecords(const std::function<Status(const PartyRecord&)>& visit) {
  std::vector<std::uint64_t> numbers;
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(std::string_view(&kRecord, 1), [&](std::string_view key, std::string_view) {
        numbers.push_back(NumberAtEnd(key));
        return true;
      }));
  for (const std::uint64_t number : numbers) {
    CROSSBILL_TRY(const PartyRecord record, Record(number));
    if (!record.deleted) {
      CROSSBILL_RETURN_IF_ERROR(visit(record));
    }
  }
  return Ok();
}

Result<std::string> Ledger::CustomerOf(std::uint64_t number) {
  CROSSBILL_TRY(auto stored, state_->Get(StateKey(kCustomerOf, number)));
  return stored ? std::move(*stored) : std::string();
}

void Ledger::SetCustomer(std::uint64_t number, std::string_view customer) {
  if (customer.empty()) {
    state_->Delete(StateKey(kCustomerOf, number));
  } else {
    state_->Put(StateKey(kCustomerOf, number), customer);
  }
}

// Mostly one record; the list is in order.
Result<std::string> Ledger::FirstOfParty(std::string_view party_key) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kParty, party_key)));
  std::string_view rest = stored ? std::string_view(*stored) : std::string_view(), first;
  return TakePart(rest, first) ? std::string(first) : std::string();
}

Result<std::vector<std::string>> Ledger::RecordsOfParty(std::string_view party_key) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kParty, party_key)));
  std::vector<std::string> records;
  std::string_view rest = stored ? std::string_view(*stored) : std::string_view(), part;
  while (TakePart(rest, part)) {
    records.emplace_back(part);
  }
  return records;
}

Status Ledger::SetParty(std::string_view party_key, std::string_view record, bool in) {
  CROSSBILL_TRY(std::vector<std::string> records, RecordsOfParty(party_key));
  std::erase(records, record);
  if (in) {
    records.insert(std::lower_bound(records.begin(), records.end(), record), std::string(record));
  }
  std::string bytes;
  for (const std::string& each : records) {
    AppendPart(bytes, each);
  }
  if (bytes.empty()) {
    state_->Delete(StateKey(kParty, party_key));
  } else {
    state_->Put(StateKey(kParty, party_key), bytes);
  }
  return Ok();
}

Result<std::string> Ledger::AssignedTo(std::string_view party_key) {
  CROSSBILL_TRY(auto stored, state_->Get(StateKey(kAssigned, party_key)));
  return stored ? std::move(*stored) : std::string();
}

void Ledger::SetAssigned(std::string_view party_key, std::string_view customer) {
  if (customer.empty()) {
    state_->Delete(StateKey(kAssigned, party_key));
  } else {
    state_->Put(StateKey(kAssigned, party_key), customer);
  }
}

Result<std::optional<CustomerEntry>> Ledger::FindCustomer(std::string_view name) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kCustomer, name)));
  if (!stored) {
    return std::optional<CustomerEntry>();
  }
  CustomerEntry entry;
  std::string_view rest = *stored, age, high, low, merged, previous;
  if (!TakePart(rest, age) || !TakePart(rest, high) || !TakePart(rest, low) || !TakePart(rest, merged)) {
    return DamagedState(name);
  }
  entry.age = ToNumber(age);
  entry.content = {ToNumber(high), ToNumber(low)};
  entry.merged_into = merged;
  while (TakePart(rest, previous)) {
    entry.previous_names.emplace_back(previous);
  }
  return std::optional<CustomerEntry>(std::move(entry));
}

void Ledger::PutCustomer(std::string_view name, const CustomerEntry& entry) {
  std::string bytes;
  AppendPart(bytes, std::to_string(entry.age));
  AppendPart(bytes, std::to_string(entry.content.high));
  AppendPart(bytes, std::to_string(entry.content.low));
  AppendPart(bytes, entry.merged_into);
  for (const std::string& previous : entry.previous_names) {
    AppendPart(bytes, previous);
  }
  state_->Put(StateKey(kCustomer, name), bytes);
}

void Ledger::DeleteCustomer(std::string_view name) { state_->Delete(StateKey(kCustomer, name)); }

Result<std::string> Ledger::Note(std::string_view name) {
  CROSSBILL_TRY(auto stored, state_->Get(StateKey(kNote, name)));
  return stored ? std::move(*stored) : std::string();
}

void Ledger::SetNote(std::string_view name, std::string_view value) {
  state_->Put(StateKey(kNote, name), value);
}

Result<std::uint64_t> Ledger::NextNumber() {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kCounter, "")));
  const std::uint64_t number = stored ? ToNumber(*stored) + 1 : 1;
  state_->Put(StateKey(kCounter, ""), std::to_string(number));
  return number;
}

}  // namespace crossbill::transforms
