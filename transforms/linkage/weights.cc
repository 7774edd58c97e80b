// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace crossbill::linkage {
namespace {

constexpr double kHundredths = 100;

int LevelOf(const Comparison& comparison, PairOfRecords& pair, int& rarity) {
  const auto both_have = [&](std::size_t field) { return pair.BothHave(field); };
  if (std::none_of(comparison.fields.begin(), comparison.fields.end(), both_have)) {
    return kNoLevel;
  }
  std::size_t level = 0;
  while (level < comparison.levels.size() && !pair.Holds(comparison.levels[level])) {
    ++level;
  }
  if (comparison.frequencies && level < comparison.levels.size() && comparison.levels[level].IsExact()) {
    rarity += pair.Common(comparison.field)->rarity;
  }
  return static_cast<int>(level);
}

}  // namespace

Pattern Compare(const Model& model, const Profile& left, const Profile& right) {
  Pattern pattern;
  PairOfRecords pair(left, right);
  for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
    pattern.levels[i] = static_cast<std::int8_t>(LevelOf(model.comparisons[i], pair, pattern.rarity));
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
