// What a model has learnt: for each level how often records of one entity, of different ones, and of related
// ones are at it; and the weight of evidence of two records. Weights are hundredths of a bit, rounded once,
// so that the parts add up to the score on every machine. Immutable while used; any thread.
//
// A score is the log2 of the odds that two records are the same, against all else that may be: that they
// have nothing to do with each other (m against u), or that they are related. Where they are the same, much
// may have changed at once.
//
// Sources: I. Fellegi, A. Sunter, "A theory for record linkage" (1969); frequencies after W. Winkler (1989);
// more than two classes of pairs as in M. Larsen, D. Rubin, "Iterative automated record linkage using
// mixture models" (2001).
// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/node.h"
#include "transforms/linkage/clustering.h"
#include "transforms/linkage/model.h"
#include "transforms/linkage/term.h"

namespace crossbill::linkage {

inline constexpr int kNoLevel = -1;     // one of the records has no value
inline constexpr int kNoRelation = -1;  // the records are the same, or have nothing to do with each other

// For each comparison its level, or kNoLevel; `rarity` that of what they agree on exactly.
struct Pattern {
  std::int8_t levels[kMostComparisons];
  int rarity = 0;
  std::array<int, kMostRelations> related_rarity{};  // for each relation, of what it shares
  bool forbidden = false;                            // nobody has two values of a field
};

Pattern Compare(const Model& model, const Profile& left, const Profile& right);
// The parts of Compare: kNoLevel where the records have none of the comparison's fields in common; and what
// their common value's rarity adds at a level.
bool CanBeCompared(const Comparison& comparison, const PairOfRecords& pair);
int LevelOf(const Comparison& comparison, PairOfRecords& pair);
void AddRarity(const Model& model, std::size_t comparison, int level, PairOfRecords& pair, Pattern& pattern);
bool IsForbidden(const Model& model, PairOfRecords& pair);
// The values of the fields of which nobody has two.
std::vector<Anchor> AnchorsOf(const Model& model, const Profile& profile);

struct LevelWeight {
  double m = 0;
  double u = 0;
  int weight = 0;  // log2(m / u)
  std::array<double, kMostRelations> related{};
  std::array<int, kMostRelations> related_weights{};  // log2(related / u)
};

// A share as files have it: weights are made of these, so that reading a file again gives the same.
std::string PrintShare(double share);
double AsPrinted(double share);

// log2(2^a + 2^b), all in hundredths.
int AddOdds(int a, int b);

// How often the values of a field are, where agreeing on a rare one weighs more.
struct Frequencies {
  std::unordered_map<std::string, double> of_values;  // shares of the records that have a value
  double of_others = 0;                               // of values that are not listed
  double same = 0;                                    // that two records have the same value
};

// The parts of a score. Their sum is exactly the score.
struct Evidence {
  int against_strangers = 0;  // the prior, each level's weight, and the rarity
  int change = 0;             // what a change of the entity explains, such as that it has moved; 0 or more
  int relation = 0;           // what a relation explains; 0 or less
  int kind = kNoRelation;     // the relation or change that explains the records better than anything else

  int Score() const { return against_strangers + change + relation; }
};

struct Weights {
  std::size_t records = 0;           // that the priors are for; 0: it is not known
  int prior = 0;                     // log2 of the odds that two records picked at random are the same
  std::vector<int> relation_priors;  // for each relation, that they are related so
  std::vector<bool> same;            // for each relation: it is a change of one entity
  std::vector<std::vector<LevelWeight>> comparisons;
  std::vector<Frequencies> frequencies;  // for each field of the model

  // Makes the weights of m and u.
  void Round();
  // Converts the priors: of twice as many records each has as many others that are the same as before, among
  // twice as many pairs.
  void SetRecords(std::size_t count);
  // log2 of the share of the smaller system's records that have no partner in the other one, in hundredths,
  // as the prior has it; never less than of one percent.
  int NoPartner(std::size_t left, std::size_t right) const;
  // What an exact agreement of a field on `text` weighs more than one on a value of mean frequency.
  int RarityOf(std::size_t field, std::string_view text) const;
  Evidence Weigh(const Pattern& pattern) const;
  int Score(const Pattern& pattern) const { return Weigh(pattern).Score(); }
};

}  // namespace crossbill::linkage
