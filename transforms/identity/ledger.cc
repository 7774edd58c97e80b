#include "transforms/identity/ledger.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// First letters of the state's keys.
constexpr char kRecord = 'r', kBlock = 'b', kBlockSize = 'n', kComponent = 'k', kCustomer = 'c', kParty = 'p',
               kAssigned = 'a', kNumber = 'g', kNote = 'o';

std::string Key(char what, std::string_view part, std::string_view rest = {}) {
  std::string key(1, what);
  AppendPart(key, part);
  key += rest;
  return key;
}

std::uint64_t ToNumber(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Error Damaged(std::string_view key) {
  return Error(Code::kBusCorrupt, "the state of identity is damaged", std::string(key));
}

std::string Encode(const PartyRecord& record) {
  std::string bytes;
  AppendPart(bytes, std::to_string(record.sequence));
  AppendPart(bytes, std::to_string(record.age));
  AppendPart(bytes, record.deleted ? "1" : "");
  AppendPart(bytes, record.customer);
  AppendPart(bytes, record.component);
  AppendPart(bytes, record.deleted ? std::string() : record.party.SerializeAsString());
  for (const std::string& block : record.features.blocks) {
    AppendPart(bytes, block);
  }
  return bytes;
}

// Takes all but the blocks off the front.
bool Decode(std::string_view& bytes, PartyRecord& record) {
  std::string_view sequence, age, deleted, customer, component, party;
  if (!TakePart(bytes, sequence) || !TakePart(bytes, age) || !TakePart(bytes, deleted) ||
      !TakePart(bytes, customer) || !TakePart(bytes, component) || !TakePart(bytes, party)) {
    return false;
  }
  record.sequence = static_cast<std::int64_t>(ToNumber(sequence));
  record.age = ToNumber(age);
  record.deleted = !deleted.empty();
  record.customer = customer;
  record.component = component;
  return record.party.ParseFromArray(party.data(), static_cast<int>(party.size()));
}

}  // namespace

Result<PartyRecordPtr> Ledger::Find(std::string_view key) {
  if (const PartyRecordPtr* known = cache_.Find(key)) {
    return *known;
  }
  CROSSBILL_TRY(const auto stored, state_->Get(Key(kRecord, key)));
  if (!stored) {
    return PartyRecordPtr();
  }
  auto record = std::make_shared<PartyRecord>();
  record->key = key;
  std::string_view blocks = *stored;
  if (!Decode(blocks, *record)) {
    return Damaged(key);
  }
  if (!record->deleted) {
    record->features = MakeFeatures(record->party, default_country_);
  }
  // Those under which it stands in the index, whatever would be made of it today.
  record->features.blocks.clear();
  std::string_view block;
  while (TakePart(blocks, block)) {
    record->features.blocks.emplace_back(block);
  }
  return *cache_.Put(key, std::move(record));
}

void Ledger::Put(PartyRecord record) {
  state_->Put(Key(kRecord, record.key), Encode(record));
  const std::string key = record.key;
  cache_.Put(key, std::make_shared<PartyRecord>(std::move(record)));
}

Result<std::uint64_t> Ledger::BlockSize(std::string_view block) {
  CROSSBILL_TRY(const auto stored, state_->Get(Key(kBlockSize, block)));
  return stored ? ToNumber(*stored) : 0;
}

Status Ledger::Index(const PartyRecord& record, bool in, std::vector<std::string>& touched) {
  for (const std::string& block : record.features.blocks) {
    CROSSBILL_TRY(const std::uint64_t size, BlockSize(block));
    // Crossing the limit changes what all members are compared with.
    const bool crossing = in ? size == kMaxBlock : size == kMaxBlock + 1;
    const auto note = [&] {
      return state_->Scan(Key(kBlock, block),
                          [&, prefix = Key(kBlock, block).size()](std::string_view key, std::string_view) {
                            touched.emplace_back(key.substr(prefix));
                            return true;
                          });
    };
    if (crossing) {
      CROSSBILL_RETURN_IF_ERROR(note());
    }
    if (in) {
      state_->Put(Key(kBlock, block, record.key), "");
    } else {
      state_->Delete(Key(kBlock, block, record.key));
    }
    const std::uint64_t now = in ? size + 1 : size - std::min<std::uint64_t>(size, 1);
    if (now == 0) {
      state_->Delete(Key(kBlockSize, block));
    } else {
      state_->Put(Key(kBlockSize, block), std::to_string(now));
    }
  }
  return Ok();
}

