// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace crossbill::linkage {
namespace {

constexpr double kHundredths = 100;

}  // namespace

int LevelOf(const Comparison& comparison, const Profile& left, const Profile& right, int& rarity) {
  const auto a = left[comparison.field], b = right[comparison.field];
  if (a.empty() || b.empty()) {
    return kNoLevel;
  }
  std::size_t best = comparison.levels.size();
  for (std::size_t i = 0; i < best; ++i) {
    if (comparison.levels[i].kind == Level::Kind::kExchanged &&
        IsExchanged(comparison.levels[i], comparison.field, left, right)) {
      best = i;
    }
  }
  for (const Term* x : a) {
    for (const Term* y : b) {
      PairOfTerms pair(*x, *y);
      for (std::size_t i = 0; i < best; ++i) {
        if (pair.Holds(comparison.levels[i])) {
          best = i;
          rarity = comparison.levels[i].kind == Level::Kind::kExact ? x->rarity : 0;
          break;
        }
      }
      if (best == 0) {
        return 0;
      }
    }
  }
  return static_cast<int>(best);
}

Pattern Compare(const Model& model, const Profile& left, const Profile& right) {
  Pattern pattern;
  for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
    int rarity = 0;
    pattern.levels[i] = static_cast<std::int8_t>(LevelOf(model.comparisons[i], left, right, rarity));
    pattern.rarity += model.comparisons[i].frequencies ? rarity : 0;
  }
  return pattern;
}

std::string PrintShare(double share) { return fmt::format("{:.7g}", share); }

double AsPrinted(double share) {
  const std::string text = PrintShare(share);
  std::from_chars(text.data(), text.data() + text.size(), share);
  return share;
}

void Weights::Round() {
  for (auto& levels : comparisons) {
    for (LevelWeight& level : levels) {
      level.weight = static_cast<int>(std::lround(std::log2(level.m / level.u) * kHundredths));
    }
  }
}

int Weights::RarityOf(std::size_t comparison, std::string_view text) const {
  const Frequencies& known = frequencies[comparison];
  const auto found = known.of_values.find(std::string(text));
  const double frequency = found == known.of_values.end() ? known.of_others : found->second;
  if (frequency <= 0) {
    return 0;
  }
  return static_cast<int>(
      std::lround(std::log2(comparisons[comparison].front().u / frequency) * kHundredths));
}

int Weights::Score(const Pattern& pattern) const {
  int score = prior + pattern.rarity;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    if (pattern.levels[i] != kNoLevel) {
      score += comparisons[i][static_cast<std::size_t>(pattern.levels[i])].weight;
    }
  }
  return score;
}

}  // namespace crossbill::linkage
