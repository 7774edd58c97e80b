// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace crossbill::linkage {
namespace {

constexpr double kHundredths = 100;

int Hundredths(double bits) { return static_cast<int>(std::lround(bits * kHundredths)); }

// log2(1 + 2^-distance), both in hundredths.
int OddsAdded(int distance) {
  static const std::vector<int> table = [] {
    std::vector<int> values;
    for (int value = Hundredths(1); value > 0;) {
      value = Hundredths(std::log2(1 + std::exp2(-static_cast<double>(values.size()) / kHundredths)));
      values.push_back(value);
    }
    return values;
  }();
  return static_cast<std::size_t>(distance) < table.size() ? table[static_cast<std::size_t>(distance)] : 0;
}

}  // namespace

bool CanBeCompared(const Comparison& comparison, const PairOfRecords& pair) {
  return std::any_of(comparison.fields.begin(), comparison.fields.end(),
                     [&](std::size_t field) { return pair.BothHave(field); }) ||
         std::any_of(comparison.crossed.begin(), comparison.crossed.end(),
                     [&](const CrossedFields& fields) { return pair.HaveCrossed(fields); });
}

int LevelOf(const Comparison& comparison, PairOfRecords& pair) {
  if (!CanBeCompared(comparison, pair)) {
    return kNoLevel;
  }
  std::size_t level = 0;
  while (level < comparison.levels.size() && !pair.Holds(comparison.levels[level])) {
    ++level;
  }
  return static_cast<int>(level);
}

void AddRarity(const Model& model, std::size_t comparison, int level_number, PairOfRecords& pair,
               Pattern& pattern) {
  const std::vector<Level>& levels = model.comparisons[comparison].levels;
  if (!model.comparisons[comparison].frequencies || level_number == kNoLevel ||
      static_cast<std::size_t>(level_number) >= levels.size()) {
    return;
  }
  const auto field = levels[static_cast<std::size_t>(level_number)].exact_field;
  if (!field) {
    return;
  }
  const int rarity = pair.Common(*field)->rarity;
  pattern.rarity += rarity;
  for (std::size_t r = 0; r < model.relations.size(); ++r) {
    pattern.related_rarity[r] += model.relations[r].shares[comparison] ? rarity : 0;
  }
}

bool IsForbidden(const Model& model, PairOfRecords& pair) {
  return std::any_of(model.clusters.forbid.begin(), model.clusters.forbid.end(), [&](std::size_t field) {
    return pair.BothHave(field) && pair.Common(field) == nullptr;
  });
}

std::vector<Anchor> AnchorsOf(const Model& model, const Profile& profile) {
  std::vector<Anchor> anchors;
  for (const std::size_t field : model.clusters.forbid) {
    for (const Term* term : profile[field]) {
      anchors.push_back({static_cast<std::uint32_t>(field), term->hash});
    }
  }
  std::sort(anchors.begin(), anchors.end());
  anchors.erase(std::unique(anchors.begin(), anchors.end()), anchors.end());
  return anchors;
}

Pattern Compare(const Model& model, const Profile& left, const Profile& right) {
  Pattern pattern;
  PairOfRecords pair(left, right);
  for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
    const Comparison& comparison = model.comparisons[i];
    const int level = LevelOf(comparison, pair);
    pattern.levels[i] = static_cast<std::int8_t>(level);
    AddRarity(model, i, level, pair, pattern);
  }
  pattern.forbidden = IsForbidden(model, pair);
  return pattern;
}

std::string PrintShare(double share) { return fmt::format("{:.7g}", share); }

double AsPrinted(double share) {
  const std::string text = PrintShare(share);
  std::from_chars(text.data(), text.data() + text.size(), share);
  return share;
}

int AddOdds(int a, int b) { return std::max(a, b) + OddsAdded(std::abs(a - b)); }

void Weights::Round() {
  for (auto& levels : comparisons) {
    for (LevelWeight& level : levels) {
      level.weight = Hundredths(std::log2(level.m / level.u));
      for (std::size_t r = 0; r < relation_priors.size(); ++r) {
        level.related_weights[r] = Hundredths(std::log2(level.related[r] / level.u));
      }
    }
  }
}

void Weights::SetRecords(std::size_t count) {
  if (records == 0 || count == 0) {
    return;
  }
  const int shift = Hundredths(std::log2(static_cast<double>(records) / static_cast<double>(count)));
  prior += shift;
  for (int& relation : relation_priors) {
    relation += shift;
  }
  records = count;
}

int Weights::NoPartner(std::size_t left, std::size_t right) const {
  constexpr double kLeast = 0.01;
  const double odds = std::exp2(prior / kHundredths), chance = odds / (1 + odds);
  const double partners =
      chance * static_cast<double>(std::max(left, right));  // of a record of the smaller one
  return Hundredths(std::log2(std::max(1 - partners, kLeast)));
}

int Weights::RarityOf(std::size_t field, std::string_view text) const {
  const Frequencies& known = frequencies[field];
  const auto found = known.of_values.find(std::string(text));
  const double frequency = found == known.of_values.end() ? known.of_others : found->second;
  return frequency > 0 && known.same > 0 ? Hundredths(std::log2(known.same / frequency)) : 0;
}

Evidence Weights::Weigh(const Pattern& pattern) const {
  int alike = prior + pattern.rarity;
  std::array<int, kMostRelations> odds{};
  const std::size_t relations = relation_priors.size();
  for (std::size_t r = 0; r < relations; ++r) {
    odds[r] = relation_priors[r] + pattern.related_rarity[r];
  }
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    if (pattern.levels[i] != kNoLevel) {
      const LevelWeight& level = comparisons[i][static_cast<std::size_t>(pattern.levels[i])];
      alike += level.weight;
      for (std::size_t r = 0; r < relations; ++r) {
        odds[r] += level.related_weights[r];
      }
    }
  }
  Evidence evidence;
  evidence.against_strangers = alike;
  int as_one = alike, others = 0, best = std::max(alike, 0);
  for (std::size_t r = 0; r < relations; ++r) {
    int& sum = same[r] ? as_one : others;
    sum = AddOdds(sum, odds[r]);
    if (odds[r] > best) {
      best = odds[r];
      evidence.kind = static_cast<int>(r);
    }
  }
  evidence.change = as_one - alike;
  evidence.relation = -others;
  return evidence;
}

}  // namespace crossbill::linkage
