#include "bus/memory/core.h"

#include <unordered_map>

namespace crossbill::bus {
namespace {

constexpr std::int64_t kTombstoneKeepMs = 24LL * 60 * 60 * 1000;  // readers have this long to see a deletion

void Compact(PartitionLog& log, std::int64_t now_ms) {
  std::unordered_map<std::string_view, std::int64_t> newest;
  for (const StoredRecordPtr& record : log.records) {
    newest[record->view().key] = record->offset;
  }
  std::deque<StoredRecordPtr> kept;
  for (const StoredRecordPtr& record : log.records) {
    const RecordView& view = record->view();
    if (newest[view.key] != record->offset) {
      continue;
    }
    if (!view.value && view.timestamp_ms < now_ms - kTombstoneKeepMs) {
      continue;
    }
    kept.push_back(record);
  }
  log.records = std::move(kept);
}

void Expire(PartitionLog& log, std::int64_t keep_from_ms) {
  while (!log.records.empty() && log.records.front()->view().timestamp_ms < keep_from_ms) {
    log.begin = log.records.front()->offset + 1;
    log.records.pop_front();
  }
}

}  // namespace

StoredRecord::StoredRecord(const RecordView& record) {
  std::size_t size = record.key.size() + (record.value ? record.value->size() : 0);
  for (const HeaderView& header : record.headers) {
    size += header.name.size() + header.value.size();
  }
  bytes_.reserve(size);
  const auto keep = [this](std::string_view text) {
    const std::size_t at = bytes_.size();
    bytes_.append(text);  // within the capacity: earlier views stay valid
    return std::string_view(bytes_).substr(at);
  };
  view_.key = keep(record.key);
  if (record.value) {
    view_.value = keep(*record.value);
  }
  headers_.reserve(record.headers.size());
  for (const HeaderView& header : record.headers) {
    const std::string_view name = keep(header.name);
    headers_.push_back({name, keep(header.value)});
  }
  view_.headers = headers_;
  view_.timestamp_ms = record.timestamp_ms;
}

Result<Topic*> Core::FindTopic(std::string_view name) {
  const auto found = topics.find(name);
  if (found == topics.end()) {
    return Error(Code::kBusTopic, "no topic \"" + std::string(name) + "\"");
  }
  return &found->second;
}

Result<PartitionLog*> Core::FindPartition(const TopicPartition& partition) {
  CROSSBILL_TRY(Topic* const topic, FindTopic(partition.topic));
  if (partition.partition < 0 || partition.partition >= topic->spec.partitions) {
    return Error(Code::kBusTopic, "topic \"" + partition.topic + "\" has no partition " +
                                      std::to_string(partition.partition) + ", only 0 to " +
                                      std::to_string(topic->spec.partitions - 1));
  }
  return &topic->partitions[static_cast<std::size_t>(partition.partition)];
}

std::optional<std::int64_t> Core::CommittedOffset(std::string_view group,
                                                  const TopicPartition& partition) const {
  const auto offsets = committed.find(group);
  if (offsets == committed.end()) {
    return std::nullopt;
  }
  const auto found = offsets->second.find(partition);
  if (found == offsets->second.end()) {
    return std::nullopt;
  }
  return found->second;
}

void MaintainAll(Core& core, std::int64_t now_ms) {
  for (auto& [name, topic] : core.topics) {
    for (PartitionLog& log : topic.partitions) {
      if (topic.spec.retention_ms) {
        Expire(log, now_ms - *topic.spec.retention_ms);
      }
      if (topic.spec.compacted) {
        Compact(log, now_ms);
      }
    }
  }
}

}  // namespace crossbill::bus
