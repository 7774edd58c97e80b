#include "bus/kafka/core.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "bus/state/local_state.h"

namespace crossbill::bus {
namespace {

constexpr int kWarning = 4;                 // of syslog
constexpr std::int64_t kStepMs = 5;         // between two looks while something settles
constexpr std::int64_t kMarkersMs = 10000;  // for the markers of an ended transaction
constexpr std::size_t kMaxRecordBytes = 64u << 20;

void Log(const rd_kafka_t* handle, int level, const char*, const char* text) {
  const auto* core = static_cast<const KafkaCore*>(rd_kafka_opaque(handle));
  if (core != nullptr && core->options().log) {
    core->options().log(level, text);
  }
}

class Deadline {
 public:
  explicit Deadline(std::int64_t ms)
      : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(ms)) {}
  bool passed() const { return std::chrono::steady_clock::now() >= end_; }

 private:
  std::chrono::steady_clock::time_point end_;
};

void Rest() { std::this_thread::sleep_for(std::chrono::milliseconds(kStepMs)); }

using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_destroy>>;
using ConfigResource = std::unique_ptr<rd_kafka_ConfigResource_t, Destroyer<rd_kafka_ConfigResource_destroy>>;
using DeleteRecordsPtr = std::unique_ptr<rd_kafka_DeleteRecords_t, Destroyer<rd_kafka_DeleteRecords_destroy>>;
using GroupOffsets = std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t,
                                     Destroyer<rd_kafka_ListConsumerGroupOffsets_destroy>>;

AdminOptions MakeAdminOptions(rd_kafka_t* handle, rd_kafka_admin_op_t operation, std::int64_t timeout_ms) {
  AdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(timeout_ms), nullptr, 0);
  return options;
}

Result<NewTopic> MakeNewTopic(const TopicSpec& spec) {
  char text[256];
  NewTopic topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, -1, text, sizeof(text)));
  if (!topic) {
    return Error(Code::kBusTopic, "the topic \"" + spec.name + "\" cannot be made: " + text);
  }
  const std::string retention = std::to_string(spec.retention_ms.value_or(-1));
  const std::string bytes = std::to_string(kMaxRecordBytes + (1u << 20));
  rd_kafka_NewTopic_set_config(topic.get(), "cleanup.policy", spec.compacted ? "compact" : "delete");
  rd_kafka_NewTopic_set_config(topic.get(), "retention.ms", retention.c_str());
  rd_kafka_NewTopic_set_config(topic.get(), "max.message.bytes", bytes.c_str());
  return topic;
}

// A broker that has just become responsible, or whose transaction is being ended, says so: ask again.
bool Settles(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
      return true;
    default:
      return false;
  }
}

