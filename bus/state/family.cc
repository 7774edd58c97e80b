#include "bus/state/family.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>

#include <algorithm>

namespace crossbill::bus {
namespace {

// Four times RocksDB's: filters keep reads cheap, and with fewer merges the transforms cost a tenth less.
// Writers are slowed down and stopped as much later.
constexpr int kLevel0Files = 16;
constexpr int kLevel0SlowDown = 32;
constexpr int kLevel0Stop = 48;

bool Contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

void MergeLater(rocksdb::ColumnFamilyOptions& family) {
  family.level0_file_num_compaction_trigger = kLevel0Files;
  family.level0_slowdown_writes_trigger = kLevel0SlowDown;
  family.level0_stop_writes_trigger = kLevel0Stop;
}

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;  // else they would be outside of the bound
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  return table;
}

rocksdb::ColumnFamilyOptions StateFamilyOptions(const std::shared_ptr<rocksdb::Cache>& cache,
                                                std::size_t memory) {
  rocksdb::ColumnFamilyOptions family;
  rocksdb::BlockBasedTableOptions table = TableOptions(cache);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // most keys that are asked for first are new
  // A file's filter and index are read in small parts: one of a hundred thousand keys would push everything
  // else out of the cache.
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.metadata_block_size = 4096;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = memory / 4;
  family.max_write_buffer_number = 2;
  family.memtable_prefix_bloom_size_ratio = 0.05;
  family.memtable_whole_key_filtering = true;
  MergeLater(family);
  family.level_compaction_dynamic_level_bytes = true;
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  family.compression = lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  family.compression_per_level = {rocksdb::kNoCompression, family.compression};  // level 0 is merged soon
  return family;
}

std::shared_ptr<rocksdb::Logger> NoLogFile() {
  class Silent final : public rocksdb::Logger {
   public:
    Silent() : Logger(rocksdb::FATAL_LEVEL) {}
    using Logger::Logv;
    void Logv(const char*, va_list) override {}
  };
  return std::make_shared<Silent>();
}

Error RocksDbError(const rocksdb::Status& status, std::string_view doing, const std::string& path) {
  const std::string text = status.ToString();
  // RocksDB gives no code of its own for a lock.
  if (status.IsIOError() &&
      (Contains(text, "lock hold by current process") || Contains(text, "While lock file"))) {
    return Error(Code::kBusLocked, "another process has it open", path);
  }
  // A file that the manifest names and that is not there is damage too.
  const bool missing = status.IsPathNotFound() || (status.IsIOError() && Contains(text, "No such file"));
  if (status.IsCorruption() || missing || status.IsInvalidArgument()) {
    return Error(Code::kBusCorrupt, std::string(doing) + ": the stored data is damaged: " + text, path);
  }
  if (status.IsNoSpace()) {
    return Error(Code::kBusUnavailable, std::string(doing) + ": the disk is full", path);
  }
  return Error(Code::kBusUnavailable, std::string(doing) + ": " + text, path);
}

Status ScrubFamilies(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                     const std::string& path) {
  // With what is in memory of all families in files, no log is needed any more, and RocksDB deletes them.
  rocksdb::Status status = db.Flush(rocksdb::FlushOptions(), families);
  rocksdb::CompactRangeOptions compact;
  compact.exclusive_manual_compaction = false;
  compact.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  compact.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
  compact.blob_garbage_collection_age_cutoff = 1.0;
  for (auto family = families.begin(); status.ok() && family != families.end(); ++family) {
    status = db.CompactRange(compact, *family, nullptr, nullptr);
  }
  return status.ok() ? Ok() : Status(RocksDbError(status, "rewriting the files", path));
}

Error StateFamily::Failed(const rocksdb::Status& status, std::string_view doing) const {
  Error error = RocksDbError(status, doing, path);
  if (damaged == nullptr || error.code() != Code::kBusCorrupt) {
    return error;
  }
  *damaged = true;
  return Error(error.code(), error.message() + "; it is made anew with the next start", path);
}

}  // namespace crossbill::bus
