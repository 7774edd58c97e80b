#include "transforms/identity/block_index.h"

#include <algorithm>
#include <map>
#include <utility>

#include "transforms/identity/codec.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// First letters of the state's keys: a block's head; the members of one that is too large.
constexpr char kHead = 'h', kMember = 'm';

std::string PlaceKey(char what, std::size_t rule, std::size_t level, std::uint64_t key) {
  std::string place = StateKey(what, key);
  place.push_back(static_cast<char>(rule));
  place.push_back(static_cast<char>(level));
  return place;
}

std::string MemberKey(std::size_t rule, std::size_t level, std::uint64_t key, std::uint64_t number) {
  return PlaceKey(kMember, rule, level, key) + StateKey(kMember, number);
}

}  // namespace

std::vector<std::uint64_t> BlockIndex::KeysOf(const Cleaned& record, std::size_t rule, std::size_t level,
                                              std::uint64_t key) const {
  std::vector<std::uint64_t> keys;
  comparer_.AppendKeys(record, rule, level, key, keys);
  return keys;
}

Result<BlockIndex::Block> BlockIndex::Read(const Place& place) {
  CROSSBILL_TRY(const auto stored, state_->Get(PlaceKey(kHead, place.rule, place.level, place.key)));
  Block block;
  if (!stored) {
    return block;
  }
  std::string_view rest = *stored;
  if (!TakeVarint(rest, block.size)) {
    return DamagedState("a block");
  }
  for (std::uint64_t member = 0; TakeVarint(rest, member);) {
    block.members.push_back(member);
  }
  return block;
}

void BlockIndex::Write(const Place& place, const Block& block) {
  const std::string key = PlaceKey(kHead, place.rule, place.level, place.key);
  if (block.size == 0) {
    return state_->Delete(key);
  }
  std::string bytes;
  AppendVarint(bytes, block.size);
  for (const std::uint64_t member : block.members) {
    AppendVarint(bytes, member);
  }
  state_->Put(key, bytes);
}

void BlockIndex::PutMember(const Place& place, std::uint64_t number) {
  state_->Put(MemberKey(place.rule, place.level, place.key, number), "");
}

void BlockIndex::DeleteMember(const Place& place, std::uint64_t number) {
  state_->Delete(MemberKey(place.rule, place.level, place.key, number));
}

Result<std::vector<std::uint64_t>> BlockIndex::Members(const Place& place) {
  std::vector<std::uint64_t> members;
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(PlaceKey(kMember, place.rule, place.level, place.key),
                                         [&](std::string_view key, std::string_view) {
                                           members.push_back(NumberAtEnd(key));
                                           return true;
                                         }));
  return members;
}

Status BlockIndex::Enter(const Resident& record, Meetings& meetings) {
  for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
    for (const std::uint64_t key : KeysOf(*record.cleaned, rule, 0, 0)) {
      CROSSBILL_RETURN_IF_ERROR(EnterPlace({rule, 0, key}, record, &meetings.met, meetings));
    }
  }
  return Ok();
}

Status BlockIndex::EnterPlace(const Place& place, const Resident& record, std::set<std::uint64_t>* met,
                              Meetings& meetings) {
  CROSSBILL_TRY(Block block, Read(place));
  const bool was_too_large = IsTooLarge(block);
  ++block.size;
  if (!IsTooLarge(block)) {
    if (met != nullptr) {
      met->insert(block.members.begin(), block.members.end());
    }
    block.members.push_back(record.number);
    Write(place, block);
    return Ok();
  }
  std::vector<std::uint64_t> members = std::exchange(block.members, {});
  Write(place, block);
  PutMember(place, record.number);
  if (!was_too_large) {
    CROSSBILL_RETURN_IF_ERROR(Narrow(place, record, std::move(members), meetings));
  }
  return EnterNarrower(place, record, met, meetings);
}