rd_kafka_resp_err_t ReadGroupOffsets(const rd_kafka_event_t& event,
                                     std::map<TopicPartition, std::int64_t>& offsets) {
  if (const rd_kafka_resp_err_t code = rd_kafka_event_error(const_cast<rd_kafka_event_t*>(&event));
      code != 0) {
    return code;
  }
  std::size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(const_cast<rd_kafka_event_t*>(&event)), &count);
  if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0]); error != nullptr) {
    return rd_kafka_error_code(error);
  }
  const rd_kafka_topic_partition_list_t* found = rd_kafka_group_result_partitions(groups[0]);
  for (int i = 0; i < found->cnt; ++i) {
    if (found->elems[i].err != 0) {
      return found->elems[i].err;
    }
    if (found->elems[i].offset >= 0) {
      offsets[PartitionOf(found->elems[i])] = found->elems[i].offset;
    }
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t ReadOffsets(const rd_kafka_event_t& event,
                                std::map<TopicPartition, std::int64_t>& offsets) {
  if (const rd_kafka_resp_err_t code = rd_kafka_event_error(const_cast<rd_kafka_event_t*>(&event));
      code != 0) {
    return code;
  }
  std::size_t count = 0;
  const rd_kafka_ListOffsetsResultInfo_t** infos = rd_kafka_ListOffsets_result_infos(
      rd_kafka_event_ListOffsets_result(const_cast<rd_kafka_event_t*>(&event)), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_topic_partition_t* one = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    if (one->err != 0) {
      return one->err;
    }
    offsets[PartitionOf(*one)] = one->offset;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void ReadConfigs(const rd_kafka_ConfigResource_t* resource, TopicSpec& spec) {
  std::size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = rd_kafka_ConfigEntry_name(entries[i]);
    const char* text = rd_kafka_ConfigEntry_value(entries[i]);
    const std::string value = text == nullptr ? "" : text;
    if (name == "cleanup.policy") {
      spec.compacted = value.find("compact") != std::string::npos;
    } else if (name == "retention.ms" &&
               rd_kafka_ConfigEntry_source(entries[i]) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG) {
      const std::int64_t ms = std::strtoll(value.c_str(), nullptr, 10);
      spec.retention_ms = ms >= 0 ? std::optional(ms) : std::nullopt;
    }
  }
}

}  // namespace

Result<std::shared_ptr<KafkaCore>> KafkaCore::Open(const KafkaOptions& options) {
  for (const auto& [name, value] : options.properties) {
    CROSSBILL_RETURN_IF_ERROR(CheckKafkaProperty(name, value));
  }
  std::shared_ptr<KafkaCore> core(new KafkaCore(options));
  // A consumer, although it reads nothing and joins no group: a question for a group's offsets that the
  // broker answers with NOT_COORDINATOR looks for the handle's own group, and a producer has none
  // (librdkafka 2.15).
  CROSSBILL_TRY(KafkaConf conf, core->MakeConf({{"group.id", options.prefix + ".admin"}}));
  CROSSBILL_TRY(core->admin_, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  return core;
}

KafkaCore::KafkaCore(const KafkaOptions& options) : options_(options) {}

KafkaCore::~KafkaCore() = default;

Result<KafkaConf> KafkaCore::MakeConf(const std::map<std::string_view, std::string>& own) const {
  KafkaConf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : options_.properties) {
    CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, name, value));
  }
  for (const auto& [name, value] : own) {
    CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, name, value));
  }
  if (!options_.properties.contains("client.id")) {
    CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, "client.id", "crossbill"));
  }
  rd_kafka_conf_set_log_cb(conf.get(), Log);
  rd_kafka_conf_set_opaque(conf.get(), const_cast<KafkaCore*>(this));
  return conf;
}

Result<KafkaHandle> KafkaCore::MakeHandle(rd_kafka_type_t type, KafkaConf conf) {
  char text[512];
  KafkaHandle handle(rd_kafka_new(type, conf.get(), text, sizeof(text)));
  if (!handle) {
    return Error(Code::kUsage, std::string("librdkafka does not start: ") + text);
  }
  [[maybe_unused]] rd_kafka_conf_t* taken = conf.release();
  return handle;
}

Result<KafkaEvent> KafkaCore::Wait(rd_kafka_queue_t& queue, std::string_view doing) const {
  KafkaEvent event(rd_kafka_queue_poll(&queue, static_cast<int>(options_.call_timeout_ms) + 5000));
  if (!event) {
    return Error(Code::kBusUnavailable, std::string(doing) + ": no answer");
  }
  return event;
}

Result<KafkaEvent> KafkaCore::WaitForSuccess(rd_kafka_queue_t& queue, std::string_view doing) const {
  CROSSBILL_TRY(KafkaEvent event, Wait(queue, doing));
  if (const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get()); code != 0) {
    return KafkaError(code, rd_kafka_event_error_string(event.get()), doing);
  }
  return event;
}