Status Ledger::BlockMembers(std::string_view block, std::vector<std::string>& keys) {
  CROSSBILL_TRY(const std::uint64_t size, BlockSize(block));
  if (size < 2 || size > kMaxBlock) {
    return Ok();
  }
  const std::string prefix = Key(kBlock, block);
  return state_->Scan(prefix, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key.substr(prefix.size()));
    return true;
  });
}

Status Ledger::ComponentMembers(std::string_view component, std::vector<std::string>& keys) {
  const std::string prefix = Key(kComponent, component);
  return state_->Scan(prefix, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key.substr(prefix.size()));
    return true;
  });
}

void Ledger::SetComponent(const PartyRecord& record, const std::string& component) {
  if (record.component == component) {
    return;
  }
  if (!record.component.empty()) {
    state_->Delete(Key(kComponent, record.component, record.key));
  }
  if (!component.empty()) {
    state_->Put(Key(kComponent, component, record.key), "");
  }
}

Result<std::string> Ledger::FirstOfParty(std::string_view party_key) {
  const std::string prefix = Key(kParty, party_key);
  std::string first;
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(prefix, [&](std::string_view key, std::string_view) {
    first = key.substr(prefix.size());
    return false;
  }));
  return first;
}

void Ledger::SetParty(std::string_view party_key, std::string_view record, bool in) {
  if (in) {
    state_->Put(Key(kParty, party_key, record), "");
  } else {
    state_->Delete(Key(kParty, party_key, record));
  }
}

Result<std::string> Ledger::AssignedTo(std::string_view party_key) {
  CROSSBILL_TRY(auto stored, state_->Get(Key(kAssigned, party_key)));
  return stored ? std::move(*stored) : std::string();
}

void Ledger::SetAssigned(std::string_view party_key, std::string_view customer) {
  if (customer.empty()) {
    state_->Delete(Key(kAssigned, party_key));
  } else {
    state_->Put(Key(kAssigned, party_key), customer);
  }
}

Result<std::optional<CustomerEntry>> Ledger::FindCustomer(std::string_view name) {
  CROSSBILL_TRY(const auto stored, state_->Get(Key(kCustomer, name)));
  if (!stored) {
    return std::optional<CustomerEntry>();
  }
  CustomerEntry entry;
  std::string_view rest = *stored, age, high, low, merged, previous;
  if (!TakePart(rest, age) || !TakePart(rest, high) || !TakePart(rest, low) || !TakePart(rest, merged)) {
    return Damaged(name);
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
  state_->Put(Key(kCustomer, name), bytes);
}

void Ledger::DeleteCustomer(std::string_view name) { state_->Delete(Key(kCustomer, name)); }

Result<std::vector<std::string>> Ledger::AllRecords() {
  std::vector<std::string> all;
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(std::string_view(&kRecord, 1), [&](std::string_view key, std::string_view) {
        std::string_view rest = key.substr(1), record;
        if (TakePart(rest, record)) {
          all.emplace_back(record);
        }
        return true;
      }));
  std::vector<std::string> live;
  for (std::string& key : all) {
    CROSSBILL_TRY(const PartyRecordPtr record, Find(key));
    if (!record->deleted) {
      live.push_back(std::move(key));
    }
  }
  return live;
}

Status Ledger::MakeAnew(const std::string& key) {
  CROSSBILL_TRY(const PartyRecordPtr old, Find(key));
  std::vector<std::string> touched;  // all records are compared anew anyway
  CROSSBILL_RETURN_IF_ERROR(Index(*old, false, touched));
  PartyRecord record = *old;
  record.features = MakeFeatures(record.party, default_country_);
  CROSSBILL_RETURN_IF_ERROR(Index(record, true, touched));
  Put(std::move(record));
  return Ok();
}

Result<std::string> Ledger::Note(std::string_view name) {
  CROSSBILL_TRY(auto stored, state_->Get(Key(kNote, name)));
  return stored ? std::move(*stored) : std::string();
}

void Ledger::SetNote(std::string_view name, std::string_view value) { state_->Put(Key(kNote, name), value); }

Result<std::uint64_t> Ledger::NextNumber() {
  CROSSBILL_TRY(const auto stored, state_->Get(Key(kNumber, "")));
  const std::uint64_t number = stored ? ToNumber(*stored) + 1 : 1;
  state_->Put(Key(kNumber, ""), std::to_string(number));
  return number;
}

}  // namespace crossbill::transforms
