#include "transforms/identity/outlines.h"

#include <algorithm>
#include <utility>

namespace crossbill::transforms {

bool Outlines::MayBeKept(const linkage::OwnedOutline& record, std::uint64_t other) const {
  const bool known = !record.empty() && other < by_number_.size() && !by_number_[other].empty();
  return !known || comparer_.MayBeKept(record, by_number_[other]);
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
