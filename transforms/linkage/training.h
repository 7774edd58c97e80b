// Learning a model's weights without labels: u from pairs picked at random, m and what relations explain by
// expectation maximisation over the pairs that meet in blocks. Where people have decided of pairs, these
// count as what was decided instead of as what they look like, also where they meet in no block.
// Deterministic: the same records, labels and seed give the same weights, on however many threads the parts
// are counted.
//
// Sources: W. Winkler, "Using the EM algorithm for weight computation in the Fellegi–Sunter model" (1988);
// u from random pairs as in Splink.
// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#pragma once

#include <cstdint>
#include <vector>

#include "transforms/linkage/blocks.h"
#include "transforms/linkage/mixture.h"
#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

// What a person said of two records; counts as so many pairs.
struct LabelledPair {
  RecordNumber left = 0;
  RecordNumber right = 0;
  bool same = false;
  double weight = 1;
};

struct TrainingOptions {
  std::uint64_t seed = 1;
  std::size_t random_pairs = 1'000'000;
  std::size_t pairs_of_rule = 200'000;      // of a rule with many more a sample of its blocks is looked at
  ForEachPart for_each_part = nullptr;      // default: one after the other
  std::vector<LabelledPair> labelled = {};  // of a pair at most one
};

struct Training {
  Weights weights;
  std::vector<std::uint64_t> pairs;  // for each rule those that were looked at
  int rounds = 0;
  std::vector<bool> learnt;     // for each comparison; false: hardly a pair had values, it is a guess
  double matches = 0;           // expected among all candidates
  std::vector<double> related;  // expected, for each relation
  std::size_t confirmed = 0;    // labelled pairs that are the same, and those that are not
  std::size_t forbidden = 0;
};

// For each field of the model, whether the rarity of its values counts: a comparison may agree on them
// exactly.
std::vector<bool> FieldsWithFrequencies(const Model& model);
// Gives the records' values the rarity that the weights know.
void ApplyFrequencies(const Model& model, const Weights& weights, Records& records);
Training Train(const Model& model, Records& records, const Blocks& blocks, const TrainingOptions& options);

}  // namespace crossbill::linkage
