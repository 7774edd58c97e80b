// The column family that stores live in: where it is, how it is set up, and RocksDB's errors in our words.
// Any thread.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace crossbill::bus {

inline rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class KnownKeys;

struct StateFamily {
  rocksdb::DB* db = nullptr;
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  std::string path;                 // of the database, for messages
  KnownKeys* known_keys = nullptr;  // of who writes the family
  // Of a copy that can be made anew: set when it turns out to be damaged.
  std::atomic<bool>* damaged = nullptr;

  // What did not work, in our words.
  Error Failed(const rocksdb::Status& status, std::string_view doing) const;
};

// `doing` names what was tried.
Error RocksDbError(const rocksdb::Status& status, std::string_view doing, const std::string& path);

// Writes the families' files anew: what was deleted or replaced is in none of them any more, nor in the log.
Status ScrubFamilies(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                     const std::string& path);

// For all databases of ours. RocksDB's own log ends the process by an assertion when the disk is full; what
// matters of it comes as a status.
std::shared_ptr<rocksdb::Logger> NoLogFile();
// For all families of ours: bounded memory, checksums.
rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache);
// Merges happen later than RocksDB would do them, and so rarer.
void MergeLater(rocksdb::ColumnFamilyOptions& family);
// `memory`: of the whole database, in bytes.
rocksdb::ColumnFamilyOptions StateFamilyOptions(const std::shared_ptr<rocksdb::Cache>& cache,
                                                std::size_t memory);

}  // namespace crossbill::bus
