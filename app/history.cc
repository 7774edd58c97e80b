// history: every version of the source documents that one document is made of, from the source topics.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>

#include "app/session.h"
#include "app/versions.h"
#include "bus/event_headers.h"
#include "crossbill/v1/unified_document.pb.h"
#include "runtime/runner.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::app {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::int64_t kPollMs = 100;
constexpr std::int64_t kPatienceMs = 30000;  // for records that are known to be there

struct HistoryOptions {
  std::string name;
  std::string output = "text";
  std::vector<std::int64_t> between;
};

using Versions = std::map<std::string, std::vector<Version>>;  // by record: "system/stream/key"

// Adds a record's version; those that came twice count once.
Status AddVersion(const bus::RecordView& record, Versions& versions) {
  const auto found = versions.find(std::string(record.key));
  if (found == versions.end()) {
    return Ok();
  }
  Version version;
  if (!transforms::ReadSequence(record, version.sequence) && !record.value) {
    return Ok();  // the tombstone that follows a typed deletion
  }
  for (const bus::HeaderView& header : record.headers) {
    if (header.name == bus::kHeaderTime) {
      version.read_at = header.value;
    }
  }
  if (!transforms::IsDeletion(record)) {
    v1::Document& document = version.document.emplace();
    if (!document.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Error(Code::kEventDecode, "a source event cannot be decoded", std::string(record.key));
    }
  }
  const auto same = [&](const Version& other) { return other.sequence == version.sequence; };
  if (std::none_of(found->second.begin(), found->second.end(), same)) {
    found->second.push_back(std::move(version));
  }
  return Ok();
}

// Reads the topic from its first record to its end as it is now.
Status ReadVersions(bus::Bus& bus, const bus::Topics& topics, const std::string& topic, Versions& versions) {
  std::vector<bus::TopicPartition> partitions;
  for (std::int32_t partition = 0; partition < topics.partitions(); ++partition) {
    partitions.push_back({topic, partition});
  }
  CROSSBILL_TRY(const auto ranges, bus.Ranges(partitions));
  CROSSBILL_TRY(const auto consumer, bus.OpenConsumer(topic + ".history"));
  CROSSBILL_RETURN_IF_ERROR(consumer->Assign(partitions));
  std::map<bus::TopicPartition, std::int64_t> offsets;
  for (const auto& [partition, range] : ranges) {
    offsets[partition] = range.begin;
    CROSSBILL_RETURN_IF_ERROR(consumer->Seek(partition, range.begin));
  }
  const auto is_behind = [&] {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const auto& range) { return offsets.at(range.first) < range.second.end; });
  };
  for (std::int64_t waited_ms = 0; is_behind();) {
    CROSSBILL_TRY(const bus::Batch batch, consumer->Poll(kBatch, kPollMs));
    for (const bus::FetchedRecord& fetched : batch.records) {
      CROSSBILL_RETURN_IF_ERROR(AddVersion(fetched.record, versions));
    }
    for (const auto& [partition, offset] : batch.next_offsets) {
      offsets[partition] = offset;
    }
    waited_ms = batch.next_offsets.empty() ? waited_ms + kPollMs : 0;
    if (waited_ms > kPatienceMs) {
      return Error(Code::kBusUnavailable, "the topic cannot be read to its end", topic);
    }
  }
  return Ok();
}

// Only the two versions that were asked for.
Status Keep(const std::vector<std::int64_t>& between, std::vector<Version>& versions) {
  if (between.empty()) {
    return Ok();
  }
  std::vector<Version> kept;
  for (const std::int64_t wanted : between) {
    const auto found = std::find_if(versions.begin(), versions.end(),
                                    [&](const Version& version) { return version.sequence == wanted; });
    if (found == versions.end()) {
      return Error(Code::kNotFound, "there is no version " + std::to_string(wanted));
    }
    kept.push_back(*found);
  }
  versions = std::move(kept);
  return Ok();
}

Status PrintVersions(const std::string& record, std::vector<Version> versions,
                     const HistoryOptions& options) {
  std::sort(versions.begin(), versions.end(),
            [](const Version& a, const Version& b) { return a.sequence < b.sequence; });
  CROSSBILL_RETURN_IF_ERROR(Keep(options.between, versions));
  const bool json = options.output == "json";
  std::string text = json ? "" : record + "\n";
  std::optional<v1::Document> before;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto changes = ChangesBetween(before, versions[i].document);
    text += json ? VersionJson(record, versions[i], changes) : ShowVersion(versions[i], changes, i == 0);
    before = versions[i].document;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return Ok();
}

Status History(bus::Bus& bus, const bus::Topics& topics, facade::Views& views,
               const HistoryOptions& options) {
  CROSSBILL_TRY(const v1::UnifiedDocument document, views.GetDocument(options.name));
  Versions versions;
  for (const v1::SourceRef& record : document.records()) {
    const std::string place = transforms::RecordKey(record);
    // A record's own name asks for this record only.
    if (options.name == document.name() || options.name == place) {
      versions[place];
    }
  }
  if (!options.between.empty() && versions.size() != 1) {
    return Error(Code::kUsage, "--between needs one record, SYSTEM/STREAM/KEY: each has versions of its own");
  }
  std::string kind = v1::Document::Kind_Name(document.kind());
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::tolower(c); });
  CROSSBILL_RETURN_IF_ERROR(ReadVersions(bus, topics, topics.Source(kind), versions));
  for (auto& [record, of_record] : versions) {
    CROSSBILL_RETURN_IF_ERROR(PrintVersions(record, std::move(of_record), options));
  }
  return Ok();
}

}  // namespace

void AddHistory(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "history", "Every version of a document in its systems: what changed, who did it, who approved it");
  auto options = std::make_shared<HistoryOptions>();
  command->add_option("name", options->name, "orders/ID, invoices/ID, …, or a record: SYSTEM/STREAM/KEY")
      ->required();
  command
      ->add_option("--between", options->between, "Two versions of a record: only what differs between them")
      ->expected(2);
  command->add_option("-o,--output", options->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->callback([&session, options] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    const auto views = session.OpenViewsForReading(*project);
    const auto bus = views == nullptr ? nullptr : session.OpenBusForReading(*project);
    if (bus == nullptr) {
      return;
    }
    if (const Status status = History(*bus, runtime::TopicsOf(*project), *views, *options); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
