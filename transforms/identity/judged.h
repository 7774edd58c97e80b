// Comparing parties by weights of judgement (features.h, score.h): what is used where nothing was learnt.
#pragma once

#include <memory>
#include <string_view>

#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

inline constexpr int kJudgedThreshold = 600;  // hundredths of a bit

// `threshold`: the evidence of a pair from which it is a link. `country`: of a party that has none.
std::unique_ptr<const Comparer> MakeJudged(int threshold, std::string_view country);

}  // namespace crossbill::transforms
