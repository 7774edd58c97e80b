// What a model has learnt, as files for people to read and to keep: parameters as YAML with what they were
// learnt from in its comments, frequencies of values as lines of "field TAB value TAB share". Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "config/node.h"
#include "transforms/linkage/training.h"

namespace crossbill::linkage {

// `frequencies_file`: the name that the parameters give the frequencies, relative to their own; "" for none.
std::string RenderParameters(const Model& model, const Training& training, std::string_view frequencies_file);
std::string RenderFrequencies(const Model& model, const Weights& weights);

// A comparison and its levels as the files name them.
std::string_view NameOf(const Model& model, const Comparison& comparison);
std::string_view LevelText(const Comparison& comparison, std::size_t level);

// The parameters' `frequencies:`, to be read before them; "" where there are none.
std::string FrequenciesFileOf(const config::File& parameters);
// What does not fit the model is added to `problems`; the weights are only used when nothing was.
Weights ReadParameters(const config::File& parameters, const Model& model, std::string_view frequencies,
                       config::Problems& problems);

}  // namespace crossbill::linkage
