#include "transforms/linkage/patterns.h"

#include <algorithm>
#include <string_view>

#include "base/id.h"

namespace crossbill::linkage {
namespace {

std::int8_t Steps(int hundredths) {
  constexpr int kStep = PatternKey::kBits * 100, kMost = 100;
  const int rounded = (hundredths + (hundredths < 0 ? -kStep : kStep) / 2) / kStep;
  return static_cast<std::int8_t>(std::clamp(rounded, -kMost, kMost));
}

}  // namespace

PatternKey::PatternKey(const Pattern& pattern, std::size_t comparisons) {
  std::copy_n(pattern.levels, comparisons, levels.begin());
  forbidden = pattern.forbidden;
  rarities[0] = Steps(pattern.rarity);
  for (std::size_t r = 0; r < kMostRelations; ++r) {
    rarities[r + 1] = Steps(pattern.related_rarity[r]);
  }
}

std::size_t PatternKeyHash::operator()(const PatternKey& key) const {
  static_assert(sizeof(PatternKey) == kMostComparisons + 1 + kMostRelations + 1);
  return HashOf(std::string_view(reinterpret_cast<const char*>(&key), sizeof(key)));
}

void PatternCounts::Add(const PatternCounts& other) {
  pairs_ += other.pairs_;
  for (const auto& [key, count] : other.counts_) {
    counts_[key] += count;
  }
}

std::vector<std::pair<PatternKey, std::uint64_t>> PatternCounts::Sorted() const {
  std::vector<std::pair<PatternKey, std::uint64_t>> sorted(counts_.begin(), counts_.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return sorted;
}

}  // namespace crossbill::linkage
