#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/session.h"
#include "connectors/mapping/mapper.h"

namespace crossbill::app {
namespace {

// Connects, and compiles the stream's mapping against the columns that are really there.
bool CheckLive(Session& session, const runtime::ProjectConfig& project,
               const runtime::ConnectorConfig& connector, const runtime::StreamConfig& stream) {
  auto source = runtime::OpenSource(project, connector, stream, session.clock, *session.log);
  Status opened = source.ok() ? (*source)->Open("") : Status(source.error());
  if (!opened.ok()) {
    const Error error =
        std::move(opened).error().At(connector.file->file + ":" + std::to_string(stream.node->at.line) + ":" +
                                     std::to_string(stream.node->at.column));
    std::fprintf(stderr, "%s\n", error.ToString().c_str());
    return false;
  }
  config::Problems problems;
  const auto mapper = mapping::Mapper::Compile(stream.mapper, &(*source)->schema(), &(*source)->children(),
                                               (*source)->dynamic(), problems);
  std::fprintf(stderr, "%s", problems.ToString().c_str());
  if (mapper != nullptr) {
    std::printf("ok  %s\n", stream.Path().c_str());
  }
  return mapper != nullptr;
}

void Check(Session& session, bool live) {
  const auto project = session.Load();
  if (project == nullptr) {
    return;
  }
  std::size_t streams = 0;
  bool well = true;
  for (const auto& connector : project->connectors()) {
    for (const auto& stream : connector->streams) {
      ++streams;
      well = (!live || CheckLive(session, *project, *connector, *stream)) && well;
    }
  }
  if (!well) {
    session.exit_code = 1;
    return;
  }
  std::printf("%zu systems, %zu streams: no errors%s\n", project->connectors().size(), streams,
              live ? "" : " (columns and rights are checked with --live)");
}

}  // namespace

void AddCheck(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "check", "Say everything that is wrong with the configuration, with file:line:column");
  auto live = std::make_shared<bool>(false);
  command->add_flag("--live", *live, "Also connect to every source and check its columns");
  command->callback([&session, live] { Check(session, *live); });
}

}  // namespace crossbill::app
