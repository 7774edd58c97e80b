// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/training.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace crossbill::linkage {
namespace {

constexpr int kMostRounds = 200;
constexpr double kSettled = 1e-5;
constexpr double kRareRecords = 2;  // a value that more records have is listed with its frequency
constexpr double kLeast = 1e-7;     // of m and u: nothing is impossible

using Distribution = std::vector<double>;  // over the levels of a comparison

// Different patterns with how many pairs have them.
class Patterns {
 public:
  explicit Patterns(std::size_t comparisons) : comparisons_(comparisons) {}
  void Add(const Pattern& pattern) {
    ++counts_[std::string(reinterpret_cast<const char*>(pattern.levels), comparisons_)];
  }
  std::size_t size() const { return counts_.size(); }
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& [levels, count] : counts_) {
      visit(reinterpret_cast<const std::int8_t*>(levels.data()), static_cast<double>(count));
    }
  }

 private:
  std::size_t comparisons_;
  std::map<std::string, std::size_t> counts_;  // ordered: sums of doubles depend on it
};

// Most agree closely: where to begin.
Distribution FirstGuess(std::size_t levels) {
  constexpr double kExact = 0.85, kElse = 0.05;
  Distribution m(levels, levels > 2 ? (1 - kExact - kElse) / static_cast<double>(levels - 2) : 0);
  m.front() = levels > 2 ? kExact : 1 - kElse;
  m.back() = kElse;
  return m;
}

void Normalise(Distribution& distribution) {
  double sum = 0;
  for (double& share : distribution) {
    share = std::max(share, kLeast);
    sum += share;
  }
  for (double& share : distribution) {
    share /= sum;
  }
}

class Trainer {
 public:
  Trainer(const Model& model, Records& records, const Blocks& blocks, const TrainingOptions& options)
      : model_(model), records_(records), blocks_(blocks), options_(options), u_(model.comparisons.size()) {}

  Training Run() {
    LearnU();
    LearnM();
    LearnFrequencies();
    result_.weights.Round();
    ApplyFrequencies(model_, result_.weights, records_);
    LearnPrior();
    return std::move(result_);
  }

 private:
  void LearnU() {
    std::mt19937_64 chance(options_.seed);
    const std::uint64_t n = records_.size();
    for (std::size_t i = 0; i < u_.size(); ++i) {
      u_[i].assign(model_.comparisons[i].LevelCount(), 0);
    }
    for (std::size_t i = 0; n > 1 && i < options_.random_pairs; ++i) {
      const auto a = static_cast<RecordNumber>(chance() % n), b = static_cast<RecordNumber>(chance() % n);
      if (a == b || IsExcluded(a, b)) {
        continue;
      }
      const Pattern pattern = Compare(model_, records_[a], records_[b]);
      for (std::size_t c = 0; c < u_.size(); ++c) {
        if (pattern.levels[c] != kNoLevel) {
          ++u_[c][static_cast<std::size_t>(pattern.levels[c])];
        }
      }
    }
    for (std::size_t c = 0; c < u_.size(); ++c) {
      Normalise(u_[c]);
      if (model_.comparisons[c].levels.front().IsExact()) {
        u_[c].front() = std::max(ChanceOfSameValue(model_.comparisons[c].field), kLeast);
        Normalise(u_[c]);
      }
    }
  }

  void LearnFrequencies() {
    result_.weights.frequencies.resize(model_.comparisons.size());
    for (std::size_t c = 0; c < model_.comparisons.size(); ++c) {
      if (!model_.comparisons[c].frequencies) {
        continue;
      }
      double all = 0;
      for (const Records::Value& value : records_.values(model_.comparisons[c].field)) {
        all += value.records;
      }
      Frequencies& frequencies = result_.weights.frequencies[c];
      frequencies.of_others = AsPrinted(kRareRecords / std::max(all, kRareRecords));
      for (const Records::Value& value : records_.values(model_.comparisons[c].field)) {
        if (value.records > kRareRecords) {
          frequencies.of_values.emplace(value.term.text, AsPrinted(value.records / all));
        }
      }
    }
  }

  bool IsExcluded(RecordNumber a, RecordNumber b) const {
    return model_.clusters.one_per_system && records_.system(a) == records_.system(b);
  }

  // That two records picked at random have the same value; counted, where a sample would be rough.
  double ChanceOfSameValue(std::size_t field) const {
    double all = 0, same = 0;
    for (const Records::Value& value : records_.values(field)) {
      const double n = value.records;
      all += n;
      same += n * (n - 1);
    }
    return all > 1 ? same / (all * (all - 1)) : 0;
  }

  void LearnM() {
    const std::size_t comparisons = model_.comparisons.size();
    std::vector<Distribution> sums(comparisons);
    std::vector<double> heard(comparisons, 0);
    for (std::size_t rule = 0; rule < blocks_.rules(); ++rule) {
      const Patterns patterns = PatternsOf(rule);
      std::vector<bool> used(comparisons);
      for (std::size_t c = 0; c < comparisons; ++c) {
        used[c] = !IsShared(rule, model_.comparisons[c].fields);
      }
      std::vector<Distribution> m(comparisons);
      RuleTraining& training = result_.rules.emplace_back();
      Maximise(patterns, used, m, training);
      for (std::size_t c = 0; c < comparisons; ++c) {
        if (used[c] && training.matches > 0) {
          sums[c].resize(m[c].size());
          heard[c] += training.matches;
          for (std::size_t l = 0; l < m[c].size(); ++l) {
            sums[c][l] += m[c][l] * training.matches;
          }
        }
      }
    }
    result_.weights.comparisons.resize(comparisons);
    for (std::size_t c = 0; c < comparisons; ++c) {
      result_.learnt.push_back(heard[c] > 0);
      Distribution m = heard[c] > 0 ? sums[c] : FirstGuess(model_.comparisons[c].LevelCount());
      Normalise(m);
      for (std::size_t l = 0; l < m.size(); ++l) {
        result_.weights.comparisons[c].push_back({AsPrinted(m[l]), AsPrinted(u_[c][l]), 0});
      }
    }
  }

