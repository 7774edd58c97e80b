#include "transforms/identity/outlines.h"

#include <algorithm>
#include <utility>

namespace crossbill::transforms {

// They lie anywhere in memory: all of some are asked for before the first is looked at.
std::vector<std::uint64_t> Outlines::MayBeKept(std::uint64_t record,
                                               std::span<const std::uint64_t> others) const {
  const linkage::OwnedOutline* const own = Find(record);
  if (own == nullptr || own->empty()) {
    return {others.begin(), others.end()};
  }
  constexpr std::size_t kTogether = 32;
  std::vector<std::uint64_t> kept;
  for (; !others.empty(); others = others.subspan(std::min(kTogether, others.size()))) {
    const auto together = others.first(std::min(kTogether, others.size()));
    for (const std::uint64_t number : together) {
      __builtin_prefetch(Find(number));
    }
    for (const std::uint64_t number : together) {
      if (const linkage::OwnedOutline* outline = Find(number)) {
        outline->Prefetch();
      }
    }
    for (const std::uint64_t number : together) {
      const linkage::OwnedOutline* outline = Find(number);
      if (outline == nullptr || outline->empty() || comparer_.MayBeKept(*own, *outline)) {
        kept.push_back(number);
      }
    }
  }
  return kept;
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
