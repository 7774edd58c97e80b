// The RocksDB instance of the embedded bus: how it is opened, its column families, its errors in our words.
// Any thread. The options are chosen for bounded memory and little rewriting; each says why in storage.cc.
#pragma once

#include <rocksdb/db.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/embedded/embedded_bus.h"
#include "bus/state/family.h"
#include "bus/state/known_keys.h"

namespace crossbill::bus {

// Records live in one of three column families, by how they go: never, from the oldest on, or one by one.
// Fixed when a topic is made.
enum class RecordFamily : std::uint8_t { kKept = 0, kExpiring = 1, kCompacted = 2 };
inline constexpr std::size_t kRecordFamilies = 3;

class Storage {
 public:
  static Result<std::unique_ptr<Storage>> Open(const EmbeddedOptions& options);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* meta() { return handles_[0]; }
  StateFamily state() { return {db_.get(), handles_[1], options_.path, known_keys_.get()}; }
  rocksdb::ColumnFamilyHandle* records(RecordFamily family) {
    return handles_[2 + static_cast<std::size_t>(family)];
  }
  const std::string& path() const { return options_.path; }
  bool read_only() const { return options_.read_only; }
  const EmbeddedOptions& options() const { return options_; }

  // A quarter of the memory is the caches of the state stores, an eighth what is known of their keys, the
  // rest RocksDB's.
  std::size_t state_cache_bytes() const { return options_.memory_bytes / 4; }

  // One atomic write; synced when the options say so, or when `sync` is set.
  Status Write(rocksdb::WriteBatch& batch, bool sync = false);
  // Writes all files anew, so that nothing of what was deleted or replaced is left in them, nor in the log.
  Status Scrub();
  Error ErrorOf(const rocksdb::Status& status, std::string_view doing) const {
    return RocksDbError(status, doing, options_.path);
  }

 private:
  explicit Storage(const EmbeddedOptions& options) : options_(options) {}
  rocksdb::Status TryOpen();
  Status CheckFormat();

  EmbeddedOptions options_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  std::unique_ptr<KnownKeys> known_keys_;  // nothing when only reading
};

}  // namespace crossbill::bus
