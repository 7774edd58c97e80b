// What a model has learnt as a picture: for each comparison and level its weight as a bar, m and u beside it.
// A self-contained SVG without scripts and fonts of its own, the same for the same training. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "transforms/linkage/training.h"

namespace crossbill::linkage {

// `title`: the model's name, any text.
std::string RenderChart(const Model& model, const Training& training, std::string_view title);

}  // namespace crossbill::linkage
