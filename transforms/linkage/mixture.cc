// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/mixture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace crossbill::linkage {
namespace {

constexpr int kMostRounds = 100;
constexpr double kSettled = 1e-4;
constexpr double kGuessedPairs = 20;  // that a guess weighs as much as
constexpr std::size_t kMostClasses = 1 + kMostRelations;

// Patterns are looked at in so many parts, whose sums are added in order: the same on any number of threads.
constexpr std::size_t kParts = 16;

class Estimator {
 public:
  Estimator(const std::vector<WeighedPattern>& patterns, double all, const std::vector<Distribution>& u,
            std::vector<PairClass> guesses, const Mixture* begin, const ForEachPart& for_each_part)
      : patterns_(patterns),
        all_(all),
        u_(u),
        guesses_(std::move(guesses)),
        classes_(guesses_.size()),
        for_each_part_(for_each_part) {
    mixture_.classes = begin != nullptr ? begin->classes : guesses_;
    for (const Distribution& levels : u_) {
      first_row_.push_back(rows_);
      rows_ += levels.size();
    }
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
  // A number for each level of each comparison and each class: the classes of a level stand together.
  using Table = std::vector<double>;
  // Expected pairs: at each level, and in all.
  struct Sums {
    Table at_levels;
    std::vector<double> pairs;
  };

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

  std::size_t Place(std::size_t comparison, std::size_t level) const {
    return (first_row_[comparison] + level) * classes_;
  }

  // The greatest change of a probability.
  double Step() {
    std::vector<double> prior(classes_);
    Table odds(rows_ * classes_);
    for (std::size_t k = 0; k < classes_; ++k) {
      prior[k] = std::log2(std::max(mixture_.classes[k].pairs, 1.0) / all_);
      for (std::size_t c = 0; c < u_.size(); ++c) {
        for (std::size_t l = 0; l < u_[c].size(); ++l) {
          odds[Place(c, l) + k] = std::log2(mixture_.classes[k].levels[c][l] / u_[c][l]);
        }
      }
    }
    return Replace(NextClasses(Expected(prior, odds)));
  }

  Sums Expected(const std::vector<double>& prior, const Table& odds) const {
    const Sums none{Table(rows_ * classes_), std::vector<double>(classes_)};
    std::vector<Sums> parts(kParts, none);
    const auto work = [&](std::size_t part) {
      const std::size_t first = patterns_.size() * part / kParts;
      const std::size_t last = patterns_.size() * (part + 1) / kParts;
      for (std::size_t i = first; i < last; ++i) {
        AddExpected(patterns_[i], prior, odds, parts[part]);
      }
    };
    CallForEach(for_each_part_, kParts, work);
    Sums sums = none;
    const auto add = [](const std::vector<double>& from, std::vector<double>& to) {
      std::transform(from.begin(), from.end(), to.begin(), to.begin(), std::plus<>());
    };
    for (const Sums& part : parts) {
      add(part.at_levels, sums.at_levels);
      add(part.pairs, sums.pairs);
    }
    return sums;
  }

  void AddExpected(const WeighedPattern& pattern, const std::vector<double>& prior, const Table& odds,
                   Sums& sums) const {
    std::array<double, kMostClasses> pairs{};
    std::array<std::size_t, kMostComparisons> places{};
    std::size_t heard = 0;
    for (std::size_t c = 0; c < u_.size(); ++c) {
      if (const std::int8_t level = pattern.key.levels[c]; level != kNoLevel) {
        places[heard++] = Place(c, static_cast<std::size_t>(level));
      }
    }
    for (std::size_t k = 0; k < classes_; ++k) {
      pairs[k] = prior[k] + pattern.key.rarities[k] * PatternKey::kBits;
    }
    for (std::size_t i = 0; i < heard; ++i) {
      for (std::size_t k = 0; k < classes_; ++k) {
        pairs[k] += odds[places[i] + k];
      }
    }
    double sum = pattern.label == Label::kSame ? 0 : 1;  // strangers
    for (std::size_t k = 0; k < classes_; ++k) {
      pairs[k] = MayBe(k, pattern) ? std::exp2(pairs[k]) : 0;
      sum += pairs[k];
    }
    for (std::size_t k = 0; k < classes_; ++k) {
      pairs[k] *= pattern.pairs / sum;
      sums.pairs[k] += pairs[k];
    }
    for (std::size_t i = 0; i < heard; ++i) {
      for (std::size_t k = 0; k < classes_; ++k) {
        sums.at_levels[places[i] + k] += pairs[k];
      }
    }
  }

  // With the guesses, which count as some pairs.
  std::vector<PairClass> NextClasses(const Sums& sums) const {
    std::vector<PairClass> next = guesses_;
    for (std::size_t k = 0; k < classes_; ++k) {
      next[k].pairs = sums.pairs[k];
      next[k].heard.assign(u_.size(), 0);
      for (std::size_t c = 0; c < u_.size(); ++c) {
        for (std::size_t l = 0; l < u_[c].size(); ++l) {
          const double pairs = sums.at_levels[Place(c, l) + k];
          next[k].heard[c] += pairs;
          next[k].levels[c][l] = next[k].levels[c][l] * kGuessedPairs + pairs;
        }
      }
    }
    return next;
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
  const std::size_t classes_;
  const ForEachPart& for_each_part_;
  std::vector<std::size_t> first_row_;  // of each comparison, in a table
  std::size_t rows_ = 0;
  Mixture mixture_;
};

}  // namespace

Mixture Estimate(const std::vector<WeighedPattern>& patterns, double all, const std::vector<Distribution>& u,
                 std::vector<PairClass> guesses, const Mixture* begin, const ForEachPart& for_each_part) {
  return Estimator(patterns, all, u, std::move(guesses), begin, for_each_part).Run();
}

}  // namespace crossbill::linkage
