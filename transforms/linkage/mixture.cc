// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/mixture.h"

#include <algorithm>
#include <cmath>

namespace crossbill::linkage {
namespace {

constexpr int kMostRounds = 100;
constexpr double kSettled = 1e-4;
constexpr double kGuessedPairs = 20;  // that a guess weighs as much as

class Estimator {
 public:
  Estimator(const std::vector<WeighedPattern>& patterns, double all, const std::vector<Distribution>& u,
            std::vector<PairClass> guesses, const Mixture* begin)
      : patterns_(patterns), all_(all), u_(u), guesses_(std::move(guesses)) {
    mixture_.classes = begin != nullptr ? begin->classes : guesses_;
  }

  Mixture Run() {
    for (mixture_.rounds = 1; mixture_.rounds < kMostRounds; ++mixture_.rounds) {
      if (Step() < kSettled) {
        break;
      }
    }
    return std::move(mixture_);
  }

 private:
  static void KeepFirst(double share, Distribution& levels) {
    const double others = 1 - levels.front();
    for (double& level : levels) {
      level *= others > 0 ? (1 - share) / others : 0;
    }
    levels.front() = share;
  }

  // What must be explained by a relation before it is believed: a pair for each share that is learnt of it.
  // Where nobody is related so, a class would else live on oddities of the same entities.
  double Cost(const PairClass& of) const {
    std::size_t shares = 0;
    for (std::size_t c = 0; c < u_.size(); ++c) {
      shares += of.heard[c] > 0 && !of.by[c] ? u_[c].size() - 1 : 0;
    }
    return static_cast<double>(shares);
  }

  // The greatest change of a probability.
  double Step() {
    const std::size_t classes = mixture_.classes.size(), comparisons = u_.size();
    std::vector<std::vector<Distribution>> odds(classes, std::vector<Distribution>(comparisons));
    std::vector<PairClass> next = guesses_;
    std::vector<double> prior(classes), share(classes);
    for (std::size_t k = 0; k < classes; ++k) {
      prior[k] = std::log2(std::max(mixture_.classes[k].pairs, 1.0) / all_);
      next[k].pairs = 0;
      next[k].heard.assign(comparisons, 0);
      for (std::size_t c = 0; c < comparisons; ++c) {
        for (std::size_t l = 0; l < u_[c].size(); ++l) {
          odds[k][c].push_back(std::log2(mixture_.classes[k].levels[c][l] / u_[c][l]));
          next[k].levels[c][l] *= kGuessedPairs;
        }
      }
    }
    for (const WeighedPattern& pattern : patterns_) {
      Posteriors(pattern, prior, odds, share);
      for (std::size_t k = 0; k < classes; ++k) {
        const double pairs = share[k] * pattern.pairs;
        next[k].pairs += pairs;
        for (std::size_t c = 0; c < comparisons; ++c) {
          if (pattern.key.levels[c] != kNoLevel) {
            next[k].levels[c][static_cast<std::size_t>(pattern.key.levels[c])] += pairs;
            next[k].heard[c] += pairs;
          }
        }
      }
    }
    return Replace(std::move(next));
  }

  void Posteriors(const WeighedPattern& pattern, const std::vector<double>& prior,
                  const std::vector<std::vector<Distribution>>& odds, std::vector<double>& share) const {
    const PatternKey& key = pattern.key;
    double sum = pattern.label == Label::kSame ? 0 : 1;  // strangers
    for (std::size_t k = 0; k < share.size(); ++k) {
      double bits = prior[k] + key.rarities[k] * PatternKey::kBits;
      for (std::size_t c = 0; c < u_.size(); ++c) {
        if (key.levels[c] != kNoLevel) {
          bits += odds[k][c][static_cast<std::size_t>(key.levels[c])];
        }
      }
      share[k] = MayBe(k, pattern) ? std::exp2(bits) : 0;
      sum += share[k];
    }
    for (double& each : share) {
      each /= sum;
    }
  }

  // A person's word outweighs what is forbidden.
  bool MayBe(std::size_t k, const WeighedPattern& pattern) const {
    switch (pattern.label) {
      case Label::kSame:
        return mixture_.classes[k].same;
      case Label::kNotSame:
        return !mixture_.classes[k].same;
      case Label::kNotRelated:
        return mixture_.classes[k].same && !pattern.key.forbidden;
      default:
        return !mixture_.classes[k].same || !pattern.key.forbidden;
    }
  }

  double Replace(std::vector<PairClass> next) {
    double change = 0;
    for (std::size_t k = 0; k < next.size(); ++k) {
      PairClass& old = mixture_.classes[k];
      if (!next[k].same) {
        next[k].pairs = std::max(next[k].pairs - Cost(next[k]), 0.0);
      }
      change = std::max(change, std::abs(next[k].pairs - old.pairs) / std::max(next[k].pairs, 1.0));
      for (std::size_t c = 0; c < u_.size(); ++c) {
        for (std::size_t l = 0; l < u_[c].size(); ++l) {
          next[k].levels[c][l] /= next[k].heard[c] + kGuessedPairs;
        }
        if (next[k].differs[c]) {
          KeepFirst(u_[c].front(), next[k].levels[c]);
        }
        if (next[k].by[c]) {
          next[k].levels[c] = next.front().levels[c];
        }
        for (std::size_t l = 0; l < u_[c].size(); ++l) {
          change = std::max(change, std::abs(next[k].levels[c][l] - old.levels[c][l]));
        }
      }
    }
    mixture_.classes = std::move(next);
    return change;
  }

  const std::vector<WeighedPattern>& patterns_;
  double all_;
  const std::vector<Distribution>& u_;
  const std::vector<PairClass> guesses_;
  Mixture mixture_;
};

}  // namespace

Mixture Estimate(const std::vector<WeighedPattern>& patterns, double all, const std::vector<Distribution>& u,
                 std::vector<PairClass> guesses, const Mixture* begin) {
  return Estimator(patterns, all, u, std::move(guesses), begin).Run();
}

}  // namespace crossbill::linkage
