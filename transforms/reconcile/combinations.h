// Which amounts make up a sum: a search that is bounded in its work. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "base/decimal.h"

namespace crossbill::transforms {

struct Combination {
  std::vector<int> parts;  // indices into the amounts, ascending; empty: there is none
  bool several = false;    // others make up the sum too
};

// Of two to `most` of the amounts, which are positive. Nothing when the search was given up.
std::optional<Combination> FindCombination(const std::vector<Decimal>& amounts, const Decimal& sum, int most);

}  // namespace crossbill::transforms
