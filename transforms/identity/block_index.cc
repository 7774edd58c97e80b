#include "transforms/identity/block_index.h"

#include <algorithm>
#include <map>
#include <utility>

namespace crossbill::transforms {

std::uint64_t BlockIndex::NumberOf(const Place& place) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  constexpr unsigned kLevels = 8, kFold = 32;
  const std::uint64_t mixed = (place.key ^ ((place.rule << kLevels | place.level) + 1) * kOdd) * kOdd;
  return mixed ^ mixed >> kFold;
}

std::vector<std::uint64_t> BlockIndex::KeysOf(const Cleaned& record, std::size_t rule, std::size_t level,
                                              std::uint64_t key) const {
  std::vector<std::uint64_t> keys;
  comparer_.AppendKeys(record, rule, level, key, keys);
  return keys;
}

// Their blocks lie anywhere in memory: all are asked for before the first is looked at.
std::vector<BlockIndex::Place> BlockIndex::WidestOf(const Cleaned& record) const {
  std::vector<Place> places;
  std::vector<std::uint64_t> keys;
  for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
    keys.clear();
    comparer_.AppendKeys(record, rule, 0, 0, keys);
    for (const std::uint64_t key : keys) {
      places.push_back({rule, 0, key});
      blocks_.prefetch(NumberOf(places.back()));
    }
  }
  for (const Place& place : places) {
    if (const auto block = blocks_.find(NumberOf(place)); block != blocks_.end()) {
      block->second.Prefetch();
    }
  }
  return places;
}

std::size_t BlockIndex::SizeOf(const Place& place) const {
  const auto block = blocks_.find(NumberOf(place));
  return block == blocks_.end() ? 0 : block->second.size();
}

std::vector<std::uint64_t> BlockIndex::MembersOf(const Place& place) const {
  std::vector<std::uint64_t> members;
  const auto block = blocks_.find(NumberOf(place));
  if (block != blocks_.end()) {
    block->second.ForEach([&](std::uint64_t number) { members.push_back(number); });
  }
  return members;
}

void BlockIndex::Remove(const Place& place, std::uint64_t number) {
  const auto block = blocks_.find(NumberOf(place));
  if (block == blocks_.end()) {
    return;
  }
  block->second.Remove(number);
  if (block->second.size() == 0) {
    blocks_.erase(block);
  }
}

Status BlockIndex::Enter(const Resident& record, Meetings& meetings) {
  for (const Place& place : WidestOf(*record.cleaned)) {
    CROSSBILL_RETURN_IF_ERROR(EnterPlace(place, record, &meetings.met, meetings));
  }
  std::sort(meetings.met.begin(), meetings.met.end());
  meetings.met.erase(std::unique(meetings.met.begin(), meetings.met.end()), meetings.met.end());
  return Ok();
}

Status BlockIndex::EnterPlace(const Place& place, const Resident& record, std::vector<std::uint64_t>* met,
                              Meetings& meetings) {
  MemberList& block = blocks_[NumberOf(place)];
  const bool was_too_large = IsTooLarge(place, block.size());
  const bool is_too_large = IsTooLarge(place, block.size() + 1);
  if (!is_too_large && met != nullptr) {
    block.ForEach([&](std::uint64_t number) { met->push_back(number); });
  }
  block.Add(record.number);
  if (!is_too_large) {
    return Ok();
  }
  if (!was_too_large) {
    CROSSBILL_RETURN_IF_ERROR(Narrow(place, record, meetings));
  }
  return EnterNarrower(place, record, met, meetings);
}

Status BlockIndex::EnterNarrower(const Place& place, const Resident& record, std::vector<std::uint64_t>* met,
                                 Meetings& meetings) {
  if (IsLast(place)) {
    return Ok();
  }
  for (const std::uint64_t key : KeysOf(*record.cleaned, place.rule, place.level + 1, place.key)) {
    CROSSBILL_RETURN_IF_ERROR(EnterPlace({place.rule, place.level + 1, key}, record, met, meetings));
  }
  return Ok();
}

