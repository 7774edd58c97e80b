// Compaction, retention and deletion of the embedded bus in bounded steps, after Kafka's log cleaner: a map
// of key hashes to newest offsets is made of what was written since the last cleaning, then all batches up to
// there are rewritten without what was superseded. Each rewritten run is one write, and removing a superseded
// record is right at any time, so a step may be the last one before a crash: the next start begins anew.
// Offsets never change. Any thread, one at a time (its own mutex).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "bus/embedded/core.h"

namespace crossbill::bus {

class Cleaner {
 public:
  explicit Cleaner(std::shared_ptr<EmbeddedCore> core) : core_(std::move(core)) {}
  // Does about kStepBytes of work at most.
  Status Step(std::int64_t now_ms);
  // One write, however much goes: RocksDB takes the batches away when it compacts. The begin may be inside of
  // a batch.
  Status DeleteBefore(const PartitionRef& partition, std::int64_t offset);
  // Takes out of the batches below `end` what `stays` refuses; offsets stay.
  Status Thin(const PartitionRef& partition, std::int64_t end,
              const std::function<bool(const FetchedRecord&)>& stays);

 private:
  // A cleaning of one partition that is under way.
  struct Cleaning {
    PartitionRef partition;
    std::int64_t dirty_begin = 0;  // below: cleaned the last time
    std::int64_t position = 0;     // of the present pass
    std::int64_t end = 0;          // the map covers [dirty_begin, end)
    bool rewriting = false;        // second pass
    std::int64_t kept = 0;         // records left so far
    std::unordered_map<Hash128, std::int64_t> newest;
  };
  // Batches read and not yet written again.
  struct Run {
    RecordBatchBuilder builder;
    std::int64_t first = 0;         // the first offset that it stands for
    std::int64_t next = 0;          // the offset after the last record in `builder`
    std::vector<std::string> keys;  // of the batches that it replaces
    std::int64_t last = 0;          // their last offset
    bool changed = false;
    std::int64_t kept = 0;
  };

  Status Expire(const PartitionRef& partition, std::int64_t cutoff_ms);
  std::optional<Cleaning> Choose();
  Status Learn(rocksdb::Iterator& it);
  Status Rewrite(rocksdb::Iterator& it, std::int64_t now_ms);
  Status RewriteBatch(rocksdb::Iterator& it, std::int64_t last_offset, std::int64_t now_ms, Run& run);
  Status Flush(Run& run);
  Status ThinBatch(const PartitionRef& partition, rocksdb::Iterator& it, std::int64_t last_offset,
                   const std::function<bool(const FetchedRecord&)>& stays);
  Status Finish();
  bool Stays(const FetchedRecord& fetched, std::int64_t now_ms) const;
  // Stores the new begin with `batch`, then readers see it.
  Status MoveBegin(const PartitionRef& partition, PartitionNumbers numbers, std::int64_t begin,
                   rocksdb::WriteBatch& batch);
  PartitionNumbers NumbersOf(const PartitionRef& partition);
  Error Located(Error error) const;

  std::shared_ptr<EmbeddedCore> core_;
  std::mutex mutex_;
  std::optional<Cleaning> cleaning_;
  std::size_t budget_ = 0;  // bytes of records that this step may still read
};

}  // namespace crossbill::bus
