// The local copies of keyed state: a RocksDB of this process, with a number per store and, written together
// with each change, the place in the changelog up to which the copy is complete. What is damaged is thrown
// away: the changelog has it all.
//
// There is no log and there is one column family, so that whatever a crash or damage leaves of the files is
// the copy of some earlier moment with the checkpoints of that moment, or is noticed: files that are missing
// or cut when it is opened, bytes that have changed then, too, if it was not closed in order, and else when
// they are read.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/state/family.h"
#include "bus/state/keyed_store.h"
#include "bus/state/known_keys.h"

namespace crossbill::bus {

class LocalState {
 public:
  // kBusLocked when another process has the folder open. `on_rebuilt` is told why a copy was thrown away.
  static Result<std::unique_ptr<LocalState>> Open(const std::string& path, std::size_t memory_bytes,
                                                  const std::function<void(std::string_view)>& on_rebuilt);
  ~LocalState();
  LocalState(const LocalState&) = delete;
  LocalState& operator=(const LocalState&) = delete;

  StateFamily family() {
    return {db_.get(), db_->DefaultColumnFamily(), path_, known_keys_.get(), &damaged_};
  }
  CacheBudget& cache_budget() { return cache_budget_; }

  // Any thread. `name` is the store's, the same one with every start.
  Result<std::uint32_t> NumberOf(std::string_view name);
  // How far the copy of the store is: the offset that is to be read next, and of which changelog (a topic
  // that is made anew has another identity). Nothing: there is no copy.
  struct Checkpoint {
    std::int64_t next = 0;
    std::int64_t written_ms = 0;  // wall time
  };
  Result<std::optional<Checkpoint>> CheckpointOf(std::uint32_t store);
  void PutCheckpoint(std::uint32_t store, const Checkpoint& checkpoint, rocksdb::WriteBatch& batch);
  // Takes all of the store's keys and its checkpoint away.
  Status Clear(std::uint32_t store);
  // Nothing of what was deleted or replaced is left in the files.
  Status Scrub() { return ScrubFamilies(*db_, {db_->DefaultColumnFamily()}, path_); }
  // Into memory, and from there to files in the background: the changelog is behind it.
  Status Write(rocksdb::WriteBatch& batch);

 private:
  LocalState(std::string path, std::size_t memory_bytes);
  rocksdb::Status TryOpen();
  rocksdb::Status OpenFiles();
  void FlushWhenDue();

  const std::string path_;
  const std::size_t memory_bytes_;
  CacheBudget cache_budget_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<KnownKeys> known_keys_;
  std::mutex mutex_;  // of giving numbers
  std::atomic<bool> damaged_ = false;
  std::atomic<std::int64_t> written_ms_ = 0;  // the youngest checkpoint's
  std::atomic<std::int64_t> flushed_ms_ = 0;
};

}  // namespace crossbill::bus
