#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/session.h"
#include "bus/topic_specs.h"
#include "connectors/mapping/mapper.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/runner.h"

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

// Logs in to the broker, and looks whether the topics that are there have the right partitions.
Status CheckBroker(Session& session, const runtime::ProjectConfig& project) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(const std::vector<bus::TopicSpec> found, bus->ListTopics());
  const std::vector<bus::TopicSpec> wanted = bus::SpecsOf(runtime::TopicsOf(project));
  std::size_t there = 0;
  for (const bus::TopicSpec& spec : wanted) {
    const auto same = std::find_if(found.begin(), found.end(),
                                   [&](const bus::TopicSpec& other) { return other.name == spec.name; });
    if (same == found.end()) {
      continue;
    }
    ++there;
    if (same->partitions != spec.partitions) {
      return Error(Code::kBusPartitions, "topic \"" + spec.name + "\" has " +
                                             std::to_string(same->partitions) + " partitions, not " +
                                             std::to_string(spec.partitions));
    }
  }
  std::printf("ok  bus: the broker answers; %zu of %zu topics are there%s\n", there, wanted.size(),
              there == wanted.size() ? "" : ", `crossbill run` makes the others");
  return Ok();
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
  if (live && !project->project().bus().kafka().empty()) {
    if (const Status broker = CheckBroker(session, *project); !broker.ok()) {
      session.Fail(broker.error());
      return;
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
  command->add_flag("--live", *live,
                    "Also connect to every source and check its columns, and to the Kafka broker");
  command->callback([&session, live] { Check(session, *live); });
}

}  // namespace crossbill::app
