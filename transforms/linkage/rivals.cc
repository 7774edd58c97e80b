// binary-float (file): counts of pairs, which a mixture weighs
#include "transforms/linkage/rivals.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace crossbill::linkage {
namespace {

// Patterns with the same bytes weigh the same.
std::string BytesOf(const Model& model, const Pattern& pattern) {
  const auto bytes = [](const auto* values, std::size_t count) {
    return std::string_view(reinterpret_cast<const char*>(values), count * sizeof(*values));
  };
  std::string all(bytes(pattern.levels, model.comparisons.size()));
  all += bytes(&pattern.rarity, 1);
  all += bytes(pattern.related_rarity.data(), model.relations.size());
  all += pattern.forbidden ? 'f' : ' ';
  return all;
}

}  // namespace

Rivals::Rivals(const Model& model, const Records& records, const Blocks& blocks, const MayBePair& may_be_pair)
    : records_(records.size()), comparisons_(model.comparisons.size()) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (std::size_t rule = 0; rule < blocks.rules(); ++rule) {
    const std::size_t before = pairs_.size();
    blocks.VisitPairs(rule, [&](RecordNumber a, RecordNumber b) {
      if (!may_be_pair(a, b)) {
        return;
      }
      const Pattern pattern = Compare(model, records[a], records[b]);
      const auto [known, is_new] =
          numbers.emplace(BytesOf(model, pattern), static_cast<std::uint32_t>(patterns_.size()));
      if (is_new) {
        patterns_.push_back(pattern);
      }
      pairs_.push_back({a, b, known->second});
    });
    pairs_of_rules_.push_back(pairs_.size() - before);
  }
}

void Rivals::AppendPatterns(const Weights& weights, std::vector<WeighedPattern>& patterns) const {
  std::vector<int> scores, best(records_, std::numeric_limits<int>::min());
  for (const Pattern& pattern : patterns_) {
    scores.push_back(weights.Score(pattern));
  }
  for (const Pair& pair : pairs_) {
    best[pair.left] = std::max(best[pair.left], scores[pair.pattern]);
    best[pair.right] = std::max(best[pair.right], scores[pair.pattern]);
  }
  std::vector<std::array<double, 2>> counts(patterns_.size());  // of the best, and of others
  for (const Pair& pair : pairs_) {
    const int score = scores[pair.pattern];
    ++counts[pair.pattern][score == best[pair.left] && score == best[pair.right] ? 0 : 1];
  }
  std::map<std::pair<PatternKey, Label>, double> alike;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const PatternKey key(patterns_[i], comparisons_);
    alike[{key, Label::kNotRelated}] += counts[i][0];
    alike[{key, Label::kNotSame}] += counts[i][1];
  }
  for (const auto& [pattern, count] : alike) {
    patterns.push_back({pattern.first, count, pattern.second});
  }
}

}  // namespace crossbill::linkage
