#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/interrupt.h"
#include "app/json.h"
#include "app/session.h"
#include "base/text.h"
#include "runtime/runner.h"
#include "runtime/stream_worker.h"

namespace crossbill::app {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::int64_t kLookAgainMs = 300;
constexpr std::int64_t kPollMs = 100;
constexpr std::int64_t kPatienceMs = 30000;  // for records that are known to be there

struct TapOptions {
  std::string topic;
  bool from_beginning = false;
  bool until_end = false;
  std::string output = "json";
  std::int64_t limit = 0;
};

void PrintRecord(const bus::TopicInfo& info, std::int32_t partition, const bus::FetchedRecord& fetched) {
  std::string line = "{\"topic\":" + Quoted(info.spec.name) + ",\"partition\":" + std::to_string(partition) +
                     ",\"offset\":" + std::to_string(fetched.offset) +
                     ",\"key\":" + Quoted(fetched.record.key) + ",\"headers\":{";
  const char* separator = "";
  for (const bus::HeaderView& header : fetched.record.headers) {
    line += separator + Quoted(header.name) + ":" + Quoted(header.value);
    separator = ",";
  }
  line +=
      "},\"value\":" + (fetched.record.value ? ValueToJson(info.message, *fetched.record.value) : "null") +
      "}\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
}

// The offsets to begin with: the begin or the end of every partition.
Result<std::map<bus::TopicPartition, std::int64_t>> Begin(bus::Bus& bus, const bus::TopicInfo& info,
                                                          bool from_beginning) {
  std::map<bus::TopicPartition, std::int64_t> offsets;
  for (std::int32_t partition = 0; partition < info.spec.partitions; ++partition) {
    const bus::TopicPartition where{info.spec.name, partition};
    CROSSBILL_TRY(const bus::PartitionRange range, bus.Range(where));
    offsets[where] = from_beginning ? range.begin : range.end;
  }
  return offsets;
}

// Prints what is there now from the offsets on, and moves them.
Status PrintNew(bus::Bus& bus, const bus::TopicInfo& info,
                std::map<bus::TopicPartition, std::int64_t>& offsets, std::int64_t& left) {
  CROSSBILL_TRY(const auto consumer, bus.OpenConsumer(info.spec.name + ".tap"));
  std::vector<bus::TopicPartition> partitions;
  for (const auto& [partition, offset] : offsets) {
    partitions.push_back(partition);
  }
  CROSSBILL_TRY(const auto ranges, bus.Ranges(partitions));
  const auto is_behind = [&] {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const auto& range) { return offsets.at(range.first) < range.second.end; });
  };
  CROSSBILL_RETURN_IF_ERROR(consumer->Assign(partitions));
  for (const auto& [partition, offset] : offsets) {
    CROSSBILL_RETURN_IF_ERROR(consumer->Seek(partition, offset));
  }
  for (std::int64_t waited_ms = 0; left != 0 && is_behind();) {
    const std::size_t most =
        left > 0 ? std::min<std::size_t>(kBatch, static_cast<std::size_t>(left)) : kBatch;
    CROSSBILL_TRY(const bus::Batch batch, consumer->Poll(most, kPollMs));
    for (const bus::FetchedRecord& fetched : batch.records) {
      PrintRecord(info, batch.sources[fetched.source].partition, fetched);
      left -= left > 0 ? 1 : 0;
    }
    for (const auto& [partition, offset] : batch.next_offsets) {
      offsets[partition] = offset;
    }
    waited_ms = batch.next_offsets.empty() ? waited_ms + kPollMs : 0;
    if (waited_ms > kPatienceMs) {
      return Error(Code::kBusUnavailable, "the topic cannot be read to its end", info.spec.name);
    }
  }
  std::fflush(stdout);
  return Ok();
}

Status Tap(Session& session, const runtime::ProjectConfig& project, const TapOptions& options) {
  const bus::Topics topics = runtime::TopicsOf(project);
  std::optional<bus::TopicInfo> info;
  std::vector<std::string> names;
  for (const bus::TopicInfo& candidate : topics.All()) {
    names.push_back(candidate.spec.name);
    if (candidate.spec.name == options.topic ||
        candidate.spec.name == topics.prefix() + "." + options.topic) {
      info = candidate;
    }
  }
  if (!info) {
    const auto near = Nearest(options.topic, names);
    return Error(Code::kBusTopic,
                 "no topic \"" + options.topic + "\"" + (near ? "; did you mean \"" + *near + "\"?" : ""));
  }
  const std::stop_token stop = StopOnSignal();
  std::optional<std::map<bus::TopicPartition, std::int64_t>> offsets;
  std::int64_t left = options.limit > 0 ? options.limit : -1;
  while (!stop.stop_requested()) {
    // A reader of the embedded bus sees what was there when it was opened: it is opened again for what is
    // new.
    CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
    if (!offsets) {
      CROSSBILL_TRY(offsets, Begin(*bus, *info, options.from_beginning || options.until_end));
    }
    CROSSBILL_RETURN_IF_ERROR(PrintNew(*bus, *info, *offsets, left));
    if (options.until_end || left == 0) {
      break;
    }
    runtime::SleepFor(kLookAgainMs, stop);
  }
  return Ok();
}

}  // namespace

void AddTap(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "tap", "Print the records of a topic, one JSON object a line; also while nothing runs");
  auto options = std::make_shared<TapOptions>();
  command->add_option("topic", options->topic, "The topic, with or without the prefix: source.order")
      ->required();
  command->add_flag("--from-beginning", options->from_beginning,
                    "From the first record that is kept (default: only what is new)");
  command->add_flag("--until-end", options->until_end, "Stop at the end; reads from the first record");
  command->add_option("-n,--limit", options->limit, "Stop after so many records")
      ->check(CLI::NonNegativeNumber);
  command->add_option("-o,--output", options->output, "json")->check(CLI::IsMember({"json"}));
  command->callback([&session, options] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = Tap(session, *project, *options); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
