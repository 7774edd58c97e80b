// binary-float (file): frequencies, of which integers of hundredths of a bit are made
#include "transforms/linkage/scorer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <span>

namespace crossbill::linkage {

Scorer::Scorer(const Model& model, const Weights& weights) : model_(model), weights_(weights) {
  for (const Comparison& comparison : model.comparisons) {
    exact_first_.push_back(comparison.levels.front().IsExact() &&
                           comparison.levels.front().conditions.front().field == comparison.field);
    looks_at_.push_back(0);
    for (const std::size_t field : comparison.fields) {
      looks_at_.back() |= std::uint32_t{1} << field;
    }
  }
  ways_.push_back(WayOf(kNoRelation));
  for (std::size_t r = 0; r < weights.same.size(); ++r) {
    if (weights.same[r]) {
      ways_.push_back(WayOf(static_cast<int>(r)));
    }
  }
  std::vector<int> spread;
  for (std::size_t c = 0; c < model.comparisons.size(); ++c) {
    spread.push_back(ways_.front().caps[c].any - weights.comparisons[c].back().weight);
  }
  order_.resize(spread.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(-spread[a], a) < std::pair(-spread[b], b);
  });
}

Scorer::Way Scorer::WayOf(int relation) const {
  Way way;
  way.relation = relation;
  way.prior =
      relation == kNoRelation ? weights_.prior : weights_.relation_priors[static_cast<std::size_t>(relation)];
  for (std::size_t c = 0; c < model_.comparisons.size(); ++c) {
    const Comparison& comparison = model_.comparisons[c];
    Cap cap{std::numeric_limits<int>::min(), std::numeric_limits<int>::min()};
    for (std::size_t l = 0; l < comparison.LevelCount(); ++l) {
      int most = WeightOf(relation, c, l);
      const auto exact = l < comparison.levels.size() ? comparison.levels[l].exact_field : std::nullopt;
      if (comparison.frequencies && exact) {
        most += std::max(0, MostRarity(*exact));
      }
      cap.any = std::max(cap.any, most);
      cap.below_exact = l == 0 ? cap.below_exact : std::max(cap.below_exact, most);
    }
    way.caps.push_back(cap);
  }
  return way;
}

int Scorer::WeightOf(int relation, std::size_t comparison, std::size_t level) const {
  const LevelWeight& weight = weights_.comparisons[comparison][level];
  return relation == kNoRelation ? weight.weight : weight.related_weights[static_cast<std::size_t>(relation)];
}

int Scorer::MostRarity(std::size_t field) const {
  const Frequencies& known = weights_.frequencies[field];
  int most = weights_.RarityOf(field, "");  // of a value that is not listed
  for (const auto& [value, share] : known.of_values) {
    most = std::max(most, weights_.RarityOf(field, value));
  }
  return most;
}

bool Scorer::IsEnough(const Sums& sums, int least) const {
  int most = sums[0];
  for (std::size_t w = 1; w < ways_.size(); ++w) {
    most = AddOdds(most, sums[w]);
  }
  return most >= least;
}

void Scorer::MostOf(std::size_t comparison, const RecordOutline& left, const RecordOutline& right,
                    Sums& most) const {
  const Comparison& compared = model_.comparisons[comparison];
  for (std::size_t w = 0; w < ways_.size(); ++w) {
    most[w] = WeightOf(ways_[w].relation, comparison, compared.levels.size());
  }
  for (std::size_t l = 0; l < compared.levels.size(); ++l) {
    const Level& level = compared.levels[l];
    int rarity = 0;
    if (const auto exact = level.exact_field) {
      const auto common = MostCommonRarity(*exact, left, right);
      if (!common) {
        continue;
      }
      rarity = compared.frequencies ? *common : 0;
    }
    if (!level.IsExact() && !MayHold(level, left, right)) {
      continue;
    }
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      const int relation = ways_[w].relation;
      const bool counts =
          relation == kNoRelation || model_.relations[static_cast<std::size_t>(relation)].shares[comparison];
      most[w] = std::max(most[w], WeightOf(relation, comparison, l) + (counts ? rarity : 0));
    }
  }
}

bool Scorer::CanBeCompared(std::size_t comparison, const RecordOutline& left,
                           const RecordOutline& right) const {
  const std::vector<CrossedFields>& crossed = model_.comparisons[comparison].crossed;
  return (left.has() & right.has() & looks_at_[comparison]) != 0 ||
         std::any_of(crossed.begin(), crossed.end(), [&](const CrossedFields& fields) {
           return HaveCrossed(fields, left.has(), right.has());
         });
}

bool Scorer::MayWeigh(const RecordOutline& left, const RecordOutline& right, int least) const {
  Sums sums{};
  for (std::size_t w = 0; w < ways_.size(); ++w) {
    sums[w] = ways_[w].prior;
  }
  std::array<std::size_t, kMostComparisons> compared{};
  std::size_t count = 0;
  for (const std::size_t c : order_) {
    if (CanBeCompared(c, left, right)) {
      compared[count++] = c;
      for (std::size_t w = 0; w < ways_.size(); ++w) {
        sums[w] += ways_[w].caps[c].any;
      }
    }
  }
  Sums most{};
  for (const std::size_t c : std::span(compared).first(count)) {
    MostOf(c, left, right, most);
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      sums[w] += most[w] - ways_[w].caps[c].any;
    }
    if (!IsEnough(sums, least)) {
      return false;
    }
  }
  return true;
}

std::optional<Evidence> Scorer::Weigh(const Profile& left, const Profile& right, int least) const {
  PairOfRecords pair(left, right);
  Pattern pattern;
  // For each way what is known, and for what is not yet the most that it can be.
  Sums bounds{};
  for (std::size_t w = 0; w < ways_.size(); ++w) {
    bounds[w] = ways_[w].prior;
  }
  const auto add_cap = [&](std::size_t c, int sign) {
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      const Cap& cap = ways_[w].caps[c];
      bounds[w] += sign * (exact_first_[c] ? cap.below_exact : cap.any);
    }
  };
  const auto rarity_of = [&](std::size_t w) {
    const int relation = ways_[w].relation;
    return relation == kNoRelation ? pattern.rarity
                                   : pattern.related_rarity[static_cast<std::size_t>(relation)];
  };
  const auto add = [&](std::size_t c, int level) {
    pattern.levels[c] = static_cast<std::int8_t>(level);
    if (level == kNoLevel) {
      return;
    }
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      bounds[w] += WeightOf(ways_[w].relation, c, static_cast<std::size_t>(level)) - rarity_of(w);
    }
    AddRarity(model_, c, level, pair, pattern);
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      bounds[w] += rarity_of(w);
    }
  };
  std::array<std::size_t, kMostComparisons> open{};
  std::size_t open_count = 0;
  for (const std::size_t c : order_) {
    const Comparison& comparison = model_.comparisons[c];
    if (!linkage::CanBeCompared(comparison, pair)) {
      add(c, kNoLevel);
    } else if (exact_first_[c] && pair.Common(comparison.field) != nullptr) {
      add(c, 0);
    } else {
      add_cap(c, 1);
      open[open_count++] = c;
    }
  }
  for (std::size_t i = 0; i < open_count && IsEnough(bounds, least); ++i) {
    add_cap(open[i], -1);
    add(open[i], LevelOf(model_.comparisons[open[i]], pair));
  }
  if (!IsEnough(bounds, least)) {
    return std::nullopt;
  }
  return weights_.Weigh(pattern);
}

}  // namespace crossbill::linkage
