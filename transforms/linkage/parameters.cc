// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "config/reader.h"
#include "crossbill/config/v1/linkage.pb.h"

namespace crossbill::linkage {
namespace {

constexpr std::string_view kElse = "else";
constexpr std::string_view kOthers = "*";  // stands for the values that are not listed
constexpr std::string_view kSame = "=";    // that two records have the same value
constexpr std::size_t kMostFrequenciesBytes = 256u << 20;

bool ReadShare(std::string_view text, double& share) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  return error == std::errc() && end == text.data() + text.size() && share > 0 && share <= 1;
}

std::string_view TakeUntil(std::string_view& rest, char end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

std::string RenderRelated(const Model& model, const LevelWeight& level) {
  std::string text;
  for (std::size_t r = 0; r < model.relations.size(); ++r) {
    text += fmt::format("{}\"{}\"", r == 0 ? ", related: [" : ", ", PrintShare(level.related[r]));
  }
  return text.empty() ? text : text + "]";
}

class ParametersReader {
 public:
  ParametersReader(const config::File& file, const Model& model, config::Problems& problems)
      : file_(file), model_(model), problems_(problems) {}

  Weights Read(std::string_view frequencies) {
    config::ReadMessage(file_, file_.root, "", {&message_}, problems_);
    if (problems_.HasErrors()) {
      return {};
    }
    const auto prior = ParseBits(message_.prior());
    if (prior.ok()) {
      weights_.prior = *prior;
    } else {
      Report("prior", prior.error().message());
    }
    weights_.records = static_cast<std::size_t>(std::max(message_.records(), 0));
    ReadRelations();
    const auto count = static_cast<std::size_t>(message_.comparisons_size());
    if (count != model_.comparisons.size()) {
      Report("comparisons",
             fmt::format("{} comparisons, and the model has {}", count, model_.comparisons.size()));
      return {};
    }
    for (std::size_t c = 0; c < count; ++c) {
      ReadComparison(model_.comparisons[c], message_.comparisons(static_cast<int>(c)));
    }
    if (problems_.HasErrors()) {
      return {};
    }
    weights_.Round();
    ReadFrequencies(frequencies);
    return std::move(weights_);
  }

 private:
  void Report(std::string_view key, std::string message) {
    const config::Node* node = file_.root.Find(key);
    problems_.Add(
        config::ProblemAt(file_, node == nullptr ? file_.root.at : node->at, Code::kConfigValue,
                          std::move(message) + "; these parameters are another model's: train it again"));
  }

  void ReadRelations() {
    const auto count = static_cast<std::size_t>(message_.relations_size());
    if (count != model_.relations.size()) {
      Report("relations", fmt::format("{} relations, and the model has {}", count, model_.relations.size()));
      return;
    }
    for (std::size_t r = 0; r < count; ++r) {
      const auto& spec = message_.relations(static_cast<int>(r));
      const auto prior = ParseBits(spec.prior());
      if (spec.name() != model_.relations[r].name || !prior.ok()) {
        Report("relations", fmt::format("expected \"{}\" with a prior in bits", model_.relations[r].name));
        return;
      }
      weights_.relation_priors.push_back(*prior);
      weights_.same.push_back(model_.relations[r].same);
    }
  }

  bool ReadRelated(const config::v1::LinkageLevel& spec, LevelWeight& level) const {
    if (static_cast<std::size_t>(spec.related_size()) != model_.relations.size()) {
      return false;
    }
    for (std::size_t r = 0; r < model_.relations.size(); ++r) {
      if (!ReadShare(spec.related(static_cast<int>(r)), level.related[r])) {
        return false;
      }
    }
    return true;
  }

  void ReadComparison(const Comparison& comparison, const config::v1::LinkageWeights& spec) {
    auto& levels = weights_.comparisons.emplace_back();
    const std::string_view name = NameOf(model_, comparison);
    if (spec.field() != name || static_cast<std::size_t>(spec.levels_size()) != comparison.LevelCount()) {
      Report("comparisons", fmt::format("\"{}\" with {} levels where the model has \"{}\" with {}",
                                        spec.field(), spec.levels_size(), name, comparison.LevelCount()));
      return;
    }
    for (std::size_t l = 0; l < comparison.LevelCount(); ++l) {
      const auto& level = spec.levels(static_cast<int>(l));
      LevelWeight weight;
      if (level.is() != LevelText(comparison, l) || !ReadShare(level.m(), weight.m) ||
          !ReadShare(level.u(), weight.u) || !ReadRelated(level, weight)) {
        Report("comparisons",
               fmt::format("{}: expected the level \"{}\" with m, u and related between 0 and 1", name,
                           LevelText(comparison, l)));
      }
      levels.push_back(weight);
    }
  }

  void ReadFrequencies(std::string_view text) {
    weights_.frequencies.resize(model_.fields.size());
    std::map<std::string_view, Frequencies*> by_name;
    for (std::size_t field = 0; field < model_.fields.size(); ++field) {
      by_name[model_.fields[field].name] = &weights_.frequencies[field];
    }
    if (text.size() > kMostFrequenciesBytes) {
      Report("frequencies", fmt::format("more than {} MB of frequencies", kMostFrequenciesBytes >> 20));
      return;
    }
    for (int line = 1; !text.empty(); ++line) {
      std::string_view rest = TakeUntil(text, '\n');
      const auto found = by_name.find(TakeUntil(rest, '\t'));
      const std::string_view value = TakeUntil(rest, '\t');
      double share = 0;
      if (found == by_name.end() || !ReadShare(rest, share)) {
        Report("frequencies",
               fmt::format("line {}: expected a field of the model, a value, and a share between 0 and 1",
                           line));
        return;
      }
      if (value == kOthers) {
        found->second->of_others = share;
      } else if (value == kSame) {
        found->second->same = share;
      } else {
        found->second->of_values.emplace(value, share);
      }
    }
  }

  const config::File& file_;
  const Model& model_;
  config::Problems& problems_;
  config::v1::LinkageParameters message_;
  Weights weights_;
};

}  // namespace

std::string_view NameOf(const Model& model, const Comparison& comparison) {
  return model.fields[comparison.field].name;
}

std::string_view LevelText(const Comparison& comparison, std::size_t level) {
  return level < comparison.levels.size() ? std::string_view(comparison.levels[level].text) : kElse;
}

std::string RenderParameters(const Model& model, const Training& training,
                             std::string_view frequencies_file) {
  const Weights& weights = training.weights;
  std::string text =
      fmt::format("# Learnt {}, in {} rounds; about {:.0f} pairs were taken for the same.\n",
                  training.confirmed + training.forbidden > 0 ? "with decisions as labels" : "without labels",
                  training.rounds, training.matches);
  if (training.confirmed + training.forbidden > 0) {
    text += fmt::format("# People decided of {} pairs that they are the same, of {} that they are not.\n",
                        training.confirmed, training.forbidden);
  }
  for (std::size_t r = 0; r < training.related.size(); ++r) {
    text += fmt::format("# {}: about {:.0f} pairs.\n", model.relations[r].name, training.related[r]);
  }
  for (std::size_t r = 0; r < training.pairs.size(); ++r) {
    text += fmt::format("# Block {}: {} pairs that met in none before were looked at.\n", r + 1,
                        training.pairs[r]);
  }
  text += fmt::format("version: 1\nrecords: {}\nprior: \"{:.2f}\"\n", weights.records, weights.prior / 100.0);
  for (std::size_t r = 0; r < model.relations.size(); ++r) {
    text += fmt::format("{}  - {{name: {}, prior: \"{:.2f}\"}}\n", r == 0 ? "relations:\n" : "",
                        model.relations[r].name, weights.relation_priors[r] / 100.0);
  }
  text += "comparisons:\n";
  for (std::size_t c = 0; c < model.comparisons.size(); ++c) {
    const Comparison& comparison = model.comparisons[c];
    text += fmt::format("  - field: {}{}\n    levels:\n", NameOf(model, comparison),
                        training.learnt[c] ? "" : "  # a guess: too few pairs have it");
    for (std::size_t l = 0; l < comparison.LevelCount(); ++l) {
      const LevelWeight& level = weights.comparisons[c][l];
      text += fmt::format("      - {{is: \"{}\", m: \"{}\", u: \"{}\"{}}}  # {:+.2f} bits\n",
                          LevelText(comparison, l), PrintShare(level.m), PrintShare(level.u),
                          RenderRelated(model, level), level.weight / 100.0);
    }
  }
  return frequencies_file.empty() ? text : text + fmt::format("frequencies: {}\n", frequencies_file);
}

std::string RenderFrequencies(const Model& model, const Weights& weights) {
  std::string text;
  for (std::size_t field = 0; field < model.fields.size(); ++field) {
    const Frequencies& frequencies = weights.frequencies[field];
    if (frequencies.of_others <= 0) {
      continue;
    }
    const std::string_view name = model.fields[field].name;
    text += fmt::format("{}\t{}\t{}\n{}\t{}\t{}\n", name, kSame, PrintShare(frequencies.same), name, kOthers,
                        PrintShare(frequencies.of_others));
    const std::map<std::string_view, double> sorted(frequencies.of_values.begin(),
                                                    frequencies.of_values.end());
    for (const auto& [value, share] : sorted) {
      text += fmt::format("{}\t{}\t{}\n", name, value, PrintShare(share));
    }
  }
  return text;
}

std::string FrequenciesFileOf(const config::File& parameters) {
  const config::Node* node = parameters.root.Find("frequencies");
  return node != nullptr && node->IsScalar() ? node->scalar : std::string();
}

Weights ReadParameters(const config::File& parameters, const Model& model, std::string_view frequencies,
                       config::Problems& problems) {
  return ParametersReader(parameters, model, problems).Read(frequencies);
}

}  // namespace crossbill::linkage
