// Weighs pairs that may turn out to weigh too little: what is cheap is looked at first, and the pair is given
// up as soon as the rest cannot make up for it. The same weight as Weights::Score. Immutable; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "transforms/linkage/model.h"
#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

class Scorer {
 public:
  // Both must outlive the scorer.
  Scorer(const Model& model, const Weights& weights);

  struct Score {
    int weight = 0;  // at least what was asked for, before the relation takes off its part
    RelationWeight relation;
    int total() const { return weight + relation.part; }
  };
  // Nothing where the pair weighs less than `least` even without a relation.
  std::optional<Score> Weigh(const Profile& left, const Profile& right, int least) const;

 private:
  // The most that a comparison can add.
  struct Cap {
    int any = 0;          // at any level
    int below_exact = 0;  // when its first level, exact, does not hold
    bool exact_first = false;
  };
  int MostRarity(std::size_t field) const;

  const Model& model_;
  const Weights& weights_;
  std::vector<Cap> caps_;
  std::vector<std::size_t> order_;  // of comparisons: those first that can take off most
};

}  // namespace crossbill::linkage
