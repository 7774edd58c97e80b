#include "bus/state/local_state.h"

#include <rocksdb/write_buffer_manager.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "bus/state/encoding.h"

namespace crossbill::bus {
namespace {

constexpr int kCacheShardBits = 2;
constexpr char kNumberPrefix = 'n';      // n <store name>   -> store number
constexpr char kLastPrefix = 'l';        // l                -> the last store number given
constexpr char kCheckpointPrefix = 'c';  // c <store number> -> next offset, wall time
// So that a copy that is written to little is not too old after a crash.
constexpr std::int64_t kFlushMs = 5LL * 60 * 1000;

// Store 0 is ours.
std::string OwnKey(char prefix, std::string_view name) {
  std::string key;
  EncodeStateKey(0, {}, key);
  key += prefix;
  key += name;
  return key;
}

std::string CheckpointKey(std::uint32_t store) {
  std::string number;
  PutFixed32(number, store);
  return OwnKey(kCheckpointPrefix, number);
}

// There while the copy is closed, and was found in order until then.
std::string ClosedMark(const std::string& path) { return path + "/CLOSED"; }

void MakeAnew(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
  std::filesystem::create_directories(path, ignored);
}

}  // namespace

LocalState::LocalState(std::string path, std::size_t memory_bytes)
    : path_(std::move(path)), memory_bytes_(memory_bytes) {
  cache_budget_.limit = memory_bytes / 4;
}

LocalState::~LocalState() {
  if (!db_) {
    return;
  }
  known_keys_.reset();
  if (db_->Close().ok() && !damaged_) {
    std::ofstream(ClosedMark(path_)).flush();
  }
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
  state->known_keys_ = std::make_unique<KnownKeys>(KnownKeysBytes(memory_bytes));
  state->known_keys_->Watch(*state->db_, state->db_->DefaultColumnFamily());
  return state;
}

rocksdb::Status LocalState::TryOpen() {
  rocksdb::Status status = OpenFiles();
  std::error_code ignored;
  if (status.ok() && !std::filesystem::remove(ClosedMark(path_), ignored)) {
    status = db_->VerifyChecksum();
  }
  if (!status.ok()) {
    db_.reset();
  }
  return status;
}

rocksdb::Status LocalState::OpenFiles() {
  const std::size_t memory = memory_bytes_ - cache_budget_.limit - KnownKeysBytes(memory_bytes_);
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(memory, kCacheShardBits);
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(memory / 2, cache);
  db.max_background_jobs = 2;
  db.max_open_files = 256;
  db.stats_dump_period_sec = 0;
  db.info_log = NoLogFile();
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(rocksdb::Options(db, StateFamilyOptions(cache, memory)), path_, &raw);
  db_.reset(raw);
  return status;
}

Result<std::uint32_t> LocalState::NumberOf(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const std::string key = OwnKey(kNumberPrefix, name);
  std::string value;
  rocksdb::Status status = db_->Get({}, key, &value);
  std::string_view bytes = value;
  std::uint32_t number = 0;
  if (status.ok() && GetFixed32(bytes, number)) {
    return number;
  }
  std::string last;
  const std::string last_key = OwnKey(kLastPrefix, {});
  status = db_->Get({}, last_key, &last);
  bytes = last;
  if (status.ok()) {
    GetFixed32(bytes, number);
  } else if (!status.IsNotFound()) {
    return family().Failed(status, "reading state");
  }
  std::string next;
  PutFixed32(next, number + 1);
  rocksdb::WriteBatch batch;
  batch.Put(key, next);
  batch.Put(last_key, next);
  CROSSBILL_RETURN_IF_ERROR(Write(batch));
  return number + 1;
}

Result<std::optional<LocalState::Checkpoint>> LocalState::CheckpointOf(std::uint32_t store) {
  std::string value;
  const rocksdb::Status status = db_->Get({}, CheckpointKey(store), &value);
  if (status.IsNotFound()) {
    return std::optional<Checkpoint>();
  }
  if (!status.ok()) {
    return family().Failed(status, "reading state");
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
  batch.Put(CheckpointKey(store), value);
  written_ms_ = checkpoint.written_ms;
}

Status LocalState::Clear(std::uint32_t store) {
  std::string begin;
  std::string end;
  EncodeStateKey(store, {}, begin);
  EncodeStateKey(store + 1, {}, end);
  rocksdb::WriteBatch batch;
  batch.Delete(CheckpointKey(store));
  batch.DeleteRange(begin, end);
  return Write(batch);
}

Status LocalState::Write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  known_keys_->NoteWritten(batch);
  const rocksdb::Status status = db_->Write(options, &batch);
  if (!status.ok()) {
    return family().Failed(status, "writing state");
  }
  FlushWhenDue();
  return Ok();
}

void LocalState::FlushWhenDue() {
  const std::int64_t now_ms = written_ms_;
  std::int64_t last_ms = flushed_ms_;
  if (last_ms == 0) {
    flushed_ms_.compare_exchange_strong(last_ms, now_ms);
  } else if (now_ms - last_ms >= kFlushMs && flushed_ms_.compare_exchange_strong(last_ms, now_ms)) {
    rocksdb::FlushOptions options;
    options.wait = false;
    // What does not work is told by the next write.
    db_->Flush(options).PermitUncheckedError();
  }
}

}  // namespace crossbill::bus
