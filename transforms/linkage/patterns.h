// How often each pattern of levels is among pairs of records: all that training needs of millions of pairs.
// Counts of parts are added up, in any order. One thread each.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

// What training looks at of a pair. Rarities are rounded to two bits, or there were as many patterns as
// pairs.
struct PatternKey {
  std::array<std::int8_t, kMostComparisons> levels{};
  std::array<std::int8_t, 1 + kMostRelations> rarities{};  // of the same, then of each relation
  bool forbidden = false;

  static constexpr int kBits = 2;  // of a step of rarity
  explicit PatternKey(const Pattern& pattern, std::size_t comparisons);
  friend auto operator<=>(const PatternKey&, const PatternKey&) = default;
};

struct PatternKeyHash {
  std::size_t operator()(const PatternKey& key) const;
};

class PatternCounts {
 public:
  explicit PatternCounts(std::size_t comparisons) : comparisons_(comparisons) {}
  void Add(const Pattern& pattern) {
    ++counts_[PatternKey(pattern, comparisons_)];
    ++pairs_;
  }
  void Add(const PatternCounts& other);
  std::uint64_t pairs() const { return pairs_; }
  // In order of the keys.
  std::vector<std::pair<PatternKey, std::uint64_t>> Sorted() const;

 private:
  std::size_t comparisons_;
  std::uint64_t pairs_ = 0;
  std::unordered_map<PatternKey, std::uint64_t, PatternKeyHash> counts_;
};

}  // namespace crossbill::linkage
