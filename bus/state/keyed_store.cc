#include "bus/state/keyed_store.h"

#include <algorithm>

#include "bus/state/cursor.h"
#include "bus/state/encoding.h"
#include "bus/state/known_keys.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kEntryBytes = 160;  // of the table, beside key and value
constexpr std::size_t kWriteBytes = 16;   // of a write batch, beside key and value
constexpr std::size_t kLargestCached = 64u << 10;

}  // namespace

KeyedStore::KeyedStore(const StateFamily& family, std::uint32_t number, const bool& open, CacheBudget& budget)
    : family_(family), number_(number), open_(open), budget_(budget) {
  EncodeStateKey(number_ + 1, {}, end_key_);
  end_slice_ = end_key_;
  ++budget_.stores;
}

KeyedStore::~KeyedStore() {
  budget_.used -= bytes_;
  --budget_.stores;
}

std::size_t KeyedStore::CostOf(const Node& node) {
  return kEntryBytes + node.first.size() + (node.second.value ? node.second.value->size() : 0);
}

void KeyedStore::AddClean(Node& node) {
  Entry& entry = node.second;
  entry.newer = nullptr;
  entry.older = newest_;
  (newest_ != nullptr ? newest_->second.newer : oldest_) = &node;
  newest_ = &node;
  bytes_ += CostOf(node);
  budget_.used += CostOf(node);
}

void KeyedStore::RemoveClean(Node& node) {
  const Entry& entry = node.second;
  (entry.newer != nullptr ? entry.newer->second.older : newest_) = entry.older;
  (entry.older != nullptr ? entry.older->second.newer : oldest_) = entry.newer;
  bytes_ -= CostOf(node);
  budget_.used -= CostOf(node);
}

// A store gives way when all together have too much and it has more than its share.
void KeyedStore::EvictIfLarge() {
  while (oldest_ != nullptr && budget_.used > budget_.limit &&
         bytes_ > budget_.limit / std::max<std::size_t>(1, budget_.stores)) {
    Node& node = *oldest_;
    RemoveClean(node);
    if (node.second.used) {
      node.second.used = false;
      AddClean(node);
    } else {
      entries_.erase(entries_.find(node.first));
    }
  }
}

Result<std::optional<std::string>> KeyedStore::Get(std::string_view key) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    found->second.used = true;
    found->second.read = true;
    return found->second.value;
  }
  CROSSBILL_TRY(std::optional<std::string> value, Read(key));
  if (!value || value->size() <= kLargestCached) {
    Node& node = *entries_.try_emplace(key).first;
    node.second.value = value;
    node.second.read = true;
    AddClean(node);
    EvictIfLarge();
  }
  return value;
}

Result<std::optional<std::string>> KeyedStore::Read(std::string_view key) {
  std::optional<std::string> value;
  if (!MayHave(key)) {
    return value;
  }
  rocksdb::PinnableSlice stored;
  const rocksdb::Status status = family_.db->Get({}, family_.handle, scratch_, &stored);
  if (status.ok()) {
    value.emplace(stored.data(), stored.size());
  } else if (!status.IsNotFound()) {
    return family_.Failed(status, "reading state");
  }
  return value;
}

// Afterwards the stored key is in `scratch_`.
bool KeyedStore::MayHave(std::string_view key) {
  EncodeStateKey(number_, key, scratch_);
  return family_.known_keys == nullptr || family_.known_keys->MayHave(scratch_);
}

// In order of keys: RocksDB goes through the filters of its files once for many keys. What is surely not
// there costs little when it is asked for.
void KeyedStore::Prefetch(std::vector<std::string>&& keys) {
  std::erase_if(keys, [&](const std::string& key) { return entries_.contains(key) || !MayHave(key); });
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<std::string> stored_keys(keys.size());
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EncodeStateKey(number_, keys[i], stored_keys[i]);
    slices.emplace_back(stored_keys[i]);
  }
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  family_.db->MultiGet({}, family_.handle, slices.size(), slices.data(), values.data(), statuses.data(),
                       true);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool there = statuses[i].ok();
    if ((there && values[i].size() <= kLargestCached) || statuses[i].IsNotFound()) {
      Node& node = *entries_.try_emplace(std::move(keys[i])).first;
      if (there) {
        node.second.value.emplace(values[i].data(), values[i].size());
      }
      node.second.used = true;  // it will be: what was used before gives way first
      AddClean(node);
    }
  }
  EvictIfLarge();
}