// The block has become too large by `last`: the others go on to narrower ones. Whom they meet there they met
// before.
Status BlockIndex::Narrow(const Place& place, const Resident& last, Meetings& meetings) {
  std::vector<std::uint64_t> members = MembersOf(place);
  std::erase(members, last.number);
  for (const std::uint64_t number : members) {
    CROSSBILL_TRY(const ResidentPtr member, lookup_(number));
    CROSSBILL_RETURN_IF_ERROR(EnterNarrower(place, *member, nullptr, meetings));
  }
  meetings.narrowed.push_back(std::move(members));
  return Ok();
}

Status BlockIndex::Leave(const Resident& record, Meetings& meetings) {
  for (const Place& place : WidestOf(*record.cleaned)) {
    CROSSBILL_RETURN_IF_ERROR(LeavePlace(place, record, meetings));
  }
  return Ok();
}

Status BlockIndex::LeavePlace(const Place& place, const Resident& record, Meetings& meetings) {
  const std::size_t size = SizeOf(place);
  Remove(place, record.number);
  if (!IsTooLarge(place, size)) {
    return Ok();
  }
  if (!IsTooLarge(place, size - 1)) {
    return Widen(place, record, meetings);
  }
  if (IsLast(place)) {
    return Ok();
  }
  for (const std::uint64_t key : KeysOf(*record.cleaned, place.rule, place.level + 1, place.key)) {
    CROSSBILL_RETURN_IF_ERROR(LeavePlace({place.rule, place.level + 1, key}, record, meetings));
  }
  return Ok();
}

// Without `gone` the block is not too large any more.
Status BlockIndex::Widen(const Place& place, const Resident& gone, Meetings& meetings) {
  std::vector<std::uint64_t> numbers = MembersOf(place);
  std::vector<ResidentPtr> members = {std::make_shared<Resident>(gone)};
  for (const std::uint64_t number : numbers) {
    CROSSBILL_TRY(ResidentPtr member, lookup_(number));
    members.push_back(std::move(member));
  }
  Dissolve(place, members);
  meetings.widened.push_back(std::move(numbers));
  return Ok();
}

void BlockIndex::Dissolve(const Place& place, const std::vector<ResidentPtr>& members) {
  if (IsLast(place)) {
    return;
  }
  std::map<std::uint64_t, std::vector<ResidentPtr>> narrower;
  for (const ResidentPtr& member : members) {
    for (const std::uint64_t key : KeysOf(*member->cleaned, place.rule, place.level + 1, place.key)) {
      narrower[key].push_back(member);
    }
  }
  for (const auto& [key, its_members] : narrower) {
    const Place within{place.rule, place.level + 1, key};
    if (IsTooLarge(within, SizeOf(within))) {
      Dissolve(within, its_members);
    }
    blocks_.erase(NumberOf(within));
  }
}

bool BlockIndex::MeetIn(const Place& place, const Cleaned& record, std::uint64_t other) const {
  const auto block = blocks_.find(NumberOf(place));
  if (block == blocks_.end()) {
    return false;
  }
  if (!IsTooLarge(place, block->second.size())) {
    return block->second.Contains(other);
  }
  if (IsLast(place)) {
    return false;
  }
  const std::vector<std::uint64_t> keys = KeysOf(record, place.rule, place.level + 1, place.key);
  return std::any_of(keys.begin(), keys.end(), [&](std::uint64_t key) {
    return MeetIn({place.rule, place.level + 1, key}, record, other);
  });
}

bool BlockIndex::Meet(const Resident& left, const Resident& right) const {
  for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
    for (const std::uint64_t key : KeysOf(*left.cleaned, rule, 0, 0)) {
      if (MeetIn({rule, 0, key}, *left.cleaned, right.number)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace crossbill::transforms