Status KafkaCore::RefreshTopics() {
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code =
      rd_kafka_metadata(admin_.get(), 1, nullptr, &raw, static_cast<int>(options_.call_timeout_ms));
  if (code != 0) {
    return KafkaError(code, "", "listing the topics");
  }
  const std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>> metadata(raw);
  const std::lock_guard lock(mutex_);
  partitions_.clear();
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    const bool whole = topic.err == 0 && std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                                                     [](const auto& p) { return p.leader >= 0; });
    if (whole && std::string_view(topic.topic).starts_with(options_.prefix)) {
      partitions_.emplace(topic.topic, topic.partition_cnt);
    }
  }
  return Ok();
}

Status KafkaCore::CheckTopics(const std::vector<TopicSpec>& topics, std::vector<const TopicSpec*>& missing) {
  const std::lock_guard lock(mutex_);
  for (const TopicSpec& spec : topics) {
    const auto found = partitions_.find(spec.name);
    if (found == partitions_.end()) {
      missing.push_back(&spec);
    } else if (found->second != spec.partitions) {
      return Error(Code::kBusPartitions, "topic \"" + spec.name + "\" has " + std::to_string(found->second) +
                                             " partitions, not " + std::to_string(spec.partitions));
    }
  }
  return Ok();
}

Status KafkaCore::CreateTopics(const std::vector<TopicSpec>& topics) {
  CROSSBILL_RETURN_IF_ERROR(RefreshTopics());
  std::vector<const TopicSpec*> missing;
  CROSSBILL_RETURN_IF_ERROR(CheckTopics(topics, missing));
  if (missing.empty()) {
    return Ok();
  }
  std::vector<NewTopic> owners;
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const TopicSpec* spec : missing) {
    CROSSBILL_TRY(NewTopic topic, MakeNewTopic(*spec));
    raw.push_back(topic.get());
    owners.push_back(std::move(topic));
  }
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  const AdminOptions options =
      MakeAdminOptions(admin_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, options_.call_timeout_ms);
  rd_kafka_CreateTopics(admin_.get(), raw.data(), raw.size(), options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(*queue, "making topics"));
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
    if (code != 0 && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {  // another process was faster
      const char* text = rd_kafka_topic_result_error_string(results[i]);
      return KafkaError(code, text == nullptr ? "" : text,
                        std::string("making the topic \"") + rd_kafka_topic_result_name(results[i]) + "\"");
    }
  }
  return WaitForTopics(missing);
}

// A broker answers before each of them knows of the new topic.
Status KafkaCore::WaitForTopics(const std::vector<const TopicSpec*>& topics) {
  const Deadline deadline(options_.call_timeout_ms);
  for (;;) {
    CROSSBILL_RETURN_IF_ERROR(RefreshTopics());
    std::vector<TopicSpec> specs;
    for (const TopicSpec* spec : topics) {
      specs.push_back(*spec);
    }
    std::vector<const TopicSpec*> missing;
    CROSSBILL_RETURN_IF_ERROR(CheckTopics(specs, missing));
    if (missing.empty()) {
      return Ok();
    }
    if (deadline.passed()) {
      return Error(Code::kBusUnavailable,
                   "the topic \"" + missing.front()->name + "\" was made and does not appear");
    }
    Rest();
  }
}

Result<std::vector<TopicSpec>> KafkaCore::ListTopics() {
  CROSSBILL_RETURN_IF_ERROR(RefreshTopics());
  std::vector<TopicSpec> topics;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, partitions] : partitions_) {
      topics.push_back({name, partitions, false, std::nullopt});
    }
  }
  if (topics.empty()) {
    return topics;
  }
  std::vector<ConfigResource> owners;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const TopicSpec& spec : topics) {
    owners.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, spec.name.c_str()));
    raw.push_back(owners.back().get());
  }
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  const AdminOptions options =
      MakeAdminOptions(admin_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, options_.call_timeout_ms);
  rd_kafka_DescribeConfigs(admin_.get(), raw.data(), raw.size(), options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(*queue, "reading the topics' settings"));
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = rd_kafka_ConfigResource_name(resources[i]);
    const auto found =
        std::find_if(topics.begin(), topics.end(), [&](const TopicSpec& spec) { return spec.name == name; });
    if (found != topics.end()) {
      ReadConfigs(resources[i], *found);
    }
  }
  return topics;
}

