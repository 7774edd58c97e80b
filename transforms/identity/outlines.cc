#include "transforms/identity/outlines.h"

#include <algorithm>
#include <utility>

namespace crossbill::transforms {

Result<bool> Outlines::MayBeKept(const linkage::OwnedOutline& record, std::uint64_t other) {
  if (record.empty()) {
    return true;
  }
  if (other < by_number_.size() && !by_number_[other].empty()) {
    return comparer_.MayBeKept(record, by_number_[other]);
  }
  CROSSBILL_TRY(const ResidentPtr resident, lookup_(other));
  linkage::OwnedOutline made = comparer_.OutlineOf(*resident->cleaned);
  const bool may_be_kept = comparer_.MayBeKept(record, made);
  Put(other, std::move(made));
  return may_be_kept;
}

void Outlines::Put(std::uint64_t number, linkage::OwnedOutline outline) {
  if (number >= by_number_.size()) {
    if (outline.empty() || number > kMostNumber) {
      return;
    }
    by_number_.resize(std::max<std::size_t>(number + 1, by_number_.size() + by_number_.size() / 2));
  }
  by_number_[number] = std::move(outline);
}

}  // namespace crossbill::transforms
