#include "transforms/identity/decisions.h"

#include <algorithm>
#include <utility>

#include "base/date.h"
#include "transforms/identity/codec.h"
#include "transforms/sdk/source_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// First letters of the state's keys: a record's entries; a decision; how many there are.
constexpr char kEntries = 'd', kDecision = 'D', kCount = 'n';

// Digits that are in the order of the times.
std::string SortedTime(const std::string& decided_at) {
  constexpr std::size_t kDigits = 20;
  const auto time = Timestamp::Parse(decided_at);
  const std::string micros = time.ok() && time->micros() > 0 ? std::to_string(time->micros()) : std::string();
  return std::string(kDigits - micros.size(), '0') + micros;
}

}  // namespace

Status Decisions::Apply(std::string_view name, const v1::Decision& decision, std::set<std::string>& keys) {
  const std::string key = StateKey(kDecision, name);
  CROSSBILL_TRY(const auto stored, state_->Get(key));
  const bool holds = !decision.undone() && !decision.pairs().empty();
  CROSSBILL_TRY(const std::uint64_t count, Count());
  SetCount(count + (holds ? 1 : 0) - (stored ? 1 : 0));
  if (stored) {
    v1::Decision before;
    if (!before.ParseFromString(*stored)) {
      return DamagedState("a decision");
    }
    CROSSBILL_RETURN_IF_ERROR(ChangeAll(name, before, false, keys));
  }
  if (!holds) {
    state_->Delete(key);
    return Ok();
  }
  state_->Put(key, decision.SerializeAsString());
  return ChangeAll(name, decision, true, keys);
}

Status Decisions::ChangeAll(std::string_view name, const v1::Decision& decision, bool in,
                            std::set<std::string>& keys) {
  const bool confirmed = decision.verdict() == v1::Decision::CONFIRM;
  const std::string time = SortedTime(decision.decided_at());
  for (const v1::RecordPair& pair : decision.pairs()) {
    const std::string left = RecordKey(pair.left()), right = RecordKey(pair.right());
    for (const auto& [one, other] : {std::pair(left, right), std::pair(right, left)}) {
      CROSSBILL_RETURN_IF_ERROR(Change(one, {other, time, std::string(name), confirmed}, in));
      keys.insert(one);
    }
  }
  return Ok();
}

Status Decisions::Change(std::string_view key, const Entry& entry, bool in) {
  CROSSBILL_TRY(std::vector<Entry> entries, EntriesOf(key));
  std::erase(entries, entry);
  if (in) {
    entries.insert(std::lower_bound(entries.begin(), entries.end(), entry), entry);
  }
  std::string bytes;
  for (const Entry& each : entries) {
    AppendPart(bytes, each.other);
    AppendPart(bytes, each.decided_at);
    AppendPart(bytes, each.decision);
    AppendPart(bytes, each.confirmed ? "1" : "");
  }
  if (bytes.empty()) {
    state_->Delete(StateKey(kEntries, key));
  } else {
    state_->Put(StateKey(kEntries, key), bytes);
  }
  return Ok();
}

Result<std::vector<Decisions::Entry>> Decisions::EntriesOf(std::string_view key) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kEntries, key)));
  std::vector<Entry> entries;
  std::string_view rest = stored ? std::string_view(*stored) : std::string_view();
  std::string_view other, decided_at, decision, confirmed;
  while (TakePart(rest, other) && TakePart(rest, decided_at) && TakePart(rest, decision) &&
         TakePart(rest, confirmed)) {
    entries.push_back(
        {std::string(other), std::string(decided_at), std::string(decision), !confirmed.empty()});
  }
  return entries;
}

Result<std::uint64_t> Decisions::Count() {
  if (!count_) {
    CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kCount, "")));
    std::string_view rest = stored ? std::string_view(*stored) : std::string_view();
    std::uint64_t count = 0;
    TakeVarint(rest, count);
    count_ = count;
  }
  return *count_;
}

void Decisions::SetCount(std::uint64_t count) {
  std::string bytes;
  AppendVarint(bytes, count);
  state_->Put(StateKey(kCount, ""), bytes);
  count_ = count;
}

Result<std::vector<Verdict>> Decisions::Of(std::string_view key) {
  CROSSBILL_TRY(const std::uint64_t count, Count());
  if (count == 0) {
    return std::vector<Verdict>();
  }
  CROSSBILL_TRY(const std::vector<Entry> entries, EntriesOf(key));
  std::vector<Verdict> verdicts;
  for (const Entry& entry : entries) {  // of one pair the newest is the last
    if (verdicts.empty() || verdicts.back().other != entry.other) {
      verdicts.emplace_back();
    }
    verdicts.back() = {entry.other, entry.confirmed, entry.decision};
  }
  return verdicts;
}

}  // namespace crossbill::transforms
