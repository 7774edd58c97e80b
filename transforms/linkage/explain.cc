#include "transforms/linkage/explain.h"

namespace crossbill::linkage {
namespace {

std::string ValuesOf(const Profile& profile, std::size_t field) {
  std::string values;
  for (const Term* term : profile[field]) {
    values += values.empty() ? "" : ", ";
    values += term->text;
  }
  return values;
}

}  // namespace

std::vector<ScorePart> ExplainScore(const Model& model, const Weights& weights, const Profile& left,
                                    const Profile& right) {
  std::vector<ScorePart> parts = {{"prior", "", weights.prior, "", ""}};
  const Pattern pattern = Compare(model, left, right);
  PairOfRecords pair(left, right);
  for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
    const Comparison& comparison = model.comparisons[i];
    const std::string& field = model.fields[comparison.field].name;
    ScorePart part{field, "missing", 0, ValuesOf(left, comparison.field), ValuesOf(right, comparison.field)};
    const int level = pattern.levels[i];
    if (level != kNoLevel) {
      const auto index = static_cast<std::size_t>(level);
      part.level = index < comparison.levels.size() ? comparison.levels[index].text : "else";
      part.weight = weights.comparisons[i][index].weight;
    }
    parts.push_back(std::move(part));
    Pattern rarity;
    AddRarity(model, i, level, pair, rarity);
    if (rarity.rarity != 0) {
      parts.push_back({"rarity of " + field, "", rarity.rarity, "", ""});
    }
  }
  const Evidence evidence = weights.Weigh(pattern);
  const std::string kind =
      evidence.kind == kNoRelation ? "" : model.relations[static_cast<std::size_t>(evidence.kind)].name;
  if (evidence.change != 0) {
    parts.push_back({"change", kind, evidence.change, "", ""});
  }
  if (evidence.relation != 0) {
    parts.push_back({"relation", kind, evidence.relation, "", ""});
  }
  return parts;
}

}  // namespace crossbill::linkage
