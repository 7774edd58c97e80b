// docs: the reference pages and the JSON Schema, from the same descriptors and tables that the program works
// by.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "app/linkage_page.h"
#include "app/model_pages.h"
#include "app/session.h"
#include "app/topics_page.h"
#include "app/write_file.h"
#include "base/error_catalogue.h"
#include "config/reader.h"
#include "connectors/mapping/mapper.h"
#include "crossbill/config/v1/connector.pb.h"
#include "crossbill/config/v1/linkage.pb.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/own_rules.h"

namespace crossbill::app {
namespace {

std::string ConnectorPage(const connectors::Connector& connector) {
  const auto source = connector.NewSourceConfig();
  const auto stream = connector.NewStreamConfig();
  return "# Connector: " + std::string(connector.kind()) + "\n\n" + std::string(connector.summary()) +
         "\n\n" +
         config::ReferencePage(*source->GetDescriptor(),
                               "`source:`, beside `kind: " + std::string(connector.kind()) + "`") +
         "\n" + config::ReferencePage(*stream->GetDescriptor(), "A stream, beside the common keys");
}

std::string ConnectorSchema(const connectors::Connector& connector) {
  const auto stream = connector.NewStreamConfig();
  return config::JsonSchema(*config::v1::Stream::descriptor(), {stream->GetDescriptor()},
                            "A stream of a " + std::string(connector.kind()) + " source");
}

Status WriteDocs(const Session& session, const std::filesystem::path& folder) {
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "errors.md", RenderErrorCatalogue()));
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "functions.md", mapping::RenderFunctionReference()));
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "topics.md", TopicsPage()));
  CROSSBILL_RETURN_IF_ERROR(
      WriteFile(folder / "rules.md",
                "# Rules of your own\n\nThe names that the conditions of `exceptions.rules` know, beside the "
                "functions. What is not known is null.\n\n" +
                    runtime::RenderOwnRuleNames()));
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "model.md", ModelPage()));
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "api.md", ApiPage()));
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "linkage-model.md", LinkagePage()));
  CROSSBILL_RETURN_IF_ERROR(
      WriteFile(folder / "schema" / "linkage-model.schema.json",
                config::JsonSchema(*config::v1::LinkageModel::descriptor(), {}, "A linkage model")));
  CROSSBILL_RETURN_IF_ERROR(
      WriteFile(folder / "crossbill-yaml.md",
                config::ReferencePage(*config::v1::Project::descriptor(), "crossbill.yaml")));
  CROSSBILL_RETURN_IF_ERROR(
      WriteFile(folder / "connector-yaml.md",
                config::ReferencePage(*config::v1::Connector::descriptor(), "connectors/*.yaml") + "\n" +
                    config::ReferencePage(*config::v1::Stream::descriptor(), "A stream, the common keys")));
  CROSSBILL_RETURN_IF_ERROR(
      WriteFile(folder / "schema" / "crossbill.schema.json",
                config::JsonSchema(*config::v1::Project::descriptor(), {}, "crossbill.yaml")));
  CROSSBILL_RETURN_IF_ERROR(
      WriteFile(folder / "schema" / "connector.schema.json",
                config::JsonSchema(*config::v1::Connector::descriptor(), {}, "connectors/*.yaml")));
  for (const std::string& kind : session.registry.Kinds()) {
    const connectors::Connector& connector = *session.registry.Find(kind);
    CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / ("connector-" + kind + ".md"), ConnectorPage(connector)));
    CROSSBILL_RETURN_IF_ERROR(
        WriteFile(folder / "schema" / ("stream-" + kind + ".schema.json"), ConnectorSchema(connector)));
  }
  return Ok();
}

}  // namespace

void AddDocs(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "docs", "Write the reference pages and the JSON Schemas of this build into a folder");
  auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "Where to: docs/reference")->required();
  command->callback([&session, folder] {
    if (const Status status = WriteDocs(session, *folder); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
