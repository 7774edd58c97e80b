#include "transforms/reconcile/part_store.h"

#include <algorithm>
#include <utility>

#include "transforms/reconcile/customer_store.h"
#include "transforms/reconcile/state_keys.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

Error Unreadable(std::string_view customer, std::string_view what) {
  return Error(Code::kBusCorrupt,
               "the stored " + std::string(what) + " of " + std::string(customer) + " cannot be read");
}

std::string Encode(const Standing& standing) {
  std::string bytes;
  AppendPart(bytes, standing.part);
  AppendVarint(bytes, static_cast<std::uint64_t>(standing.level));
  AppendVarint(bytes, standing.gone ? 1 : 0);
  AppendVarint(bytes, standing.content.high);
  AppendVarint(bytes, standing.content.low);
  for (const Tie& tie : standing.ties) {
    AppendPart(bytes, tie);
  }
  return bytes;
}

bool Decode(std::string_view bytes, Standing& standing) {
  std::string_view part;
  std::uint64_t level = 0, gone = 0;
  if (!TakePart(bytes, part) || !TakeVarint(bytes, level) || !TakeVarint(bytes, gone) ||
      !TakeVarint(bytes, standing.content.high) || !TakeVarint(bytes, standing.content.low)) {
    return false;
  }
  standing.part = part;
  standing.level = static_cast<int>(level);
  standing.gone = gone != 0;
  while (!bytes.empty()) {
    if (!TakePart(bytes, part)) {
      return false;
    }
    standing.ties.emplace_back(part);
  }
  return true;
}

std::string Encode(const Part& part) {
  std::string bytes;
  AppendVarint(bytes, part.next_due ? 1 : 0);
  AppendVarint(bytes, part.next_due ? static_cast<std::uint32_t>(part.next_due->days()) : 0);
  AppendVarint(bytes, part.records.size());
  for (const std::string& record : part.records) {
    AppendPart(bytes, record);
  }
  for (const auto& [name, claimed] : part.claims) {
    AppendPart(bytes, name);
    AppendPart(bytes, Encode(claimed));
  }
  return bytes;
}

bool Decode(std::string_view bytes, Part& part) {
  std::uint64_t due = 0, days = 0, count = 0;
  if (!TakeVarint(bytes, due) || !TakeVarint(bytes, days) || !TakeVarint(bytes, count)) {
    return false;
  }
  if (due != 0) {
    part.next_due = Date(static_cast<std::int32_t>(static_cast<std::uint32_t>(days)));
  }
  std::string_view text;
  for (; count > 0; --count) {
    if (!TakePart(bytes, text)) {
      return false;
    }
    part.records.emplace_back(text);
  }
  while (!bytes.empty()) {
    std::string_view claimed;
    if (!TakePart(bytes, text) || !TakePart(bytes, claimed)) {
      return false;
    }
    part.claims.emplace_hint(part.claims.end(), std::string(text), DecodeClaimed(claimed));
  }
  return true;
}

}  // namespace

std::string Encode(const CrowdHead& head) {
  std::string bytes;
  AppendVarint(bytes, head.records);
  AppendVarint(bytes, head.loosened);
  AppendVarint(bytes, head.whole_claims ? 1 : 0);
  return bytes;
}

bool Decode(std::string_view bytes, CrowdHead& head) {
  std::uint64_t records = 0, loosened = 0, whole_claims = 0;
  const bool read =
      TakeVarint(bytes, records) && TakeVarint(bytes, loosened) && TakeVarint(bytes, whole_claims);
  head = {records, static_cast<std::uint32_t>(loosened), whole_claims != 0};
  return read;
}

std::string PartStore::KeyOf(char section, std::string_view rest) const {
  return CustomerPrefix(section, customer_).append(rest);
}

Result<std::optional<Standing>> PartStore::FindStanding(std::string_view record) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state_.Get(KeyOf('s', record)));
  std::optional<Standing> standing;
  if (stored && !Decode(*stored, standing.emplace())) {
    return Unreadable(customer_, "standing of a record");
  }
  return standing;
}

void PartStore::SetStanding(std::string_view record, const Standing& standing) {
  state_.Put(KeyOf('s', record), Encode(standing));
}

void PartStore::DropStanding(std::string_view record) { state_.Delete(KeyOf('s', record)); }

Result<std::optional<Part>> PartStore::FindPart(std::string_view name) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state_.Get(KeyOf('p', name)));
  std::optional<Part> part;
  if (stored && !Decode(*stored, part.emplace())) {
    return Unreadable(customer_, "part");
  }
  return part;
}

std::string PartStore::DueKeyOf(Date date, std::string_view part) const {
  return DueKey(date, customer_).append(1, '\0').append(part);
}

void PartStore::SetPart(std::string_view name, const std::optional<Part>& before, const Part& part) {
  const std::string bytes = Encode(part);
  if (before && Encode(*before) == bytes) {
    return;
  }
  const std::optional<Date> due_before = before ? before->next_due : std::nullopt;
  if (due_before && due_before != part.next_due) {
    state_.Delete(DueKeyOf(*due_before, name));
  }
  if (part.next_due && due_before != part.next_due) {
    state_.Put(DueKeyOf(*part.next_due, name), "");
  }
  state_.Put(KeyOf('p', name), bytes);
}

void PartStore::DropPart(std::string_view name, const Part& part) {
  if (part.next_due) {
    state_.Delete(DueKeyOf(*part.next_due, name));
  }
  state_.Delete(KeyOf('p', name));
}

