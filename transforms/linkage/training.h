// Learning a model's weights without labels: u from pairs picked at random, m by expectation maximisation
// over the pairs of each blocking rule, of which the comparisons of what the rule's records share are left
// out. Deterministic: the same records and seed give the same weights. One thread.
//
// Sources: W. Winkler, "Using the EM algorithm for weight computation in the Fellegi–Sunter model" (1988);
// the order of estimates is Splink's.
// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#pragma once

#include <cstdint>
#include <vector>

#include "transforms/linkage/blocks.h"
#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

struct TrainingOptions {
  std::uint64_t seed = 1;
  std::size_t random_pairs = 1'000'000;
  std::size_t pairs_of_rule = 1'000'000;  // more of a rule's pairs are not looked at
};

// What a rule's pairs taught.
struct RuleTraining {
  std::size_t pairs = 0;
  int rounds = 0;
  double matches = 0;  // expected among the pairs
};

struct Training {
  Weights weights;
  std::vector<RuleTraining> rules;
  std::vector<bool> learnt;  // for each comparison; false: each rule shares its field, its m is a guess
  double matches = 0;        // expected among all candidates
};

// Gives the records' values the rarity that the weights know.
void ApplyFrequencies(const Model& model, const Weights& weights, Records& records);
Training Train(const Model& model, Records& records, const Blocks& blocks, const TrainingOptions& options);

}  // namespace crossbill::linkage