Result<std::int32_t> KafkaCore::CountPartitions(std::string_view topic) {
  for (const bool fresh : {false, true}) {
    if (fresh) {
      CROSSBILL_RETURN_IF_ERROR(RefreshTopics());
    }
    const std::lock_guard lock(mutex_);
    if (const auto found = partitions_.find(topic); found != partitions_.end()) {
      return found->second;
    }
  }
  return Error(Code::kBusTopic, "no topic \"" + std::string(topic) + "\"");
}

Status KafkaCore::CheckPartition(const TopicPartition& partition) {
  CROSSBILL_TRY(const std::int32_t count, CountPartitions(partition.topic));
  if (partition.partition < 0 || partition.partition >= count) {
    return Error(Code::kBusTopic,
                 "topic \"" + partition.topic + "\" has no partition " + std::to_string(partition.partition));
  }
  return Ok();
}

Result<std::map<TopicPartition, std::int64_t>> KafkaCore::Offsets(
    const std::vector<TopicPartition>& partitions, std::int64_t spec, rd_kafka_IsolationLevel_t level) {
  const KafkaPartitions list = MakePartitions(partitions);
  for (int i = 0; i < list->cnt; ++i) {
    list->elems[i].offset = spec;
  }
  const AdminOptions options =
      MakeAdminOptions(admin_.get(), RD_KAFKA_ADMIN_OP_LISTOFFSETS, options_.call_timeout_ms);
  rd_kafka_AdminOptions_set_isolation_level(options.get(), level);
  const std::string doing = "reading the ends of topics";
  const Deadline deadline(options_.call_timeout_ms);
  for (;;) {
    const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
    rd_kafka_ListOffsets(admin_.get(), list.get(), options.get(), queue.get());
    CROSSBILL_TRY(const KafkaEvent event, Wait(*queue, doing));
    std::map<TopicPartition, std::int64_t> offsets;
    const rd_kafka_resp_err_t failed = ReadOffsets(*event, offsets);
    if (failed == 0) {
      return offsets;
    }
    if (!Settles(failed) || deadline.passed()) {
      return KafkaError(failed, "", doing);
    }
    Rest();
  }
}

Result<std::map<TopicPartition, PartitionRange>> KafkaCore::Ranges(
    const std::vector<TopicPartition>& partitions) {
  std::map<TopicPartition, PartitionRange> ranges;
  if (partitions.empty()) {
    return ranges;
  }
  for (const TopicPartition& partition : partitions) {
    CROSSBILL_RETURN_IF_ERROR(CheckPartition(partition));
  }
  CROSSBILL_TRY(const auto begins,
                Offsets(partitions, RD_KAFKA_OFFSET_SPEC_EARLIEST, RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED));
  const Deadline deadline(kMarkersMs);
  for (;;) {
    CROSSBILL_TRY(const auto ends,
                  Offsets(partitions, RD_KAFKA_OFFSET_SPEC_LATEST, RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED));
    bool all = true;
    {
      const std::lock_guard lock(mutex_);
      for (const TopicPartition& partition : partitions) {
        const auto last = committed_.find(partition);
        ranges[partition] = {begins.at(partition), ends.at(partition)};
        all = all && (last == committed_.end() || last->second < ends.at(partition));
      }
    }
    if (all || deadline.passed()) {
      return ranges;
    }
    Rest();
  }
}

