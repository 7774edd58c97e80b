// Expectation maximisation over patterns: how often records of one entity, and related ones, are at each
// level, where it is known how often strangers are. Each class begins with a guess, which weighs as much as a
// few pairs: what is never seen is not impossible, and a class stays what it is meant to be. A relation that
// explains few pairs goes. Of a pair with a label it is known in which classes it is. Pure.
//
// Source: M. Larsen, D. Rubin, "Iterative automated record linkage using mixture models" (2001); priors of
// levels as in a Dirichlet distribution; classes that go as in M. Figueiredo, A. Jain, "Unsupervised learning
// of finite mixture models" (2002).
// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/for_each_part.h"
#include "transforms/linkage/patterns.h"

namespace crossbill::linkage {

using Distribution = std::vector<double>;  // over the levels of a comparison

// Pairs that have something to do with each other: the same entity, or a relation.
struct PairClass {
  std::vector<Distribution> levels;  // for each comparison
  double pairs = 0;                  // expected among all
  std::vector<double> heard;         // for each comparison the pairs of which both records had values
  bool same = false;                 // is never what is forbidden
  std::vector<bool> differs;  // for each comparison: the first level is that of strangers, and stays so
  std::vector<bool> by;       // for each comparison: its levels are those of the first class, and stay so
};

// What people said of pairs, or follows from others.
enum class Label : std::uint8_t { kNone, kSame, kNotSame, kNotRelated };

struct WeighedPattern {
  PatternKey key;
  double pairs = 0;
  Label label = Label::kNone;
};

struct Mixture {
  std::vector<PairClass> classes;  // the same first
  int rounds = 0;
};

// `guesses`: what each class is thought to be. `u`: of strangers. `all`: pairs that there are; those that are
// not in `patterns` are strangers. `begin`: where to begin, if elsewhere than with the guesses.
Mixture Estimate(const std::vector<WeighedPattern>& patterns, double all, const std::vector<Distribution>& u,
                 std::vector<PairClass> guesses, const Mixture* begin = nullptr,
                 const ForEachPart& for_each_part = nullptr);

}  // namespace crossbill::linkage
