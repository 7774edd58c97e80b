#include "app/linkage_page.h"

#include "config/reader.h"
#include "crossbill/config/v1/linkage.pb.h"
#include "transforms/linkage/cleaner.h"
#include "transforms/linkage/level.h"
#include "transforms/linkage/packaged_models.h"

namespace crossbill::app {
namespace {

std::string Row(std::string_view name, std::string_view doc) {
  return "| `" + std::string(name) + "` | " + std::string(doc) + " |\n";
}

}  // namespace

std::string LinkagePage() {
  using config::v1::LinkageModel;
  std::string page =
      "# Linkage models\n\nWhat `crossbill link` and `crossbill train identity` compare records by. "
      "Packaged:";
  for (const linkage::PackagedModel& model : linkage::PackagedModels()) {
    page += " `" + std::string(model.name) + "`";
  }
  page += ".\n\n" + config::ReferencePage(*LinkageModel::descriptor(), "The model's file");
  page += "\n## Forms of values: `clean:`\n\n| form | what it is |\n|---|---|\n";
  for (const linkage::Cleaner& cleaner : linkage::AllCleaners()) {
    page += Row(cleaner.name, cleaner.doc);
  }
  page += "\n## Levels of agreement: `levels:`\n\n| level | when it holds |\n|---|---|\n";
  for (const linkage::LevelDoc& level : linkage::AllLevels()) {
    page += Row(level.text, level.doc);
  }
  page += "\n" + config::ReferencePage(*config::v1::LinkageParameters::descriptor(),
                                       "The parameters' file, which `crossbill train identity --out` writes");
  return page;
}

}  // namespace crossbill::app