Status BlockIndex::EnterNarrower(const Place& place, const Resident& record, std::set<std::uint64_t>* met,
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
Status BlockIndex::Narrow(const Place& place, const Resident& last, std::vector<std::uint64_t> members,
                          Meetings& meetings) {
  for (const std::uint64_t number : members) {
    PutMember(place, number);
    if (number == last.number) {
      continue;
    }
    CROSSBILL_TRY(const ResidentPtr member, lookup_(number));
    CROSSBILL_RETURN_IF_ERROR(EnterNarrower(place, *member, nullptr, meetings));
  }
  meetings.narrowed.push_back(std::move(members));
  return Ok();
}

Status BlockIndex::Leave(const Resident& record, Meetings& meetings) {
  for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
    for (const std::uint64_t key : KeysOf(*record.cleaned, rule, 0, 0)) {
      CROSSBILL_RETURN_IF_ERROR(LeavePlace({rule, 0, key}, record, meetings));
    }
  }
  return Ok();
}

Status BlockIndex::LeavePlace(const Place& place, const Resident& record, Meetings& meetings) {
  CROSSBILL_TRY(Block block, Read(place));
  if (!IsTooLarge(block)) {
    std::erase(block.members, record.number);
    block.size = block.members.size();
    Write(place, block);
    return Ok();
  }
  if (block.size == comparer_.rules().most_in_block + 1) {
    return Widen(place, record, meetings);
  }
  --block.size;
  Write(place, block);
  DeleteMember(place, record.number);
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
  CROSSBILL_TRY(std::vector<std::uint64_t> numbers, Members(place));
  std::vector<ResidentPtr> members = {std::make_shared<Resident>(gone)};
  for (const std::uint64_t number : numbers) {
    if (number != gone.number) {
      CROSSBILL_TRY(ResidentPtr member, lookup_(number));
      members.push_back(std::move(member));
    }
  }
  CROSSBILL_RETURN_IF_ERROR(Dissolve(place, members));
  std::erase(numbers, gone.number);
  Write(place, {numbers.size(), numbers});
  meetings.widened.push_back(std::move(numbers));
  return Ok();
}

Status BlockIndex::Dissolve(const Place& place, const std::vector<ResidentPtr>& members) {
  std::map<std::uint64_t, std::vector<ResidentPtr>> narrower;
  for (const ResidentPtr& member : members) {
    DeleteMember(place, member->number);
    if (!IsLast(place)) {
      for (const std::uint64_t key : KeysOf(*member->cleaned, place.rule, place.level + 1, place.key)) {
        narrower[key].push_back(member);
      }
    }
  }
  for (const auto& [key, its_members] : narrower) {
    const Place within{place.rule, place.level + 1, key};
    CROSSBILL_TRY(const Block block, Read(within));
    if (IsTooLarge(block)) {
      CROSSBILL_RETURN_IF_ERROR(Dissolve(within, its_members));
    }
    Write(within, {});
  }
  return Ok();
}

Status BlockIndex::Visit(const Place& place, const Cleaned& record,
                         const std::function<void(const Place&, const Block&)>& visit) {
  CROSSBILL_TRY(const Block block, Read(place));
  if (!IsTooLarge(block)) {
    visit(place, block);
    return Ok();
  }
  if (IsLast(place)) {
    return Ok();
  }
  for (const std::uint64_t key : KeysOf(record, place.rule, place.level + 1, place.key)) {
    CROSSBILL_RETURN_IF_ERROR(Visit({place.rule, place.level + 1, key}, record, visit));
  }
  return Ok();
}

Status BlockIndex::VisitAll(const Cleaned& record,
                            const std::function<void(const Place&, const Block&)>& visit) {
  for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
    for (const std::uint64_t key : KeysOf(record, rule, 0, 0)) {
      CROSSBILL_RETURN_IF_ERROR(Visit({rule, 0, key}, record, visit));
    }
  }
  return Ok();
}

Status BlockIndex::Find(const Cleaned& record, std::set<std::uint64_t>& met) {
  return VisitAll(record, [&](const Place&, const Block& block) {
    met.insert(block.members.begin(), block.members.end());
  });
}

Result<bool> BlockIndex::Meet(const Resident& left, const Resident& right) {
  bool meet = false;
  CROSSBILL_RETURN_IF_ERROR(VisitAll(*left.cleaned, [&](const Place&, const Block& block) {
    meet = meet || std::find(block.members.begin(), block.members.end(), right.number) != block.members.end();
  }));
  return meet;
}

Status BlockIndex::Clear() {
  CROSSBILL_RETURN_IF_ERROR(DeleteAll(*state_, kHead));
  return DeleteAll(*state_, kMember);
}

}  // namespace crossbill::transforms
