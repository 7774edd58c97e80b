// Topics, partitions and records: Kafka's model, in memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill::bus {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// A record to write, or one that was read; the bytes belong to whoever gave it.
struct RecordView {
  std::string_view key;
  std::optional<std::string_view> value;  // nothing: a tombstone
  std::span<const HeaderView> headers;
  std::int64_t timestamp_ms = 0;
  std::string_view Header(std::string_view name) const;  // empty when it is not there
};

// Records as they were read, with the memory that they point into. Move only.
struct FetchedRecord {
  std::uint32_t source = 0;  // index into Batch::sources
  std::int64_t offset = 0;
  RecordView record;
  std::uint32_t index = 0;  // of several records at one offset, as a broker has those of work topics
};

struct Batch {
  std::vector<TopicPartition> sources;
  std::vector<FetchedRecord> records;  // of one partition in order of offsets
  // Where reading goes on after this batch; may be past the last record (compaction, aborted transactions).
  std::map<TopicPartition, std::int64_t> next_offsets;
  std::vector<std::shared_ptr<const void>> memory;  // keeps what the views point into
  bool empty() const { return records.empty(); }
};

// Kafka's default partitioner (murmur2 of the key), so that all implementations and other clients agree.
std::int32_t PartitionOf(std::string_view key, std::int32_t partitions);

}  // namespace crossbill::bus
