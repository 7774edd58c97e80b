#include "transforms/identity/block_filling.h"

#include <algorithm>
#include <limits>

namespace crossbill::transforms {
namespace {

constexpr std::size_t kTogether = 256;    // entries whose blocks are fetched together
constexpr std::size_t kFirstWaiting = 2;  // level

}  // namespace

Status BlockIndex::Fill(const VisitAll& visit_all) {
  Filling filling(*this);
  CROSSBILL_RETURN_IF_ERROR(visit_all([&](const Resident& record) { filling.AddWidest(record); }));
  if (filling.FinishWidest()) {
    CROSSBILL_RETURN_IF_ERROR(visit_all([&](const Resident& record) { filling.AddNarrower(record); }));
    filling.FinishNarrower();
  }
  return Ok();
}

std::uint32_t BlockIndex::Filling::MostIn(const Place& place) const {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(
      index_.IsLast(place) ? kMost : std::min(kMost, index_.comparer_.MostInBlock(place.rule)));
}

void BlockIndex::Filling::Add(const Entry& entry) {
  added_.push_back(entry);
  if (added_.size() == kTogether) {
    PutAdded();
  }
}

void BlockIndex::Filling::PutAdded() {
  for (const Entry& entry : added_) {
    index_.blocks_.prefetch(entry.block);
  }
  for (const Entry& entry : added_) {
    MemberList& block = index_.blocks_[entry.block];
    block.Add(entry.record);
    is_any_too_large_ = is_any_too_large_ || block.size() > entry.most;
  }
  added_.clear();
}

void BlockIndex::Filling::AddWidest(const Resident& record) {
  for (std::size_t rule = 0; rule < index_.comparer_.BlockingRules(); ++rule) {
    keys_.clear();
    index_.comparer_.AppendKeys(*record.cleaned, rule, 0, 0, keys_);
    for (const std::uint64_t key : keys_) {
      const Place place{rule, 0, key};
      Add({NumberOf(place), static_cast<std::uint32_t>(record.number), MostIn(place)});
    }
  }
}

bool BlockIndex::Filling::FinishWidest() {
  PutAdded();
  return is_any_too_large_;
}

void BlockIndex::Filling::AddNarrower(const Resident& record) {
  for (const Place& place : index_.WidestOf(*record.cleaned)) {
    if (!index_.IsLast(place) && index_.IsTooLarge(place, index_.SizeOf(place))) {
      AddBelow(place, record);
    }
  }
}

void BlockIndex::Filling::AddBelow(const Place& above, const Resident& record) {
  for (const std::uint64_t key : index_.KeysOf(*record.cleaned, above.rule, above.level + 1, above.key)) {
    const Place place{above.rule, above.level + 1, key};
    Add({NumberOf(place), static_cast<std::uint32_t>(record.number), MostIn(place)});
    AwaitBelow(place, record);
  }
}

void BlockIndex::Filling::AwaitBelow(const Place& above, const Resident& record) {
  if (index_.IsLast(above)) {
    return;
  }
  const std::size_t level = above.level + 1;
  waiting_.resize(std::max(waiting_.size(), level - kFirstWaiting + 1));
  for (const std::uint64_t key : index_.KeysOf(*record.cleaned, above.rule, level, above.key)) {
    const Place place{above.rule, level, key};
    waiting_[level - kFirstWaiting].push_back(
        {NumberOf(above), {NumberOf(place), static_cast<std::uint32_t>(record.number), MostIn(above)}});
    AwaitBelow(place, record);
  }
}

void BlockIndex::Filling::FinishNarrower() {
  PutAdded();
  for (std::vector<Waiting>& level : waiting_) {
    for (const Waiting& each : level) {
      const auto above = index_.blocks_.find(each.above);
      if (above != index_.blocks_.end() && above->second.size() > each.entry.most) {
        Add(each.entry);
      }
    }
    PutAdded();
    level = {};
  }
}

}  // namespace crossbill::transforms
