// Weighs pairs that may turn out to weigh too little: what is cheap is looked at first, and the pair is given
// up as soon as the rest cannot make up for it. The same weight as Weights::Weigh. Immutable; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "transforms/linkage/model.h"
#include "transforms/linkage/outline.h"
#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

class Scorer {
 public:
  // Both must outlive the scorer.
  Scorer(const Model& model, const Weights& weights);

  // Nothing where the pair weighs less than `least` even without what a relation takes off.
  std::optional<Evidence> Weigh(const Profile& left, const Profile& right, int least) const;
  // False where Weigh gives nothing, as far as the outlines tell.
  bool MayWeigh(const RecordOutline& left, const RecordOutline& right, int least) const;

 private:
  // The most that a comparison can add to the odds of a way of being the same.
  struct Cap {
    int any = 0;          // at any level
    int below_exact = 0;  // when its first level, exact, does not hold
  };
  // Being the same: as ever, or after a change (Weights::same).
  struct Way {
    int relation = kNoRelation;
    int prior = 0;
    std::vector<Cap> caps;  // for each comparison
  };
  Way WayOf(int relation) const;
  int WeightOf(int relation, std::size_t comparison, std::size_t level) const;
  int MostRarity(std::size_t field) const;
  bool CanBeCompared(std::size_t comparison, const RecordOutline& left, const RecordOutline& right) const;
  // For each way the most that a comparison can add, by outlines.
  using Sums = std::array<int, kMostRelations + 1>;
  bool IsEnough(const Sums& sums, int least) const;
  void MostOf(std::size_t comparison, const RecordOutline& left, const RecordOutline& right,
              Sums& most) const;

  const Model& model_;
  const Weights& weights_;
  std::vector<Way> ways_;
  std::vector<bool> exact_first_;        // for each comparison: its first level is exact
  std::vector<std::size_t> order_;       // of comparisons: those first that can take off most
  std::vector<std::uint32_t> looks_at_;  // for each comparison a bit for each field
};

}  // namespace crossbill::linkage
