#include "runtime/linkage_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/id.h"
#include "connectors/mapping/kinds.h"
#include "crossbill/config/v1/project.pb.h"
#include "transforms/identity/judged.h"
#include "transforms/identity/learnt.h"
#include "transforms/linkage/packaged_models.h"
#include "transforms/linkage/parameters.h"

namespace crossbill::runtime {
namespace {

Result<std::string> ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return Error(Code::kIo, "cannot be read", path);
  }
  return std::move(text).str();
}

Result<std::shared_ptr<const config::File>> ReadFile(const std::string& path, config::Problems& problems) {
  CROSSBILL_TRY(const std::string text, ReadText(path));
  const auto variables = config::ProcessEnvironment();
  return config::ReadYaml(path, text, *variables, ".", problems);
}

// A file, or one that comes with the program.
Result<std::shared_ptr<const config::File>> ReadModelYaml(const std::string& model,
                                                          config::Problems& problems) {
  for (const linkage::PackagedModel& packaged : linkage::PackagedModels()) {
    if (packaged.name == model) {
      const auto variables = config::ProcessEnvironment();
      return config::ReadYaml(model, packaged.yaml, *variables, ".", problems);
    }
  }
  return ReadFile(model, problems);
}

Result<std::shared_ptr<const config::File>> ReadParametersYaml(const std::string& path,
                                                               const std::string& model,
                                                               config::Problems& problems) {
  if (path != kPackagedParameters) {
    return ReadFile(path, problems);
  }
  const std::string_view yaml = linkage::PackagedParameters(model);
  if (yaml.empty()) {
    return Error(Code::kNotFound, "no parameters are packaged for it: learn them with `train identity`",
                 model);
  }
  const auto variables = config::ProcessEnvironment();
  return config::ReadYaml(model + ".parameters.yaml", yaml, *variables, ".", problems);
}

bool IsPackaged(std::string_view model) {
  const auto packaged = linkage::PackagedModels();
  return std::any_of(packaged.begin(), packaged.end(),
                     [&](const linkage::PackagedModel& each) { return each.name == model; });
}

// The file that the parameters name, beside them.
Result<std::string> ReadFrequencies(const config::File& parameters, const std::string& path) {
  const std::string name = linkage::FrequenciesFileOf(parameters);
  return name.empty() ? std::string() : ReadText(std::filesystem::path(path).parent_path() / name);
}

// Of the texts of all files.
Result<std::string> VersionOf(const std::string& model, const std::string& parameters) {
  std::string texts;
  for (const linkage::PackagedModel& packaged : linkage::PackagedModels()) {
    if (packaged.name == model) {
      texts = packaged.yaml;
    }
  }
  if (texts.empty()) {
    CROSSBILL_TRY(texts, ReadText(model));
  }
  std::string learnt(linkage::PackagedParameters(model)), frequencies;
  if (parameters != kPackagedParameters) {
    CROSSBILL_TRY(learnt, ReadText(parameters));
    config::Problems problems;
    CROSSBILL_TRY(const auto file, ReadFile(parameters, problems));
    CROSSBILL_TRY(frequencies, ReadFrequencies(*file, parameters));
  }
  constexpr int kCharacters = 10;
  return ShortId(Hash128Of({texts, learnt, frequencies}), kCharacters);
}

Error Refused(const config::Problems& problems) {
  return {problems.list().front().code, "the file cannot be used:\n" + problems.ToString()};
}

}  // namespace

Result<linkage::Model> ReadModel(const std::string& model_name) {
  config::Problems problems;
  CROSSBILL_TRY(const auto file, ReadModelYaml(model_name, problems));
  linkage::Model model;
  if (!problems.HasErrors()) {
    model = linkage::Model::Read(*file, mapping::DescriptorOfKind, problems);
  }
  if (problems.HasErrors()) {
    return Refused(problems);
  }
  return model;
}

Result<linkage::Weights> ReadParametersFile(const std::string& path, const std::string& model_name,
                                            const linkage::Model& model) {
  config::Problems problems;
  CROSSBILL_TRY(const auto file, ReadParametersYaml(path, model_name, problems));
  if (problems.HasErrors()) {
    return Refused(problems);
  }
  CROSSBILL_TRY(const std::string frequencies, ReadFrequencies(*file, path));
  linkage::Weights weights = linkage::ReadParameters(*file, model, frequencies, problems);
  if (problems.HasErrors()) {
    return Refused(problems);
  }
  return weights;
}

Result<std::shared_ptr<const transforms::Comparer>> ReadComparer(const config::v1::Identity& identity,
                                                                 const std::string& directory) {
  if (identity.model().empty()) {
    const int threshold = identity.threshold() > 0 ? identity.threshold() : transforms::kJudgedThreshold;
    return std::shared_ptr(transforms::MakeJudged(threshold, identity.default_country()));
  }
  if (identity.parameters().empty()) {
    return Error(Code::kConfigMissing,
                 "identity.model needs identity.parameters: the file that `crossbill train identity --out "
                 "FILE` wrote, "
                 "or `packaged`");
  }
  const auto path_of = [&](const std::string& name) {
    return (std::filesystem::path(directory) / name).string();
  };
  const std::string name = IsPackaged(identity.model()) ? identity.model() : path_of(identity.model());
  CROSSBILL_TRY(linkage::Model model, ReadModel(name));
  if (model.record != "party") {
    return Error(Code::kConfigValue,
                 "identity.model compares parties, and this one is of `record: " + model.record +
                     "`; `crossbill link` uses it",
                 name);
  }
  const bool packaged = identity.parameters() == kPackagedParameters;
  const std::string parameters = packaged ? identity.parameters() : path_of(identity.parameters());
  CROSSBILL_TRY(linkage::Weights weights, ReadParametersFile(parameters, name, model));
  CROSSBILL_TRY(const std::string version, VersionOf(name, parameters));
  return std::shared_ptr(
      transforms::MakeLearnt(std::move(model), std::move(weights), version, identity.default_country()));
}

}  // namespace crossbill::runtime
