#include "facade/views/store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/write_batch_with_index.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "bus/state/family.h"
#include "facade/views/keys.h"

namespace crossbill::facade {
namespace {

rocksdb::Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Error ErrorOf(const rocksdb::Status& status, const std::string& path) {
  const Code code = status.IsCorruption() ? Code::kViewsCorrupt : Code::kIo;
  return Error(code, fmt::format("the read model: {}", status.ToString()), path);
}

constexpr const char* kPartiesFamily = "parties";
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

// The index of parties is asked for many blocks that few files have, and each file is asked: filters by the
// block, and few files.
rocksdb::ColumnFamilyOptions PartiesOptions(const rocksdb::Options& options) {
  constexpr int kLevel0Files = 4, kLevel0SlowDown = 20, kLevel0Stop = 36, kFilterBits = 10;
  rocksdb::ColumnFamilyOptions family(options);
  rocksdb::BlockBasedTableOptions table =
      *options.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
  table.whole_key_filtering = false;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPartyPrefixBytes));
  family.memtable_whole_key_filtering = false;
  family.level0_file_num_compaction_trigger = kLevel0Files;
  family.level0_slowdown_writes_trigger = kLevel0SlowDown;
  family.level0_stop_writes_trigger = kLevel0Stop;
  return family;
}

// A read model that was written before there was an index of parties has no family for it.
bool HasParties(const rocksdb::Options& options, const std::string& path) {
  std::vector<std::string> families;
  return rocksdb::DB::ListColumnFamilies(options, path, &families).ok() &&
         std::find(families.begin(), families.end(), kPartiesFamily) != families.end();
}

}  // namespace

struct Store::Impl {
  rocksdb::ColumnFamilyHandle* FamilyOf(std::string_view key) const {
    const bool of_parties = !key.empty() && kPartySpaces.find(key.front()) != std::string_view::npos;
    return of_parties && parties != nullptr ? parties.get() : db->DefaultColumnFamily();
  }
  rocksdb::Status OpenOnce();

  std::string path;
  bool read_only = false;
  std::string identity;
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<rocksdb::ColumnFamilyHandle> parties;  // before db
};

rocksdb::Status Store::Impl::OpenOnce() {
  rocksdb::Options options = MakeOptions();
  options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {{rocksdb::kDefaultColumnFamilyName, options}};
  if (!read_only || HasParties(options, path)) {
    families.emplace_back(kPartiesFamily, PartiesOptions(options));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &opened)
                : rocksdb::DB::Open(options, path, families, &handles, &opened);
  if (status.ok()) {
    db.reset(opened);
    delete handles.front();  // that of the default family is the database's own
    parties.reset(handles.size() > 1 ? handles.back() : nullptr);
  }
  return status;
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Status Store::Scrub() {
  std::vector<rocksdb::ColumnFamilyHandle*> families = {impl_->db->DefaultColumnFamily()};
  if (impl_->parties != nullptr) {
    families.push_back(impl_->parties.get());
  }
  return bus::ScrubFamilies(*impl_->db, families, impl_->path);
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
  rocksdb::Status status;
  // Beside a writer a file can go between the reading of the manifest and the opening of the file: then once
  // more.
  for (int attempt = 0; attempt < (read_only ? 5 : 1); ++attempt) {
    status = impl->OpenOnce();
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
  status = impl->db->GetDbIdentity(impl->identity);
  if (!status.ok()) {
    return ErrorOf(status, path);
  }
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::optional<std::string>> Store::Get(std::string_view key) {
  std::string value;
  const rocksdb::Status status =
      impl_->db->Get(rocksdb::ReadOptions(), impl_->FamilyOf(key), SliceOf(key), &value);
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
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(options, impl_->FamilyOf(prefix)));
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

Status Store::GetMany(std::span<const std::string> keys, const std::function<void(std::string_view)>& visit) {
  if (keys.empty()) {
    return Ok();
  }
  std::vector<rocksdb::Slice> slices;
  for (const std::string& key : keys) {
    slices.push_back(SliceOf(key));
  }
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  impl_->db->MultiGet(rocksdb::ReadOptions(), impl_->FamilyOf(keys.front()), keys.size(), slices.data(),
                      values.data(), statuses.data(), /*sorted_input=*/true);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      visit(ViewOf(values[i]));
    } else if (!statuses[i].IsNotFound()) {
      return ErrorOf(statuses[i], impl_->path);
    }
  }
  return Ok();
}

Status Store::DeleteSpace(char space) {
  const std::string first(1, space), behind(1, static_cast<char>(space + 1));
  const rocksdb::Status status = impl_->db->DeleteRange(rocksdb::WriteOptions(), impl_->FamilyOf(first),
                                                        SliceOf(first), SliceOf(behind));
  return status.ok() ? Ok() : Status(ErrorOf(status, impl_->path));
}

struct StoreCursor::Impl {
  std::string path;
  std::unique_ptr<rocksdb::Iterator> at;
};

StoreCursor::StoreCursor(Store& store, char space) : impl_(std::make_unique<Impl>()) {
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  impl_->path = store.impl_->path;
  impl_->at.reset(store.impl_->db->NewIterator(options, store.impl_->FamilyOf({&space, 1})));
}
StoreCursor::~StoreCursor() = default;

Status StoreCursor::Scan(std::string_view prefix, const std::function<bool(std::string_view)>& visit) {
  rocksdb::Iterator& at = *impl_->at;
  for (at.Seek(SliceOf(prefix)); at.Valid() && ViewOf(at.key()).starts_with(prefix); at.Next()) {
    if (!visit(ViewOf(at.key()))) {
      return Ok();
    }
  }
  return at.status().ok() ? Ok() : Status(ErrorOf(at.status(), impl_->path));
}

struct StoreBatch::Impl {
  Store::Impl* store = nullptr;
  rocksdb::WriteBatchWithIndex batch{rocksdb::BytewiseComparator(), 0, /*overwrite_key=*/true};
};

StoreBatch::StoreBatch(Store& store) : impl_(std::make_unique<Impl>()) { impl_->store = store.impl_.get(); }
StoreBatch::~StoreBatch() = default;

Result<std::optional<std::string>> StoreBatch::Get(std::string_view key) {
  std::string value;
  const rocksdb::Status status = impl_->batch.GetFromBatchAndDB(
      impl_->store->db.get(), rocksdb::ReadOptions(), impl_->store->FamilyOf(key), SliceOf(key), &value);
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
  CROSSBILL_CHECK(impl_->batch.Put(impl_->store->FamilyOf(key), SliceOf(key), SliceOf(value)).ok());
}
void StoreBatch::Delete(std::string_view key) {
  CROSSBILL_CHECK(impl_->batch.Delete(impl_->store->FamilyOf(key), SliceOf(key)).ok());
}

void StoreBatch::PutBlindly(std::string_view key, std::string_view value) {
  CROSSBILL_CHECK(
      impl_->batch.GetWriteBatch()->Put(impl_->store->FamilyOf(key), SliceOf(key), SliceOf(value)).ok());
}
void StoreBatch::DeleteBlindly(std::string_view key) {
  CROSSBILL_CHECK(impl_->batch.GetWriteBatch()->Delete(impl_->store->FamilyOf(key), SliceOf(key)).ok());
}

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
