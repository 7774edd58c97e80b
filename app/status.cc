#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/session.h"
#include "runtime/position.h"
#include "runtime/pump.h"
#include "runtime/runner.h"
#include "transforms/sdk/task.h"

namespace crossbill::app {
namespace {

Result<std::int64_t> RecordsOf(bus::Bus& bus, const bus::TopicSpec& topic) {
  std::int64_t records = 0;
  for (std::int32_t partition = 0; partition < topic.partitions; ++partition) {
    CROSSBILL_TRY(const bus::PartitionRange range, bus.Range({topic.name, partition}));
    records += range.end - range.begin;
  }
  return records;
}

Status PrintStatus(bus::Bus& bus, const runtime::ProjectConfig& project) {
  const bus::Topics topics = runtime::TopicsOf(project);
  std::printf("%-28s %10s  %s\n", "STREAM", "EVENTS", "POSITION");
  for (const auto& connector : project.connectors()) {
    for (const auto& stream : connector->streams) {
      CROSSBILL_TRY(const std::string committed, runtime::CommittedPosition(bus, topics, stream->Path()));
      runtime::StreamPosition position;
      if (!committed.empty()) {
        CROSSBILL_TRY(position, runtime::ParsePosition(committed));
      }
      const std::string shown = committed.empty() ? "not read yet" : position.position.substr(0, 100);
      std::printf("%-28s %10lld  %s\n", stream->Path().c_str(), static_cast<long long>(position.sequence),
                  shown.c_str());
    }
  }
  std::printf("\n%-28s %10s\n", "STAGE", "LAG");
  for (const transforms::Stage& stage : runtime::StagesOf(project, topics)) {
    CROSSBILL_TRY(const std::int64_t lag,
                  bus::Lag(bus, transforms::GroupOf(topics.prefix(), stage.name), stage.inputs));
    std::printf("%-28s %10lld\n", stage.name.c_str(), static_cast<long long>(lag));
  }
  std::printf("\n%-36s %10s %10s\n", "TOPIC", "PARTITIONS", "RECORDS");
  CROSSBILL_TRY(const auto there, bus.ListTopics());
  for (const bus::TopicSpec& topic : there) {
    CROSSBILL_TRY(const std::int64_t records, RecordsOf(bus, topic));
    std::printf("%-36s %10d %10lld\n", topic.name.c_str(), topic.partitions, static_cast<long long>(records));
  }
  return Ok();
}

}  // namespace

void AddStatus(CLI::App& program, Session& session) {
  auto* command =
      program.add_subcommand("status", "Say how far every stream and stage is; also while nothing runs");
  command->callback([&session] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const auto bus = session.OpenBusForReading(*project)) {
      if (const Status status = PrintStatus(*bus, *project); !status.ok()) {
        session.Fail(status.error());
      }
    }
  });
}

}  // namespace crossbill::app
