#include <CLI/CLI.hpp>
#include <cstdio>
#include <string_view>

#include "app/session.h"
#include "bus/progress.h"
#include "runtime/position.h"
#include "runtime/pump.h"
#include "runtime/runner.h"
#include "transforms/sdk/task.h"

namespace crossbill::app {
namespace {

constexpr std::size_t kSeconds = std::string_view("2026-10-31T08:15:00").size();

Result<std::int64_t> RecordsOf(bus::Bus& bus, const bus::TopicSpec& topic) {
  std::int64_t records = 0;
  for (std::int32_t partition = 0; partition < topic.partitions; ++partition) {
    CROSSBILL_TRY(const bus::PartitionRange range, bus.Range({topic.name, partition}));
    records += range.end - range.begin;
  }
  return records;
}

// The partitions of which work is put off: "0, 3"; "-" when none is.
std::string OwedBy(const std::string& stage, const bus::Topics& topics,
                   const std::map<std::string, bus::Progress, std::less<>>& said) {
  std::string owed;
  for (std::int32_t partition = 0; partition < topics.partitions(); ++partition) {
    const auto found = said.find(transforms::TaskName(stage, partition));
    if (found != said.end() && found->second.owes) {
      owed += (owed.empty() ? "" : ", ") + std::to_string(partition);
    }
  }
  return owed.empty() ? "-" : "partitions " + owed;
}

Status PrintStatus(bus::Bus& bus, const runtime::ProjectConfig& project) {
  const bus::Topics topics = runtime::TopicsOf(project);
  CROSSBILL_TRY(const auto said, bus::ReadProgress(bus, topics.Progress()));
  std::printf("%-28s %10s  %-20s %s\n", "STREAM", "NUMBER", "READ UP", "POSITION");
  for (const auto& connector : project.connectors()) {
    for (const auto& stream : connector->streams) {
      CROSSBILL_TRY(const std::string committed, runtime::CommittedPosition(bus, topics, stream->Path()));
      runtime::StreamPosition position;
      if (!committed.empty()) {
        CROSSBILL_TRY(position, runtime::ParsePosition(committed));
      }
      const std::string shown = committed.empty() ? "not read yet" : position.position.substr(0, 100);
      const auto read_up = said.find(stream->Path());
      std::printf(
          "%-28s %10lld  %-20s %s\n", stream->Path().c_str(), static_cast<long long>(position.sequence),
          read_up == said.end() ? "-" : read_up->second.at.substr(0, kSeconds).c_str(), shown.c_str());
    }
  }
  std::printf("\n%-28s %10s  %s\n", "STAGE", "LAG", "PUT OFF");
  for (const transforms::Stage& stage : runtime::StagesOf(project, topics)) {
    CROSSBILL_TRY(const std::int64_t lag,
                  bus::Lag(bus, transforms::GroupOf(topics.prefix(), stage), stage.inputs));
    std::printf("%-28s %10lld  %s\n", stage.name.c_str(), static_cast<long long>(lag),
                OwedBy(stage.name, topics, said).c_str());
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
