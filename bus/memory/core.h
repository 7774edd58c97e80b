// What a MemoryBus holds, shared by its producers and consumers, so that these may outlive it. Private to
// bus/memory. Thread rule: everything but the constants of a StoredRecord is guarded by `mutex`.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "bus/record.h"

namespace crossbill::bus {

// A record with its own bytes. Never changes once it is committed.
class StoredRecord {
 public:
  explicit StoredRecord(const RecordView& record);
  StoredRecord(const StoredRecord&) = delete;
  StoredRecord& operator=(const StoredRecord&) = delete;
  const RecordView& view() const { return view_; }
  std::int64_t offset = 0;

 private:
  std::string bytes_;
  std::vector<HeaderView> headers_;
  RecordView view_;
};
using StoredRecordPtr = std::shared_ptr<const StoredRecord>;

struct PartitionLog {
  std::deque<StoredRecordPtr> records;  // in order of offsets
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

struct Topic {
  TopicSpec spec;
  std::vector<PartitionLog> partitions;
};

struct Core {
  std::mutex mutex;
  std::condition_variable changed;  // a commit, or a change of a group
  std::map<std::string, Topic, std::less<>> topics;
  std::map<std::string, std::map<TopicPartition, std::int64_t>, std::less<>> committed;  // by group
  std::map<std::string, std::uint64_t, std::less<>> epochs;  // by transactional id
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> states;

  // The following want the mutex held.
  Result<Topic*> FindTopic(std::string_view name);
  Result<PartitionLog*> FindPartition(const TopicPartition& partition);
  std::optional<std::int64_t> CommittedOffset(std::string_view group, const TopicPartition& partition) const;
};

std::unique_ptr<Producer> MakeProducer(std::shared_ptr<Core> core, std::string id, std::uint64_t epoch);
std::unique_ptr<Consumer> MakeConsumer(std::shared_ptr<Core> core, std::string group);
// Compaction and retention of everything, at once.
void MaintainAll(Core& core, std::int64_t now_ms);

}  // namespace crossbill::bus
