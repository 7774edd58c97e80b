// What a model has learnt: for each level how often records of one entity, and of different ones, are at it;
// and the weight of evidence of two records. Weights are hundredths of a bit, rounded once, so that the parts
// add up to the score on every machine. Immutable while used; any thread.
//
// Source: I. Fellegi, A. Sunter, "A theory for record linkage" (1969); frequencies after W. Winkler (1989).
// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/node.h"
#include "transforms/linkage/model.h"
#include "transforms/linkage/term.h"

namespace crossbill::linkage {

inline constexpr int kNoLevel = -1;  // one of the records has no value

// For each comparison its level, or kNoLevel; `rarity` that of what they agree on exactly.
struct Pattern {
  std::int8_t levels[kMostComparisons];
  int rarity = 0;
};

Pattern Compare(const Model& model, const Profile& left, const Profile& right);

struct LevelWeight {
  double m = 0;
  double u = 0;
  int weight = 0;  // log2(m / u)
};

// A share as files have it: weights are made of these, so that reading a file again gives the same.
std::string PrintShare(double share);
double AsPrinted(double share);

// How often the values of a field are, where agreeing on a rare one weighs more.
struct Frequencies {
  std::unordered_map<std::string, double> of_values;  // shares of the records that have a value
  double of_others = 0;                               // of values that are not listed
};

struct Weights {
  int prior = 0;  // log2 of the odds that two records picked at random are the same
  std::vector<std::vector<LevelWeight>> comparisons;
  std::vector<Frequencies> frequencies;  // for each comparison

  // Makes the weights of m and u.
  void Round();
  // What an exact agreement on `text` weighs more than one on a value of mean frequency.
  int RarityOf(std::size_t comparison, std::string_view text) const;
  int Score(const Pattern& pattern) const;
};

}  // namespace crossbill::linkage
