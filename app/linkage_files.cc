#include "app/linkage_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/write_file.h"
#include "connectors/mapping/kinds.h"
#include "transforms/linkage/packaged_models.h"
#include "transforms/linkage/parameters.h"

namespace crossbill::app {
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
  std::string frequencies;
  if (const std::string name = linkage::FrequenciesFileOf(*file); !name.empty()) {
    CROSSBILL_TRY(frequencies, ReadText(std::filesystem::path(path).parent_path() / name));
  }
  linkage::Weights weights = linkage::ReadParameters(*file, model, frequencies, problems);
  if (problems.HasErrors()) {
    return Refused(problems);
  }
  return weights;
}

Status WriteParametersFile(const std::string& path, const linkage::Model& model,
                           const linkage::Training& training) {
  const std::filesystem::path frequencies = std::filesystem::path(path).replace_extension(".frequencies.tsv");
  CROSSBILL_RETURN_IF_ERROR(WriteFile(frequencies, linkage::RenderFrequencies(model, training.weights)));
  return WriteFile(path, linkage::RenderParameters(model, training, frequencies.filename().string()));
}

}  // namespace crossbill::app