  // Whether a rule's records have one of the fields in common.
  bool IsShared(std::size_t rule, const std::vector<std::size_t>& fields) const {
    const auto& key = model_.blocks[rule].keys.front();
    return std::any_of(key.begin(), key.end(), [&](const KeyPart& part) {
      return std::find(fields.begin(), fields.end(), part.field) != fields.end();
    });
  }

  Patterns PatternsOf(std::size_t rule) const {
    Patterns patterns(model_.comparisons.size());
    std::size_t pairs = 0;
    for (std::size_t block = 0; block < blocks_.blocks(rule) && pairs < options_.pairs_of_rule; ++block) {
      blocks_.VisitBlock(rule, block, [&](RecordNumber a, RecordNumber b) {
        if (!IsExcluded(a, b)) {
          patterns.Add(Compare(model_, records_[a], records_[b]));
          ++pairs;
        }
      });
    }
    return patterns;
  }

  void Maximise(const Patterns& patterns, const std::vector<bool>& used, std::vector<Distribution>& m,
                RuleTraining& training) const {
    for (std::size_t c = 0; c < m.size(); ++c) {
      m[c] = FirstGuess(model_.comparisons[c].LevelCount());
    }
    double share = 0.5;
    for (training.rounds = 1; training.rounds <= kMostRounds; ++training.rounds) {
      std::vector<Distribution> next(m.size());
      for (std::size_t c = 0; c < m.size(); ++c) {
        next[c].assign(m[c].size(), 0);
      }
      double matches = 0, all = 0;
      patterns.ForEach([&](const std::int8_t* levels, double count) {
        const double same = count * Posterior(levels, used, m, share);
        matches += same;
        all += count;
        for (std::size_t c = 0; c < m.size(); ++c) {
          if (used[c] && levels[c] != kNoLevel) {
            next[c][static_cast<std::size_t>(levels[c])] += same;
          }
        }
      });
      training.pairs = static_cast<std::size_t>(all);
      training.matches = matches;
      if (all == 0) {
        return;
      }
      double change = std::abs(matches / all - share);
      share = std::clamp(matches / all, kLeast, 1 - kLeast);
      for (std::size_t c = 0; c < m.size(); ++c) {
        Normalise(next[c]);
        for (std::size_t l = 0; used[c] && l < m[c].size(); ++l) {
          change = std::max(change, std::abs(next[c][l] - m[c][l]));
        }
      }
      m = std::move(next);
      if (change < kSettled) {
        return;
      }
    }
  }

  double Posterior(const std::int8_t* levels, const std::vector<bool>& used,
                   const std::vector<Distribution>& m, double share) const {
    double odds = share / (1 - share);
    for (std::size_t c = 0; c < m.size(); ++c) {
      if (used[c] && levels[c] != kNoLevel) {
        const auto level = static_cast<std::size_t>(levels[c]);
        odds *= m[c][level] / u_[c][level];
      }
    }
    return odds / (1 + odds);
  }

  // How likely two records picked at random are the same follows from how many of the candidates are.
  void LearnPrior() {
    std::map<int, double> scores;  // without the prior, with how many pairs have them
    for (std::size_t rule = 0; rule < blocks_.rules(); ++rule) {
      blocks_.VisitPairs(rule, [&](RecordNumber a, RecordNumber b) {
        if (!IsExcluded(a, b)) {
          ++scores[result_.weights.Score(Compare(model_, records_[a], records_[b]))];
        }
      });
    }
    const double n = static_cast<double>(records_.size());
    const double all = std::max(n * (n - 1) / 2, 2.0);
    double prior = std::log2(1 / n);
    for (int round = 0; round < kMostRounds; ++round) {
      double matches = 0;
      for (const auto& [score, count] : scores) {
        matches += count / (1 + std::exp2(-(score / 100.0 + prior)));
      }
      matches = std::clamp(matches, 1.0, all - 1);
      const double next = std::log2(matches / (all - matches));
      result_.matches = matches;
      if (std::abs(next - prior) < kSettled) {
        break;
      }
      prior = next;
    }
    result_.weights.prior = static_cast<int>(std::lround(prior * 100));
  }

  const Model& model_;
  Records& records_;
  const Blocks& blocks_;
  const TrainingOptions& options_;
  std::vector<Distribution> u_;
  Training result_;
};

}  // namespace

void ApplyFrequencies(const Model& model, const Weights& weights, Records& records) {
  for (std::size_t c = 0; c < model.comparisons.size(); ++c) {
    if (model.comparisons[c].frequencies) {
      records.SetRarities(model.comparisons[c].field,
                          [&](std::string_view text) { return weights.RarityOf(c, text); });
    }
  }
}

Training Train(const Model& model, Records& records, const Blocks& blocks, const TrainingOptions& options) {
  return Trainer(model, records, blocks, options).Run();
}

}  // namespace crossbill::linkage