KeyedStore::Entry& KeyedStore::DirtyEntry(std::string_view key) {
  CROSSBILL_CHECK(open_);  // a put outside of a transaction
  const auto [found, fresh] = entries_.try_emplace(key);
  if (found->second.dirty) {
    return found->second;
  }
  if (!fresh) {
    RemoveClean(*found);
  }
  found->second.dirty = true;
  dirty_.push_back(&*found);
  put_bytes_ += key.size();
  if (scanned_) {
    ordered_.emplace(found->first, &*found);
  }
  return found->second;
}

void KeyedStore::Put(std::string_view key, std::string_view value) {
  std::optional<std::string>& stored = DirtyEntry(key).value;
  put_bytes_ += value.size();
  if (stored) {
    stored->assign(value);
  } else {
    stored.emplace(value);
  }
}

void KeyedStore::Delete(std::string_view key) { DirtyEntry(key).value.reset(); }

std::size_t KeyedStore::WriteBytes() const { return put_bytes_ + dirty_.size() * kWriteBytes; }

void KeyedStore::VisitChanges(
    const std::function<void(std::string_view, const std::optional<std::string>&)>& visit) const {
  for (const Node* node : dirty_) {
    visit(node->first, node->second.value);
  }
}

// In order of keys: RocksDB's skip list finds the place of a key next to the one before.
void KeyedStore::AddTo(rocksdb::WriteBatch& batch) {
  if (scanned_) {
    for (const auto& [key, node] : ordered_) {
      AddTo(batch, *node);
    }
    return;
  }
  std::sort(dirty_.begin(), dirty_.end(), [](const Node* a, const Node* b) { return a->first < b->first; });
  for (const Node* node : dirty_) {
    AddTo(batch, *node);
  }
}

void KeyedStore::AddTo(rocksdb::WriteBatch& batch, const Node& node) {
  EncodeStateKey(number_, node.first, scratch_);
  if (node.second.value) {
    batch.Put(family_.handle, scratch_, *node.second.value);
  } else {
    batch.Delete(family_.handle, scratch_);
  }
}

void KeyedStore::Committed() {
  scanned_ = false;
  ordered_.clear();
  iterator_.reset();
  for (Node* node : dirty_) {
    node->second.dirty = false;
    const bool large = node->second.value && node->second.value->size() > kLargestCached;
    if (large || !node->second.read) {
      entries_.erase(entries_.find(node->first));
    } else {
      AddClean(*node);
    }
  }
  dirty_.clear();
  put_bytes_ = 0;
  EvictIfLarge();
}

void KeyedStore::Dropped() {
  iterator_.reset();
  scanned_ = false;
  ordered_.clear();
  for (const Node* node : dirty_) {
    entries_.erase(entries_.find(node->first));
  }
  dirty_.clear();
  put_bytes_ = 0;
}

// Merges the committed keys and those of the open transaction, in order of bytes. The iterator is taken out
// of the member, so that `visit` may scan the same store.
Status KeyedStore::Scan(std::string_view prefix,
                        const std::function<bool(std::string_view, std::string_view)>& visit) {
  if (!scanned_) {
    scanned_ = true;
    for (Node* node : dirty_) {
      ordered_.emplace(node->first, node);
    }
  }
  std::string stored_prefix;
  EncodeStateKey(number_, prefix, stored_prefix);
  StateCursor stored(family_, iterator_ ? std::move(iterator_) : StateCursor::MakeShared(family_, end_slice_),
                     std::move(stored_prefix));
  std::string value;
  auto own = ordered_.lower_bound(prefix);
  for (stored.First();;) {
    CROSSBILL_RETURN_IF_ERROR(stored.status());
    const bool has_stored = stored.Valid();
    const bool has_own = own != ordered_.end() && own->first.starts_with(prefix);
    if (!has_stored && !has_own) {
      break;
    }
    const std::string_view stored_key =
        has_stored ? stored.key().substr(kStorePrefixBytes) : std::string_view();
    if (has_own && (!has_stored || own->first <= stored_key)) {
      if (has_stored && own->first == stored_key) {
        stored.Next();
      }
      const Node& node = *own->second;
      if (node.second.value) {
        value = *node.second.value;  // `visit` may put this key
        if (!visit(node.first, value)) {
          break;
        }
      }
      own = ordered_.upper_bound(node.first);  // and others, which moves the places of all
      continue;
    }
    if (!visit(stored_key, stored.value())) {
      break;
    }
    if (!ordered_.empty()) {
      own = ordered_.upper_bound(stored_key);
    }
    stored.Next();
  }
  if (!iterator_) {
    iterator_ = stored.Release();
  }
  return Ok();
}

}  // namespace crossbill::bus