Result<std::int64_t> KafkaCore::WrittenEnd(const TopicPartition& partition) {
  CROSSBILL_TRY(const auto ends,
                Offsets({partition}, RD_KAFKA_OFFSET_SPEC_LATEST, RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
  return ends.at(partition);
}

Result<std::map<TopicPartition, std::int64_t>> KafkaCore::CommittedOffsets(
    std::string_view group, const std::vector<TopicPartition>& partitions) {
  const KafkaPartitions list = MakePartitions(partitions);
  const std::string name(group);
  const AdminOptions options =
      MakeAdminOptions(admin_.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, options_.call_timeout_ms);
  rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), 1);
  const Deadline deadline(options_.call_timeout_ms);
  for (;;) {
    const GroupOffsets request(rd_kafka_ListConsumerGroupOffsets_new(name.c_str(), list.get()));
    rd_kafka_ListConsumerGroupOffsets_t* raw = request.get();
    const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
    rd_kafka_ListConsumerGroupOffsets(admin_.get(), &raw, 1, options.get(), queue.get());
    const std::string doing = "reading where the group " + name + " is";
    CROSSBILL_TRY(const KafkaEvent event, Wait(*queue, doing));
    std::map<TopicPartition, std::int64_t> offsets;
    const rd_kafka_resp_err_t failed = ReadGroupOffsets(*event, offsets);
    if (failed == 0) {
      return offsets;
    }
    if (!Settles(failed) || deadline.passed()) {
      return KafkaError(failed, "", doing);
    }
    Rest();
  }
}

Status KafkaCore::DeleteBefore(const TopicPartition& partition, std::int64_t offset) {
  CROSSBILL_TRY(const auto ranges, Ranges({partition}));
  const PartitionRange& range = ranges.at(partition);
  offset = std::min(offset, range.end);
  if (offset <= range.begin) {
    return Ok();
  }
  const KafkaPartitions list = MakePartitions({partition});
  list->elems[0].offset = offset;
  const DeleteRecordsPtr request(rd_kafka_DeleteRecords_new(list.get()));
  rd_kafka_DeleteRecords_t* raw = request.get();
  const AdminOptions options =
      MakeAdminOptions(admin_.get(), RD_KAFKA_ADMIN_OP_DELETERECORDS, options_.call_timeout_ms);
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_DeleteRecords(admin_.get(), &raw, 1, options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(*queue, "deleting what was read"));
  const rd_kafka_topic_partition_list_t* found =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  if (found->cnt > 0 && found->elems[0].err != 0) {
    return KafkaError(found->elems[0].err, "", "deleting what was read of " + partition.topic);
  }
  const std::lock_guard lock(mutex_);
  begins_[partition] = offset;
  ++deletions_;
  return Ok();
}

std::optional<std::int64_t> KafkaCore::BeginAfterDeletion(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  const auto found = begins_.find(partition);
  return found == begins_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<std::string>> KafkaCore::Groups() {
  const AdminOptions options =
      MakeAdminOptions(admin_.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, options_.call_timeout_ms);
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_ListConsumerGroups(admin_.get(), options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(*queue, "listing the groups"));
  std::size_t count = 0;
  const rd_kafka_ConsumerGroupListing_t** found =
      rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(event.get()), &count);
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = rd_kafka_ConsumerGroupListing_group_id(found[i]);
    if (name.starts_with(options_.prefix)) {
      groups.emplace_back(name);
    }
  }
  return groups;
}

void KafkaCore::NoteCommitted(const TopicPartition& partition, std::int64_t last) {
  const std::lock_guard lock(mutex_);
  std::int64_t& known = committed_[partition];
  known = std::max(known, last);
}

std::int64_t KafkaCore::WallMs() const { return options_.clock->Now().millis(); }

Result<LocalState*> KafkaCore::State() {
  const std::lock_guard lock(mutex_);
  if (!state_) {
    CROSSBILL_TRY(
        state_, LocalState::Open(options_.state_path, options_.memory_bytes, [&](std::string_view why) {
          if (options_.log) {
            options_.log(kWarning, "the local state is made anew from its changelogs: " + std::string(why));
          }
        }));
  }
  return state_.get();
}

}  // namespace crossbill::bus
