#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "app/json.h"
#include "app/session.h"
#include "app/table.h"
#include "app/topics_page.h"
#include "bus/kafka/acls.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/runner.h"
#include "transforms/sdk/task.h"

namespace crossbill::app {
namespace {

struct TopicsOptions {
  std::string output = "table";
  bool acls = false;
  std::string principal = "User:crossbill";
};

struct TopicLine {
  bus::TopicInfo info;
  std::vector<std::string> readers;
  std::string state;  // "ok", or what is wrong with it
  std::int64_t records = 0;
  std::map<std::string, std::int64_t> lag;  // by reading stage
};

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

// A topic of the prefix that is not in the table: one of the bus on Kafka, or somebody else's.
TopicLine Unlisted(const bus::Topics& topics, const bus::TopicSpec& spec) {
  TopicLine line;
  line.info.spec = spec;
  line.state = "ok";
  const std::string changelogs = topics.prefix() + ".internal.state.";
  if (spec.name.starts_with(changelogs)) {
    const std::string of = spec.name.substr(changelogs.size());
    line.info.owner = of == "connector" ? "connectors" : of;
    line.info.key = "state key";
  } else if (spec.name.starts_with(topics.prefix() + ".internal.work.")) {
    line.info.owner = "nobody: its group shares the work";
  } else {
    line.info.owner = "not Crossbill's";
  }
  return line;
}

class TopicLines {
 public:
  TopicLines(bus::Bus& bus, const runtime::ProjectConfig& project)
      : bus_(bus), topics_(runtime::TopicsOf(project)), stages_(runtime::StagesOf(project, topics_)) {}

  Result<std::vector<TopicLine>> Read() {
    CROSSBILL_TRY(const auto there, bus_.ListTopics());
    for (const bus::TopicSpec& spec : there) {
      there_[spec.name] = spec;
    }
    for (const bus::TopicInfo& info : topics_.All()) {
      lines_.push_back(Listed(info));
      there_.erase(info.spec.name);
    }
    for (const auto& [name, spec] : there_) {
      lines_.push_back(Unlisted(topics_, spec));
    }
    CROSSBILL_RETURN_IF_ERROR(Count());
    return std::move(lines_);
  }

 private:
  TopicLine Listed(const bus::TopicInfo& info) const {
    TopicLine line{info, ReadersOf(topics_, stages_, info.spec.name), "ok", 0, {}};
    const auto found = there_.find(info.spec.name);
    if (found == there_.end()) {
      line.state = "missing: made by `crossbill run`";
      line.info.spec.partitions = 0;
    } else if (found->second.partitions != info.spec.partitions) {
      line.state = "configured: " + std::to_string(info.spec.partitions) + " partitions";
      line.info.spec.partitions = found->second.partitions;
    }
    return line;
  }

  // Everything in few questions: with a broker each takes a while. Ends after offsets: nobody is ahead of
  // them.
  Status Count() {
    std::vector<bus::TopicPartition> all;
    std::map<std::string, std::vector<bus::TopicPartition>> read;  // by stage
    for (const TopicLine& line : lines_) {
      for (std::int32_t p = 0; p < line.info.spec.partitions; ++p) {
        all.push_back({line.info.spec.name, p});
        for (const std::string& reader : line.readers) {
          read[reader].push_back(all.back());
        }
      }
    }
    std::map<std::string, std::map<bus::TopicPartition, std::int64_t>> offsets;
    for (const transforms::Stage& stage : stages_) {
      CROSSBILL_TRY(offsets[stage.name],
                    bus_.CommittedOffsets(transforms::GroupOf(topics_.prefix(), stage), read[stage.name]));
    }
    CROSSBILL_TRY(const auto ranges, bus_.Ranges(all));
    for (TopicLine& line : lines_) {
      for (std::int32_t p = 0; p < line.info.spec.partitions; ++p) {
        const bus::TopicPartition partition{line.info.spec.name, p};
        const bus::PartitionRange& range = ranges.at(partition);
        line.records += range.end - range.begin;
        for (const std::string& reader : line.readers) {
          if (const auto group = offsets.find(reader); group != offsets.end()) {
            const auto at = group->second.find(partition);
            const std::int64_t from =
                at == group->second.end() ? range.begin : std::max(range.begin, at->second);
            line.lag[reader] += std::max<std::int64_t>(0, range.end - from);
          }
        }
      }
    }
    return Ok();
  }

