// Why two records weigh what they do: the prior, each comparison's weight, and what rare values add. The
// parts add up to the score. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transforms/linkage/weights.h"

namespace crossbill::linkage {

struct ScorePart {
  std::string field;  // "prior"; a comparison's; "rarity of name"; "change"; "relation"
  std::string level;  // as the model has it; "else", or "missing" where a record has no value
  int weight = 0;     // hundredths of a bit
  std::string left;   // the values compared, in the form in which they are
  std::string right;
};

std::vector<ScorePart> ExplainScore(const Model& model, const Weights& weights, const Profile& left,
                                    const Profile& right);

}  // namespace crossbill::linkage
