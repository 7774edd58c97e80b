// Which topics there are.
#include <algorithm>

#include "bus/kafka/admin.h"
#include "bus/kafka/core.h"

namespace crossbill::bus {
namespace {

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_destroy>>;
using ConfigResource = std::unique_ptr<rd_kafka_ConfigResource_t, Destroyer<rd_kafka_ConfigResource_destroy>>;

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

Status KafkaCore::RefreshTopics() {
  CROSSBILL_TRY(const KafkaMetadata metadata, Metadata("listing the topics"));
  const std::lock_guard lock(mutex_);
  partitions_.clear();
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    const bool whole = topic.err == 0 && std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                                                     [](const auto& p) { return p.leader >= 0; });
    if (whole && std::string_view(topic.topic).starts_with(options_.prefix + ".")) {
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
  NoteWork(topics);
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
  const Admin admin = GetAdmin();
  const KafkaQueue queue(rd_kafka_queue_new(admin.get()));
  const AdminOptions options =
      MakeAdminOptions(admin.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, options_.call_timeout_ms);
  rd_kafka_CreateTopics(admin.get(), raw.data(), raw.size(), options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(admin, *queue, "making topics"));
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
    if (code != 0 && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {  // another process was faster
      const char* text = rd_kafka_topic_result_error_string(results[i]);
      const std::string name = rd_kafka_topic_result_name(results[i]);
      return KafkaTopicError(code, text == nullptr ? "" : text, "making the topic \"" + name + "\"", "Create",
                             name);
    }
  }
  return WaitForTopics(missing);
}

void KafkaCore::NoteWork(const std::vector<TopicSpec>& topics) {
  const std::lock_guard lock(mutex_);
  for (const TopicSpec& spec : topics) {
    if (spec.work) {
      work_topics_.insert(spec.name);
    }
  }
}

bool KafkaCore::IsWork(std::string_view topic) {
  const std::lock_guard lock(mutex_);
  return work_topics_.contains(topic);
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
    if (IsOver(deadline)) {
      return Error(Code::kBusUnavailable,
                   "the topic \"" + missing.front()->name + "\" was made and does not appear");
    }
    RestBetweenLooks();
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
  const Admin admin = GetAdmin();
  const KafkaQueue queue(rd_kafka_queue_new(admin.get()));
  const AdminOptions options =
      MakeAdminOptions(admin.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, options_.call_timeout_ms);
  rd_kafka_DescribeConfigs(admin.get(), raw.data(), raw.size(), options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(admin, *queue, "reading the topics' settings"));
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = rd_kafka_ConfigResource_name(resources[i]);
    if (const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(resources[i]);
        code != 0 && code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {  // deleted meanwhile
      return KafkaTopicError(code, "", "reading the settings of the topic \"" + name + "\"",
                             "DescribeConfigs", name);
    }
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

}  // namespace crossbill::bus
