#include "facade/views/store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/utilities/write_batch_with_index.h>
#include <rocksdb/write_buffer_manager.h>

#include <filesystem>

#include "bus/state/family.h"

namespace crossbill::facade {
namespace {

rocksdb::Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Error ErrorOf(const rocksdb::Status& status, const std::string& path) {
  const Code code = status.IsCorruption() ? Code::kViewsCorrupt : Code::kIo;
  return Error(code, fmt::format("the read model: {}", status.ToString()), path);
}

constexpr int kCacheShardBits = 2;  // with many, a shard is smaller than a large block and never keeps it

// One budget for everything: write buffers are charged to the block cache.
rocksdb::Options MakeOptions() {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(Store::kMemoryBudget, kCacheShardBits);
  rocksdb::Options options(rocksdb::DBOptions(), bus::StateFamilyOptions(cache, Store::kMemoryBudget));
  options.create_if_missing = true;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.info_log = bus::NoLogFile();
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(Store::kMemoryBudget / 2, cache);
  return options;
}

}  // namespace

struct Store::Impl {
  std::string path;
  bool read_only = false;
  std::string identity;
  std::unique_ptr<rocksdb::DB> db;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Status Store::Scrub() {
  return bus::ScrubFamilies(*impl_->db, {impl_->db->DefaultColumnFamily()}, impl_->path);
}
bool Store::read_only() const { return impl_->read_only; }
const std::string& Store::identity() const { return impl_->identity; }

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, bool read_only) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->read_only = read_only;
  std::error_code failed;
  if (read_only && !std::filesystem::exists(path + "/CURRENT", failed)) {
    return Error(Code::kNothingYet, "there is no read model yet", path);
  }
  if (!read_only) {
    std::filesystem::create_directories(path, failed);
    if (failed) {
      return Error(Code::kIo, fmt::format("cannot make the folder: {}", failed.message()), path);
    }
  }
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  // Beside a writer a file can go between the reading of the manifest and the opening of the file: then once
  // more.
  for (int attempt = 0; attempt < (read_only ? 5 : 1); ++attempt) {
    rocksdb::Options options = MakeOptions();
    if (read_only) {
      options.create_if_missing = false;
    }
    status =
        read_only ? rocksdb::DB::OpenForReadOnly(options, path, &db) : rocksdb::DB::Open(options, path, &db);
    if (status.ok()) {
      break;
    }
  }
  if (!status.ok()) {
    if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
      return Error(Code::kBusLocked, "another process has the read model open", path);
    }
    return ErrorOf(status, path);
  }
  impl->db.reset(db);
  status = db->GetDbIdentity(impl->identity);
  if (!status.ok()) {
    return ErrorOf(status, path);
  }
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::optional<std::string>> Store::Get(std::string_view key) {
  std::string value;
  const rocksdb::Status status = impl_->db->Get(rocksdb::ReadOptions(), SliceOf(key), &value);
  if (status.IsNotFound()) {
    return std::optional<std::string>();
  }
  if (!status.ok()) {
    return ErrorOf(status, impl_->path);
  }
  return std::optional<std::string>(std::move(value));
}

Status Store::Scan(std::string_view prefix, std::string_view after,
                   const std::function<bool(std::string_view, std::string_view)>& visit) {
  std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(rocksdb::ReadOptions()));
  for (at->Seek(SliceOf(after > prefix ? after : prefix)); at->Valid(); at->Next()) {
    const std::string_view key = ViewOf(at->key());
    if (!key.starts_with(prefix)) {
      break;
    }
    if (!after.empty() && key <= after) {
      continue;
    }
    if (!visit(key, ViewOf(at->value()))) {
      break;
    }
  }
  if (!at->status().ok()) {
    return ErrorOf(at->status(), impl_->path);
  }
  return Ok();
}

struct StoreBatch::Impl {
  Store::Impl* store = nullptr;
  rocksdb::WriteBatchWithIndex batch{rocksdb::BytewiseComparator(), 0, /*overwrite_key=*/true};
};

StoreBatch::StoreBatch(Store& store) : impl_(std::make_unique<Impl>()) { impl_->store = store.impl_.get(); }
StoreBatch::~StoreBatch() = default;

Result<std::optional<std::string>> StoreBatch::Get(std::string_view key) {
  std::string value;
  const rocksdb::Status status =
      impl_->batch.GetFromBatchAndDB(impl_->store->db.get(), rocksdb::ReadOptions(), SliceOf(key), &value);
  if (status.IsNotFound()) {
    return std::optional<std::string>();
  }
  if (!status.ok()) {
    return ErrorOf(status, impl_->store->path);
  }
  return std::optional<std::string>(std::move(value));
}

// Neither can fail: the batch is memory, its size limit is off.
void StoreBatch::Put(std::string_view key, std::string_view value) {
  CROSSBILL_CHECK(impl_->batch.Put(SliceOf(key), SliceOf(value)).ok());
}
void StoreBatch::Delete(std::string_view key) { CROSSBILL_CHECK(impl_->batch.Delete(SliceOf(key)).ok()); }

Status StoreBatch::Commit() {
  if (impl_->store->read_only) {
    return Error(Code::kBusState, "the read model was opened for reading only");
  }
  // Without fsync: a lost tail is consistent, since the offsets are in the same batch, and is read again from
  // the topics.
  const rocksdb::Status status =
      impl_->store->db->Write(rocksdb::WriteOptions(), impl_->batch.GetWriteBatch());
  impl_->batch.Clear();
  if (!status.ok()) {
    return ErrorOf(status, impl_->store->path);
  }
  return Ok();
}

}  // namespace crossbill::facade
