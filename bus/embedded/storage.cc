#include "bus/embedded/storage.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "bus/embedded/keys.h"
#include "bus/state/family.h"

namespace crossbill::bus {
namespace {

constexpr std::string_view kFormatName = "crossbill-bus-1";
constexpr const char* kRecordFamilyNames[kRecordFamilies] = {"records.kept", "records.expiring",
                                                             "records.compacted"};
constexpr const char* kStateFamily = "state";
constexpr std::size_t kLeastMemory = 8u << 20;
constexpr int kCacheShardBits = 2;
// Values from here on go to blob files: written once at the flush and not again by compactions.
constexpr std::uint64_t kLeastBlobBytes = 2048;

// A reader beside a running process may meet a file that was just replaced.
constexpr int kReadOnlyTries = 5;

rocksdb::DBOptions MakeDbOptions(const EmbeddedOptions& options, const std::shared_ptr<rocksdb::Cache>& cache,
                                 std::size_t memory) {
  rocksdb::DBOptions db;
  db.create_if_missing = !options.read_only;
  db.create_missing_column_families = !options.read_only;
  db.paranoid_checks = true;
  // A cut record at the end of the log is what kill -9 leaves; any other damage is an error and not silently
  // the end.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Write buffers are charged to the cache, so both together stay below `memory`.
  db.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(memory / 2, cache);
  db.max_total_wal_size = std::max<std::uint64_t>(memory, 32u << 20);
  db.max_background_jobs = 2;
  db.max_open_files = options.read_only ? -1 : 256;  // a reader keeps the files that the writer deletes
  db.max_file_opening_threads = 1;
  db.skip_stats_update_on_db_open = true;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log = NoLogFile();
  // Without fsync a commit, the kernel is still made to write in small steps rather than all at once.
  db.bytes_per_sync = 1u << 20;
  db.wal_bytes_per_sync = options.sync_commits ? 0 : 1u << 20;
  return db;
}

rocksdb::ColumnFamilyOptions MakeMetaOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(cache)));
  family.write_buffer_size = 1u << 20;
  family.compression = rocksdb::kNoCompression;
  return family;
}

rocksdb::ColumnFamilyOptions MakeRecordsOptions(RecordFamily which,
                                                const std::shared_ptr<rocksdb::Cache>& cache,
                                                std::size_t memory) {
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(cache)));
  family.write_buffer_size = memory / 4;
  family.max_write_buffer_number = 2;
  family.compression = rocksdb::kNoCompression;  // batches are compressed already
  if (which == RecordFamily::kCompacted) {       // much is deleted here: plain levels give the space back
    family.level_compaction_dynamic_level_bytes = true;
    MergeLater(family);
    return family;
  }
  // Keys of all partitions are mixed in each flush, so plain levels would rewrite the records again and
  // again; with blob files the levels only hold keys. A blob file goes when all of it is gone, which in these
  // two families needs no collection: nothing goes, or everything of about the same time does.
  family.enable_blob_files = true;
  family.min_blob_size = kLeastBlobBytes;
  family.blob_file_size = 64u << 20;
  family.blob_compression_type = rocksdb::kNoCompression;
  family.target_file_size_base = 8u << 20;
  return family;
}

}  // namespace

Result<std::unique_ptr<Storage>> Storage::Open(const EmbeddedOptions& options) {
  std::error_code error;
  const std::filesystem::path path(options.path);
  if (options.path.empty()) {
    return Error(Code::kUsage, "the embedded bus needs a path");
  }
  if (options.read_only) {
    if (!std::filesystem::exists(path / "CURRENT", error)) {
      return Error(Code::kNothingYet, "nothing was written here yet", options.path);
    }
  } else {
    std::filesystem::create_directories(path, error);
    if (error) {
      return Error(Code::kIo, "the folder cannot be made: " + error.message(), options.path);
    }
  }
  std::unique_ptr<Storage> storage(new Storage(options));
  rocksdb::Status status = storage->TryOpen();
  for (int i = 1; options.read_only && i < kReadOnlyTries && !status.ok(); ++i) {
    status = storage->TryOpen();
  }
  if (!status.ok()) {
    return storage->ErrorOf(status, "opening");
  }
  if (!options.read_only) {
    storage->known_keys_ = std::make_unique<KnownKeys>(KnownKeysBytes(options.memory_bytes));
    storage->known_keys_->Watch(storage->db(), storage->state().handle);
  }
  CROSSBILL_RETURN_IF_ERROR(storage->CheckFormat());
  return storage;
}

rocksdb::Status Storage::TryOpen() {
  const std::size_t others = state_cache_bytes() + KnownKeysBytes(options_.memory_bytes);
  const std::size_t memory = std::max(options_.memory_bytes - others, kLeastMemory);
  // Few shards: with the default of many, a shard is smaller than a large block and never keeps it.
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(memory, kCacheShardBits);
  const rocksdb::DBOptions db_options = MakeDbOptions(options_, cache, memory);
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, MakeMetaOptions(cache)},
      {kStateFamily, StateFamilyOptions(cache, memory)},
      {kRecordFamilyNames[0], MakeRecordsOptions(RecordFamily::kKept, cache, memory)},
      {kRecordFamilyNames[1], MakeRecordsOptions(RecordFamily::kExpiring, cache, memory)},
      {kRecordFamilyNames[2], MakeRecordsOptions(RecordFamily::kCompacted, cache, memory)}};
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options_.read_only ? rocksdb::DB::OpenForReadOnly(db_options, options_.path, families, &handles_, &db)
                         : rocksdb::DB::Open(db_options, options_.path, families, &handles_, &db);
  db_.reset(db);
  return status;
}

Storage::~Storage() {
  if (!db_) {
    return;
  }
  known_keys_.reset();
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle);
  }
  db_->Close();
}

Status Storage::CheckFormat() {
  std::string format;
  const rocksdb::Status status = db_->Get({}, meta(), SliceOf(kFormatKey), &format);
  if (status.ok()) {
    if (format == kFormatName) {
      return Ok();
    }
    return Error(Code::kBusCorrupt,
                 "the folder has the format \"" + format + "\", this program reads \"" +
                     std::string(kFormatName) + "\"",
                 options_.path);
  }
  if (!status.IsNotFound()) {
    return ErrorOf(status, "reading the format");
  }
  if (options_.read_only) {
    return Error(Code::kNothingYet, "nothing was written here yet", options_.path);
  }
  rocksdb::WriteBatch batch;
  batch.Put(meta(), SliceOf(kFormatKey), SliceOf(kFormatName));
  return Write(batch, true);
}

Status Storage::Scrub() { return ScrubFamilies(*db_, handles_, options_.path); }

Status Storage::Write(rocksdb::WriteBatch& batch, bool sync) {
  rocksdb::WriteOptions write;
  write.sync = sync || options_.sync_commits;
  write.memtable_insert_hint_per_batch = true;  // a store's keys come in order
  if (known_keys_) {
    known_keys_->NoteWritten(batch);
  }
  const rocksdb::Status status = db_->Write(write, &batch);
  return status.ok() ? Ok() : Status(ErrorOf(status, "writing"));
}

}  // namespace crossbill::bus
