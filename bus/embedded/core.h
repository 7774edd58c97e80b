// What an embedded bus knows in memory, shared by its producers and consumers: topics, the visible end of
// each partition, committed offsets, epochs, groups; and the way a transaction becomes durable and visible.
//
// Order of commits: offsets are given out under the mutex, the write itself runs beside others (RocksDB joins
// them, so that several producers share one fsync), and results are made visible in the order in which
// offsets were given. So a reader never sees a gap that is filled later. After a failed write nothing is
// accepted any more until the bus is opened anew. Any thread; everything is guarded by the mutex but
// `storage` and what never changes.
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

#include "bus/batch/record_batch.h"
#include "bus/bus.h"
#include "bus/embedded/storage.h"
#include "bus/state/keyed_store.h"

namespace crossbill::bus {

struct PartitionNumbers {
  std::int64_t begin = 0;    // the first offset that is kept
  std::int64_t next = 0;     // the next offset to give out
  std::int64_t end = 0;      // what readers may see is below
  std::int64_t cleaned = 0;  // compacted up to here
  std::int64_t kept = 0;     // records left below `cleaned`
};

struct EmbeddedTopic {
  std::uint32_t number = 0;
  RecordFamily family = RecordFamily::kKept;
  TopicSpec spec;
  std::vector<PartitionNumbers> partitions;
};

// Where a partition is, without strings; topics are never removed, so it stays good.
struct PartitionRef {
  EmbeddedTopic* topic = nullptr;
  std::uint32_t partition = 0;
  PartitionNumbers& numbers() const { return topic->partitions[partition]; }
  friend bool operator==(const PartitionRef&, const PartitionRef&) = default;
};

// What a producer hands over: everything encoded, only the offsets are missing.
struct Transaction {
  // `bytes`: about how much it will write. Grown by doubling, a batch of megabytes costs more than its
  // content.
  explicit Transaction(std::size_t bytes) : writes(bytes) {}

  struct Part {
    PartitionRef partition;
    std::vector<SealedBatch> batches;
  };
  std::vector<Part> parts;
  std::map<std::string, std::map<TopicPartition, std::int64_t>> offsets;  // by group
  rocksdb::WriteBatch writes;                                             // the state's
};

class EmbeddedCore {
 public:
  static Result<std::shared_ptr<EmbeddedCore>> Open(const EmbeddedOptions& options);

  Status CreateTopics(const std::vector<TopicSpec>& topics);
  std::vector<TopicSpec> ListTopics();
  Result<PartitionRef> Find(const TopicPartition& partition);
  Result<EmbeddedTopic*> FindTopic(std::string_view name);
  PartitionRange Range(const PartitionRef& partition);
  std::optional<std::int64_t> CommittedOffset(std::string_view group, const TopicPartition& partition);
  std::vector<std::string> Groups();

  // Fences older producers of this id and waits until their commits under way are through.
  Result<std::uint64_t> OpenEpoch(std::string_view transactional_id);
  Status CheckEpoch(std::string_view transactional_id, std::uint64_t epoch);
  Result<std::uint32_t> OpenStore(std::string_view name);
  Status Commit(std::string_view transactional_id, std::uint64_t epoch, Transaction& transaction);

  CacheBudget& cache_budget() { return cache_budget_; }
  Storage& storage() { return *storage_; }
  std::mutex& mutex() { return mutex_; }
  std::condition_variable& changed() { return changed_; }
  // The following want the mutex held.
  std::optional<std::int64_t> CommittedOffsetLocked(std::string_view group,
                                                    const TopicPartition& partition) const;
  Result<PartitionRef> FindLocked(const TopicPartition& partition);
  std::map<std::string, std::unique_ptr<EmbeddedTopic>, std::less<>>& topics() { return topics_; }

  // `partition`'s begin, cleaned and kept as they are to be stored.
  void PutNumbers(const PartitionRef& partition, const PartitionNumbers& numbers, rocksdb::WriteBatch& batch);

 private:
  struct Ticket {
    bool done = false;
    bool written = false;
    std::vector<std::pair<PartitionRef, std::int64_t>> ends;
    Transaction* transaction = nullptr;
  };

  EmbeddedCore() = default;
  Status Load();
  Status LoadMeta();
  Status LoadEnds();
  Status LoadTopic(std::string_view name, std::string_view value);
  Status LoadPartition(std::string_view key, std::string_view value);
  Status LoadOffset(std::string_view key, std::string_view value);
  Status WriteCheckedLocked() const;
  Status CheckEpochLocked(std::string_view transactional_id, std::uint64_t epoch) const;
  std::shared_ptr<Ticket> TakeTicketLocked(Transaction& transaction);
  void FinishLocked();
  Error Damaged(std::string what) const {
    return Error(Code::kBusCorrupt, std::move(what), storage_->path());
  }

  std::unique_ptr<Storage> storage_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::unique_ptr<EmbeddedTopic>, std::less<>> topics_;
  std::map<std::uint32_t, EmbeddedTopic*> by_number_;
  std::map<std::string, std::map<TopicPartition, std::int64_t>, std::less<>> committed_;
  std::map<std::string, std::uint64_t, std::less<>> epochs_;
  std::map<std::string, std::uint32_t, std::less<>> stores_;
  CacheBudget cache_budget_;
  std::deque<std::shared_ptr<Ticket>> tickets_;  // commits under way, in order of their offsets
  std::optional<Error> failed_;
};

std::unique_ptr<Producer> MakeEmbeddedProducer(std::shared_ptr<EmbeddedCore> core, std::string id,
                                               std::uint64_t epoch);
std::unique_ptr<Consumer> MakeEmbeddedConsumer(std::shared_ptr<EmbeddedCore> core, std::string group);

}  // namespace crossbill::bus
