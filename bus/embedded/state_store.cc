#include "bus/embedded/state_store.h"

#include "bus/embedded/keys.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kEntryBytes = 120;         // of the table, beside key and value
constexpr std::size_t kLargestCached = 64u << 10;

}  // namespace

EmbeddedStore::EmbeddedStore(Storage& storage, std::uint32_t number, const bool& open, std::size_t cache_bytes)
    : storage_(storage), number_(number), open_(open), cache_bytes_(cache_bytes) {
  EncodeStateKey(number_ + 1, {}, end_key_);
  end_slice_ = end_key_;
}

std::size_t EmbeddedStore::CostOf(const Node& node) {
  return kEntryBytes + node.first.size() + (node.second.value ? node.second.value->size() : 0);
}

Result<std::optional<std::string>> EmbeddedStore::Get(std::string_view key) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    found->second.used = true;
    return found->second.value;
  }
  EncodeStateKey(number_, key, scratch_);
  rocksdb::PinnableSlice stored;
  const rocksdb::Status status = storage_.db().Get({}, storage_.state(), scratch_, &stored);
  std::optional<std::string> value;
  if (status.ok()) {
    value.emplace(stored.data(), stored.size());
  } else if (!status.IsNotFound()) {
    return storage_.ErrorOf(status, "reading state");
  }
  if (!value || value->size() <= kLargestCached) {
    const auto node = entries_.emplace(std::string(key), Entry{value, false, false}).first;
    bytes_ += CostOf(*node);
    SweepIfLarge();
  }
  return value;
}

void EmbeddedStore::MarkDirty(Entries::iterator node) {
  if (node->second.dirty) { return; }
  node->second.dirty = true;
  dirty_.push_back(&*node);
  if (scanned_) { ordered_.emplace(node->first, &*node); }
}

void EmbeddedStore::Put(std::string_view key, std::string_view value) {
  CROSSBILL_CHECK(open_);    // a put outside of a transaction
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    found = entries_.emplace(std::string(key), Entry{}).first;
  } else {
    bytes_ -= CostOf(*found);
  }
  if (found->second.value) {
    found->second.value->assign(value);
  } else {
    found->second.value.emplace(value);
  }
  bytes_ += CostOf(*found);
  MarkDirty(found);
}

void EmbeddedStore::Delete(std::string_view key) {
  CROSSBILL_CHECK(open_);
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    found = entries_.emplace(std::string(key), Entry{}).first;
  } else {
    bytes_ -= CostOf(*found);
  }
  found->second.value.reset();
  bytes_ += CostOf(*found);
  MarkDirty(found);
}

// The clock algorithm in one sweep: what was not used since the last one goes, until a quarter is free.
void EmbeddedStore::SweepIfLarge() {
  if (bytes_ <= cache_bytes_) { return; }
  const std::size_t target = cache_bytes_ - cache_bytes_ / 4;
  for (int round = 0; round < 2 && bytes_ > target; ++round) {
    for (auto it = entries_.begin(); it != entries_.end() && bytes_ > target;) {
      if (it->second.dirty || it->second.used) {
        it->second.used = false;
        ++it;
        continue;
      }
      bytes_ -= CostOf(*it);
      it = entries_.erase(it);
    }
  }
}

void EmbeddedStore::AddTo(rocksdb::WriteBatch& batch) {
  for (const Node* node : dirty_) {
    EncodeStateKey(number_, node->first, scratch_);
    if (node->second.value) {
      batch.Put(storage_.state(), scratch_, *node->second.value);
    } else {
      batch.Delete(storage_.state(), scratch_);
    }
  }
}

void EmbeddedStore::Committed() {
  for (Node* node : dirty_) {
    node->second.dirty = false;
    node->second.used = true;
  }
  ordered_.clear();
  if (!dirty_.empty()) { iterator_.reset(); }
  dirty_.clear();
  SweepIfLarge();
}

void EmbeddedStore::Dropped() {
  ordered_.clear();
  for (const Node* node : dirty_) {
    bytes_ -= CostOf(*node);
    entries_.erase(entries_.find(node->first));
  }
  dirty_.clear();
}

std::unique_ptr<rocksdb::Iterator> EmbeddedStore::TakeIterator() {
  if (iterator_) { return std::move(iterator_); }
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &end_slice_;
  return std::unique_ptr<rocksdb::Iterator>(storage_.db().NewIterator(read, storage_.state()));
}

// Merges the committed keys and those of the open transaction, in order of bytes. The iterator is taken out of the member,
// so that `visit` may scan the same store.
Status EmbeddedStore::Scan(std::string_view prefix, const std::function<bool(std::string_view, std::string_view)>& visit) {
  if (!scanned_) {
    scanned_ = true;
    for (Node* node : dirty_) { ordered_.emplace(node->first, node); }
  }
  std::unique_ptr<rocksdb::Iterator> stored = TakeIterator();
  std::string stored_prefix;
  EncodeStateKey(number_, prefix, stored_prefix);
  std::string value;
  auto own = ordered_.lower_bound(prefix);
  for (stored->Seek(stored_prefix);;) {
    if (!stored->status().ok()) { return storage_.ErrorOf(stored->status(), "scanning state"); }
    const bool has_stored = stored->Valid() && stored->key().starts_with(stored_prefix);
    const bool has_own = own != ordered_.end() && own->first.starts_with(prefix);
    if (!has_stored && !has_own) { break; }
    const std::string_view stored_key = has_stored ? ViewOf(stored->key()).substr(kStorePrefixBytes) : std::string_view();
    if (has_own && (!has_stored || own->first <= stored_key)) {
      if (has_stored && own->first == stored_key) { stored->Next(); }
      const Node& node = *own->second;
      if (node.second.value) {
        value = *node.second.value;      // `visit` may put this key
        if (!visit(node.first, value)) { break; }
      }
      ++own;
      continue;
    }
    if (!visit(stored_key, ViewOf(stored->value()))) { break; }
    stored->Next();
  }
  if (!iterator_) { iterator_ = std::move(stored); }
  return Ok();
}

}  // namespace crossbill::bus
