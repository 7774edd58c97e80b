// The bus: topics, transactional producers, consumers in groups, and keyed state that commits with them.
// Implementations: bus/embedded (durable, one process), bus/memory (tests), bus/kafka. One contract suite
// holds for all (tests/contract/bus_contract.h). Bus: any thread. Producer, Consumer, StateStore: one thread
// at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/record.h"

namespace crossbill::bus {

struct TopicSpec {
  std::string name;
  std::int32_t partitions = 1;
  bool compacted = false;  // only the newest record of a key is kept; a tombstone removes the key
  std::optional<std::int64_t> retention_ms;  // records older than this go; nothing: they stay
  // Records go by DeleteBefore when they were read: a hint where they are put, and how many at one offset.
  bool work = false;
};

struct PartitionRange {
  std::int64_t begin = 0;  // the first offset that is kept
  std::int64_t end = 0;    // the offset that the next record will get (of committed records)
};

// What keys begin with that stay with the local copy of a store (see StateStore::Put).
inline constexpr char kLocalKey = '\x01';

// Keyed state that commits together with a producer's transaction. Keys are ordered by bytes.
// Reads see what this store's producer has put in the open transaction.
class StateStore {
 public:
  virtual ~StateStore() = default;
  virtual Result<std::optional<std::string>> Get(std::string_view key) = 0;
  // A hint: these keys are read next, and looked up together that is much cheaper than one by one. At most
  // some hundred, so that they are still there when they are read. What does not work is told by Get.
  virtual void Prefetch(std::vector<std::string>&& /*keys*/) {}
  // Calls visit(key, value) in order of keys with the prefix until it returns false. The views live for the
  // call.
  virtual Status Scan(std::string_view prefix,
                      const std::function<bool(std::string_view key, std::string_view value)>& visit) = 0;
  // Only between Begin and Commit/Abort of the producer that opened it. A key that begins with kLocalKey is
  // for what can be made anew from the others: it may be gone after a restart, and then all such keys are;
  // else they are of the same moment as the last local copy, which may be older than the other keys.
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Delete(std::string_view key) = 0;
};

// A transactional producer. Everything between Begin and Commit becomes visible together (records, offsets,
// state) or not at all.
class Producer {
 public:
  virtual ~Producer() = default;
  virtual Status Begin() = 0;
  // partition < 0: by the key. The record's bytes are copied.
  virtual Status Send(std::string_view topic, std::int32_t partition, const RecordView& record) = 0;
  // The offsets from which `group` goes on reading.
  virtual Status SendOffsets(std::string_view group,
                             const std::map<TopicPartition, std::int64_t>& offsets) = 0;
  // kBusFenced: another producer with the same id was opened; this one is of no more use.
  virtual Status Commit() = 0;
  virtual Status Abort() = 0;
  // State of this producer's owner; `name` is unique in the bus ("reconcile.2"). The store lives as long as
  // the producer.
  virtual Result<StateStore*> OpenState(std::string_view name) = 0;
};

// Reads committed records only.
class Consumer {
 public:
  virtual ~Consumer() = default;
  // Reads these partitions, each from the group's committed offset, else from the begin.
  virtual Status Assign(const std::vector<TopicPartition>& partitions) = 0;
  virtual Status Seek(const TopicPartition& partition, std::int64_t offset) = 0;
  // At most `max_records` records, and what stands at the last one's offset as well; waits up to `wait_ms`
  // for the first. An empty batch is normal.
  virtual Result<Batch> Poll(std::size_t max_records, std::int64_t wait_ms) = 0;
};

// A process's part of work that processes share by number: 0 to count-1, each with one owner at a time. Who
// is thought dead may go on for a while; the producer that the next owner opens fences it. One thread.
class WorkShare {
 public:
  virtual ~WorkShare() = default;  // leaves
  // Takes part, and waits up to wait_ms for a change; called all the time. `give_up` is called with what goes
  // to another process, before it goes. kBusFenced: another process has this one's identity.
  virtual Status Poll(std::int64_t wait_ms,
                      const std::function<void(const std::set<std::int32_t>&)>& give_up) = 0;
  virtual std::set<std::int32_t> owned() const = 0;
  // False: all is owned for good, and Poll does nothing.
  virtual bool changes() const { return true; }
};

class Bus {
 public:
  virtual ~Bus() = default;
  // Makes what is missing; a topic that exists with another number of partitions is kBusPartitions.
  virtual Status CreateTopics(const std::vector<TopicSpec>& topics) = 0;
  virtual Result<std::vector<TopicSpec>> ListTopics() = 0;
  virtual Result<PartitionRange> Range(const TopicPartition& partition) = 0;
  virtual Result<std::optional<std::int64_t>> CommittedOffset(std::string_view group,
                                                              const TopicPartition& partition) = 0;
  // The same of many at a time: with a broker each question takes a while.
  virtual Result<std::int32_t> CountPartitions(std::string_view topic);
  virtual Result<std::map<TopicPartition, PartitionRange>> Ranges(
      const std::vector<TopicPartition>& partitions);
  virtual Result<std::map<TopicPartition, std::int64_t>> CommittedOffsets(
      std::string_view group, const std::vector<TopicPartition>& partitions);
  // Waits until all that is in the partition now is committed or given up. Another producer's open
  // transaction hides what was committed behind it, so who has to know the last word on something waits
  // first.
  virtual Status WaitForOpenTransactions(const TopicPartition& partition);
  // Opening a producer fences an older one with the same id.
  virtual Result<std::unique_ptr<Producer>> OpenProducer(std::string_view transactional_id) = 0;
  virtual Result<std::unique_ptr<Consumer>> OpenConsumer(std::string_view group) = 0;
  // Whether calls wait for a network: more threads than cores have something to do.
  virtual bool is_remote() const { return false; }
  // Takes part in the work of this name ("transforms"), from the first Poll on. A bus of one process: it owns
  // all.
  virtual Result<std::unique_ptr<WorkShare>> JoinWork(std::string_view name, std::int32_t count);
  // Keeps this process's copy of a state that another one owns near what that has committed, so that taking
  // over is quick: a bounded step. Gives how many changes it is behind. Never together with a producer's
  // OpenState of it.
  virtual Result<std::int64_t> FollowState(std::string_view name);
  // Kafka's DeleteRecords: moves the begin of what is kept up to `offset`, at most to the end; what is below
  // is not read any more and its space comes back later. An offset at or below the begin changes nothing.
  virtual Status DeleteBefore(const TopicPartition& partition, std::int64_t offset) = 0;
  // Of the records below `end`, those that `stays` refuses go; the others keep their order, and their offsets
  // where the bus can write a record anew in its place. Where it cannot, they are written again behind the
  // end and all that was there is deleted: readers meet them twice. Takes as long as reading the partition.
  virtual Status Thin(const TopicPartition& partition, std::int64_t end,
                      const std::function<bool(const FetchedRecord&)>& stays);
  // What was deleted and replaced until now leaves this process's disk: not only no reader finds it, its
  // bytes are gone. Rewrites all files.
  virtual Status Scrub() { return Ok(); }
  // Compaction and retention, a bounded step; called now and then by the runtime. now_ms is wall time.
  virtual Status Maintain(std::int64_t now_ms) = 0;
  virtual std::vector<std::string> Groups() = 0;
};

// The newest value of each key of a compacted topic, tombstones taken away: visit(key, record). For start-up
// and for `export`.
Status ReadCompacted(Bus& bus, std::string_view topic, const std::function<Status(const RecordView&)>& visit);
// The number of records of these groups' topics not read yet: end minus committed, summed.
Result<std::int64_t> Lag(Bus& bus, std::string_view group, const std::vector<std::string>& topics);

}  // namespace crossbill::bus