  bus::Bus& bus_;
  const bus::Topics topics_;
  const std::vector<transforms::Stage> stages_;
  std::map<std::string, bus::TopicSpec> there_;
  std::vector<TopicLine> lines_;
};

std::string MessageText(const TopicLine& line) {
  const bool raw = line.info.key == "state key" || line.info.key.empty();
  return !line.info.message.empty() ? line.info.message : raw ? "bytes" : "JSON";
}

void PrintTable(const std::vector<TopicLine>& lines) {
  std::vector<std::vector<std::string>> rows = {{"TOPIC", "PARTITIONS", "CLEANUP", "WRITTEN BY", "READ BY",
                                                 "KEY", "MESSAGE", "RECORDS", "LAG", "STATE"}};
  for (const TopicLine& line : lines) {
    std::int64_t lag = 0;
    for (const auto& [stage, behind] : line.lag) {
      lag += behind;
    }
    rows.push_back({line.info.spec.name, std::to_string(line.info.spec.partitions),
                    std::string(CleanupOf(line.info.spec)), line.info.owner, Joined(line.readers),
                    line.info.key, MessageText(line), std::to_string(line.records), std::to_string(lag),
                    line.state});
  }
  std::printf("%s", Table(rows).c_str());
}

void PrintJson(const std::vector<TopicLine>& lines) {
  for (const TopicLine& line : lines) {
    std::string readers, lag;
    for (const std::string& reader : line.readers) {
      readers += (readers.empty() ? "" : ",") + Quoted(reader);
    }
    for (const auto& [stage, behind] : line.lag) {
      lag += (lag.empty() ? "" : ",") + Quoted(stage) + ":" + std::to_string(behind);
    }
    std::printf(
        "{\"topic\":%s,\"partitions\":%d,\"cleanup\":%s,\"owner\":%s,\"readers\":[%s],\"key\":%s,\"message\":"
        "%s,"
        "\"records\":%lld,\"lag\":{%s},\"state\":%s}\n",
        Quoted(line.info.spec.name).c_str(), line.info.spec.partitions,
        Quoted(CleanupOf(line.info.spec)).c_str(), Quoted(line.info.owner).c_str(), readers.c_str(),
        Quoted(line.info.key).c_str(), Quoted(MessageText(line)).c_str(),
        static_cast<long long>(line.records), lag.c_str(), Quoted(line.state).c_str());
  }
}

void PrintAcls(const runtime::ProjectConfig& project, const TopicsOptions& options) {
  for (const bus::KafkaAcl& acl : bus::MinimumAcls(project.project().prefix())) {
    if (options.output == "json") {
      std::string operations;
      for (const std::string& operation : acl.operations) {
        operations += (operations.empty() ? "" : ",") + Quoted(operation);
      }
      std::printf(
          "{\"principal\":%s,\"resource\":%s,\"name\":%s,\"pattern\":%s,\"operations\":[%s],\"roles\":%s}\n",
          Quoted(options.principal).c_str(), Quoted(acl.resource).c_str(), Quoted(acl.name).c_str(),
          acl.prefixed ? "\"prefixed\"" : "\"literal\"", operations.c_str(), Quoted(acl.roles).c_str());
    } else {
      std::printf("# %s\nkafka-acls.sh --bootstrap-server $BROKER %s\n", acl.roles.c_str(),
                  bus::KafkaAclsLine(acl, options.principal).c_str());
    }
  }
}

Status PrintTopics(Session& session, const runtime::ProjectConfig& project, const std::string& output) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(const auto lines, TopicLines(*bus, project).Read());
  output == "json" ? PrintJson(lines) : PrintTable(lines);
  return Ok();
}

}  // namespace

void AddTopics(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "topics", "Print every topic with who writes and reads it, records and lag; also while nothing runs");
  auto options = std::make_shared<TopicsOptions>();
  command->add_option("-o,--output", options->output, "table or json (one object a line)")
      ->check(CLI::IsMember({"table", "json"}));
  command->add_flag("--acls", options->acls,
                    "Print instead what Crossbill's user must be allowed on Kafka, at least");
  command->add_option("--principal", options->principal, "Whom --acls is for (default: User:crossbill)");
  command->callback([&session, options] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (options->acls) {
      return PrintAcls(*project, *options);
    }
    if (const Status status = PrintTopics(session, *project, options->output); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
