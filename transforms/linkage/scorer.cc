// binary-float (file): frequencies, of which integers of hundredths of a bit are made
#include "transforms/linkage/scorer.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace crossbill::linkage {

Scorer::Scorer(const Model& model, const Weights& weights) : model_(model), weights_(weights) {
  std::vector<int> spread;
  for (std::size_t c = 0; c < model.comparisons.size(); ++c) {
    const Comparison& comparison = model.comparisons[c];
    Cap cap;
    cap.any = cap.below_exact = std::numeric_limits<int>::min();
    cap.exact_first = comparison.levels.front().IsExact() &&
                      comparison.levels.front().conditions.front().field == comparison.field;
    for (std::size_t l = 0; l < comparison.LevelCount(); ++l) {
      int most = weights.comparisons[c][l].weight;
      if (comparison.frequencies && l < comparison.levels.size() && comparison.levels[l].IsExact()) {
        most += MostRarity(comparison.levels[l].conditions.front().field);
      }
      cap.any = std::max(cap.any, most);
      cap.below_exact = l == 0 ? cap.below_exact : std::max(cap.below_exact, most);
    }
    spread.push_back(cap.any - weights.comparisons[c].back().weight);
    caps_.push_back(cap);
  }
  order_.resize(caps_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(-spread[a], a) < std::pair(-spread[b], b);
  });
}

int Scorer::MostRarity(std::size_t field) const {
  const Frequencies& known = weights_.frequencies[field];
  int most = weights_.RarityOf(field, "");  // of a value that is not listed
  for (const auto& [value, share] : known.of_values) {
    most = std::max(most, weights_.RarityOf(field, value));
  }
  return most;
}

std::optional<Scorer::Score> Scorer::Weigh(const Profile& left, const Profile& right, int least) const {
  PairOfRecords pair(left, right);
  Pattern pattern;
  // What is known, and for what is not yet the most that it can be.
  int bound = weights_.prior;
  std::size_t open[kMostComparisons];
  std::size_t open_count = 0;
  const auto add = [&](std::size_t c, int level) {
    pattern.levels[c] = static_cast<std::int8_t>(level);
    if (level == kNoLevel) {
      return;
    }
    const int rarity = pattern.rarity;
    AddRarity(model_, c, level, pair, pattern);
    bound += weights_.comparisons[c][static_cast<std::size_t>(level)].weight + pattern.rarity - rarity;
  };
  for (const std::size_t c : order_) {
    const Comparison& comparison = model_.comparisons[c];
    if (std::none_of(comparison.fields.begin(), comparison.fields.end(),
                     [&](std::size_t field) { return pair.BothHave(field); })) {
      add(c, kNoLevel);
    } else if (caps_[c].exact_first && pair.Common(comparison.field) != nullptr) {
      add(c, 0);
    } else {
      bound += caps_[c].exact_first ? caps_[c].below_exact : caps_[c].any;
      open[open_count++] = c;
    }
  }
  for (std::size_t i = 0; i < open_count && bound >= least; ++i) {
    const std::size_t c = open[i];
    bound -= caps_[c].exact_first ? caps_[c].below_exact : caps_[c].any;
    add(c, LevelOf(model_.comparisons[c], pair));
  }
  if (bound < least) {
    return std::nullopt;
  }
  pattern.forbidden = IsForbidden(model_, pair);
  return Score{bound, weights_.RelationOf(pattern)};
}

}  // namespace crossbill::linkage