Result<std::vector<std::string>> PartStore::WithTie(std::string_view tie, std::size_t most) {
  return First(KeyOf('n', tie).append(1, '\0'), most);
}

Result<std::vector<std::string>> PartStore::Decided(std::string_view tie) {
  CROSSBILL_TRY(std::vector<std::string> records, WithTie(tie, SIZE_MAX));
  if (records.empty()) {
    return records;
  }
  for (std::string& record : RecordsOfOwnTie(tie)) {
    CROSSBILL_TRY(const std::optional<Standing> standing, FindStanding(record));
    if (standing && !standing->gone) {
      records.push_back(std::move(record));
    }
  }
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return records;
}

void PartStore::AddTie(std::string_view tie, std::string_view record) {
  state_.Put(KeyOf('n', tie).append(1, '\0').append(record), "");
}

void PartStore::DropTie(std::string_view tie, std::string_view record) {
  state_.Delete(KeyOf('n', tie).append(1, '\0').append(record));
}

void PartStore::NoteChange(std::string_view record) { queues_.changed.Add(state_, customer_, record); }

void PartStore::MarkPartOf(std::string_view record) { queues_.marked.Add(state_, customer_, record); }

Result<bool> PartStore::IsMarked(std::string_view record) {
  CROSSBILL_TRY(const std::optional<std::string> mark, state_.Get(KeyOf('z', record)));
  return mark.has_value();
}

// What stands behind the prefix.
Result<std::vector<std::string>> PartStore::First(std::string_view prefix, std::size_t most) {
  std::vector<std::string> records;
  if (most == 0) {
    return records;
  }
  CROSSBILL_RETURN_IF_ERROR(state_.Scan(prefix, [&](std::string_view key, std::string_view) {
    records.emplace_back(key.substr(prefix.size()));
    return records.size() < most;
  }));
  return records;
}

void PartStore::ChangeDone(std::string_view record) { state_.Delete(KeyOf('y', record)); }
void PartStore::MarkDone(std::string_view record) { state_.Delete(KeyOf('z', record)); }

Result<std::optional<SourceDocument>> PartStore::FindDocument(std::string_view record) {
  std::optional<StoredDocument> best;
  std::optional<Error> failure;
  CROSSBILL_RETURN_IF_ERROR(state_.Scan(KeyOf('d', record), [&](std::string_view, std::string_view value) {
    auto stored = ReadStored(value);
    if (!stored.ok()) {
      failure = stored.error();
      return false;
    }
    if (!best || !StandsBefore(*stored, *best)) {
      best = *std::move(stored);
    }
    return true;
  }));
  if (failure) {
    return *std::move(failure);
  }
  return best ? std::optional(std::move(best->document)) : std::nullopt;
}

Result<std::optional<Claimed>> PartStore::TakeWholeClaim(std::string_view name) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state_.Get(KeyOf('c', name)));
  if (!stored) {
    return std::optional<Claimed>();
  }
  DropWholeClaim(name);
  return std::optional(DecodeClaimed(*stored));
}

Result<std::vector<std::string>> PartStore::WholeClaims() { return First(KeyOf('c', {}), SIZE_MAX); }

void PartStore::SetWholeClaim(std::string_view name, const Claimed& claimed) {
  state_.Put(KeyOf('c', name), Encode(claimed));
}

void PartStore::DropWholeClaim(std::string_view name) { state_.Delete(KeyOf('c', name)); }

Result<std::vector<std::string>> PartStore::Records() {
  std::vector<std::string> records;
  const std::string prefix = KeyOf('d', {});
  CROSSBILL_RETURN_IF_ERROR(state_.Scan(prefix, [&](std::string_view key, std::string_view) {
    const std::string_view record = RecordOfSuffix(key.substr(prefix.size()));
    if (records.empty() || records.back() != record) {
      records.emplace_back(record);
    }
    return true;
  }));
  return records;
}

Result<std::vector<std::string>> PartStore::PartNames() { return First(KeyOf('p', {}), SIZE_MAX); }

Status PartStore::ForEachPart(const std::function<void(std::string_view name, const Part& part)>& visit) {
  const std::string prefix = CustomerPrefix('p', customer_);
  bool read = true;
  CROSSBILL_RETURN_IF_ERROR(state_.Scan(prefix, [&](std::string_view key, std::string_view value) {
    Part part;
    read = Decode(value, part);
    if (read) {
      visit(key.substr(prefix.size()), part);
    }
    return read;
  }));
  if (!read) {
    return Unreadable(customer_, "part");
  }
  return Ok();
}

Status PartStore::DropAll() {
  std::vector<std::string> keys;
  CROSSBILL_RETURN_IF_ERROR(ForEachPart([&](std::string_view name, const Part& part) {
    if (part.next_due) {
      keys.push_back(DueKeyOf(*part.next_due, name));
    }
  }));
  for (const char section : {'n', 's', 'p', 'y', 'z'}) {
    CROSSBILL_RETURN_IF_ERROR(
        state_.Scan(CustomerPrefix(section, customer_), [&](std::string_view key, std::string_view) {
          keys.emplace_back(key);
          return true;
        }));
  }
  keys.push_back(PlainKey('x', customer_));
  for (const std::string& key : keys) {
    state_.Delete(key);
  }
  return Ok();
}

}  // namespace crossbill::transforms
