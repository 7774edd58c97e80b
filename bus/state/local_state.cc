#include "bus/state/local_state.h"

#include <rocksdb/write_buffer_manager.h>

#include <filesystem>
#include <system_error>

#include "bus/state/encoding.h"

namespace crossbill::bus {
namespace {

constexpr int kCacheShardBits = 2;
constexpr char kNumberPrefix = 'n';      // n <store name>   -> store number
constexpr char kCheckpointPrefix = 'c';  // c <store number> -> next offset, wall time
constexpr std::string_view kLastNumber = "last number";

std::string CheckpointKey(std::uint32_t store) {
  std::string key(1, kCheckpointPrefix);
  PutFixed32(key, store);
  return key;
}

// What is wrong with the folder that RocksDB does not notice; empty: nothing.
std::string UnnoticedDamage(const std::string& path, const ManifestGuard& guard) {
  std::error_code ignored;
  if (std::filesystem::is_empty(path, ignored)) {
    return "";
  }
  // Without the file that names all others RocksDB begins anew, and yet takes in the logs that it finds: a
  // copy with what came last and without what came before.
  if (!std::filesystem::exists(path + "/CURRENT", ignored)) {
    return path + "/CURRENT is not there";
  }
  return guard.Check();
}

void MakeAnew(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
  std::filesystem::create_directories(path, ignored);
}

}  // namespace

LocalState::LocalState(std::string path, std::size_t memory_bytes)
    : path_(std::move(path)), memory_bytes_(memory_bytes), guard_(std::make_shared<ManifestGuard>(path_)) {
  cache_budget_.limit = memory_bytes / 4;
}

LocalState::~LocalState() {
  if (!db_) {
    return;
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle);
  }
  db_->Close();
}

Result<std::unique_ptr<LocalState>> LocalState::Open(
    const std::string& path, std::size_t memory_bytes,
    const std::function<void(std::string_view)>& on_rebuilt) {
  if (path.empty()) {
    return Error(Code::kUsage, "keyed state needs a folder");
  }
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) {
    return Error(Code::kIo, "the folder cannot be made: " + failed.message(), path);
  }
  std::unique_ptr<LocalState> state(new LocalState(path, memory_bytes));
  if (const std::string damage = UnnoticedDamage(path, *state->guard_); !damage.empty()) {
    on_rebuilt(damage);
    MakeAnew(path);
  }
  rocksdb::Status status = state->TryOpen();
  if (const Error error = RocksDbError(status, "opening", path);
      !status.ok() && error.code() == Code::kBusCorrupt) {
    on_rebuilt(error.ToString());
    MakeAnew(path);
    status = state->TryOpen();
  }
  if (!status.ok()) {
    return RocksDbError(status, "opening", path);
  }
  state->guard_->Remember();
  return state;
}

rocksdb::Status LocalState::TryOpen() {
  const std::size_t memory = memory_bytes_ - cache_budget_.limit;
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(memory, kCacheShardBits);
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(memory / 2, cache);
  db.max_total_wal_size = memory;
  db.max_background_jobs = 2;
  db.max_open_files = 256;
  db.stats_dump_period_sec = 0;
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.listeners = {guard_};
  rocksdb::ColumnFamilyOptions meta;
  meta.write_buffer_size = 1u << 20;
  rocksdb::DB* raw = nullptr;
  handles_.clear();
  const rocksdb::Status status = rocksdb::DB::Open(
      db, path_, {{rocksdb::kDefaultColumnFamilyName, meta}, {"state", StateFamilyOptions(cache, memory)}},
      &handles_, &raw);
  db_.reset(raw);
  return status;
}

Result<std::uint32_t> LocalState::NumberOf(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const std::string key = kNumberPrefix + std::string(name);
  std::string value;
  rocksdb::Status status = db_->Get({}, handles_[0], key, &value);
  std::string_view bytes = value;
  std::uint32_t number = 0;
  if (status.ok() && GetFixed32(bytes, number)) {
    return number;
  }
  std::string last;
  status = db_->Get({}, handles_[0], SliceOf(kLastNumber), &last);
  bytes = last;
  if (status.ok()) {
    GetFixed32(bytes, number);
  } else if (!status.IsNotFound()) {
    return RocksDbError(status, "reading state", path_);
  }
  std::string next;
  PutFixed32(next, number + 1);
  rocksdb::WriteBatch batch;
  batch.Put(handles_[0], key, next);
  batch.Put(handles_[0], SliceOf(kLastNumber), next);
  CROSSBILL_RETURN_IF_ERROR(Write(batch));
  return number + 1;
}

Result<std::optional<LocalState::Checkpoint>> LocalState::CheckpointOf(std::uint32_t store) {
  std::string value;
  const rocksdb::Status status = db_->Get({}, handles_[0], CheckpointKey(store), &value);
  if (status.IsNotFound()) {
    return std::optional<Checkpoint>();
  }
  if (!status.ok()) {
    return RocksDbError(status, "reading state", path_);
  }
  std::string_view bytes = value;
  std::uint64_t next = 0;
  std::uint64_t written = 0;
  if (!GetFixed64(bytes, next) || !GetFixed64(bytes, written)) {
    return std::optional<Checkpoint>();
  }
  return std::optional(Checkpoint{static_cast<std::int64_t>(next), static_cast<std::int64_t>(written)});
}

void LocalState::PutCheckpoint(std::uint32_t store, const Checkpoint& checkpoint,
                               rocksdb::WriteBatch& batch) {
  std::string value;
  PutFixed64(value, static_cast<std::uint64_t>(checkpoint.next));
  PutFixed64(value, static_cast<std::uint64_t>(checkpoint.written_ms));
  batch.Put(handles_[0], CheckpointKey(store), value);
}

Status LocalState::Clear(std::uint32_t store) {
  std::string begin;
  std::string end;
  EncodeStateKey(store, {}, begin);
  EncodeStateKey(store + 1, {}, end);
  rocksdb::WriteBatch batch;
  batch.Delete(handles_[0], CheckpointKey(store));
  batch.DeleteRange(handles_[1], begin, end);
  return Write(batch);
}

Status LocalState::Write(rocksdb::WriteBatch& batch) {
  const rocksdb::Status status = db_->Write({}, &batch);
  return status.ok() ? Ok() : Status(RocksDbError(status, "writing state", path_));
}

}  // namespace crossbill::bus
