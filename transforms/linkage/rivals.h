// The pairs that meet where a record has at most one partner, all of them, since of a sample rivals were
// missing. What pairs look like is kept once for all that look the same. Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "transforms/linkage/blocks.h"
#include "transforms/linkage/mixture.h"
#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

class Rivals {
 public:
  using MayBePair = std::function<bool(RecordNumber a, RecordNumber b)>;
  Rivals(const Model& model, const Records& records, const Blocks& blocks, const MayBePair& may_be_pair);

  // For each rule those that met under no earlier one.
  const std::vector<std::uint64_t>& pairs_of_rules() const { return pairs_of_rules_; }
  // What is as good as the best pair of both its records may be the same, or has nothing to do with each
  // other; whatever else is not the same, as the weights have it.
  void AppendPatterns(const Weights& weights, std::vector<WeighedPattern>& patterns) const;

 private:
  struct Pair {
    RecordNumber left = 0;
    RecordNumber right = 0;
    std::uint32_t pattern = 0;
  };

  std::size_t records_;
  std::size_t comparisons_;
  std::vector<Pair> pairs_;
  std::vector<Pattern> patterns_;
  std::vector<std::uint64_t> pairs_of_rules_;
};

}  // namespace crossbill::linkage
