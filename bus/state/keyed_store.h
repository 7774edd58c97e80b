// Keyed state of one producer: the puts of the open transaction, and in front of RocksDB a bounded cache of
// what was read or committed (also of keys that are not there). A store has one owner at a time, so the cache
// is always what was committed. One thread: the producer's.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/node_hash_map.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "bus/bus.h"
#include "bus/state/family.h"

namespace crossbill::bus {

// The memory of the caches of all stores. Any thread.
struct CacheBudget {
  std::size_t limit = 0;
  std::atomic<std::size_t> used = 0;
  std::atomic<std::size_t> stores = 0;
};

class KeyedStore final : public StateStore {
 public:
  // `open`: whether the producer has an open transaction. The budget bounds what is cached, not the
  // transaction.
  KeyedStore(const StateFamily& family, std::uint32_t number, const bool& open, CacheBudget& budget);
  ~KeyedStore() override;

  Result<std::optional<std::string>> Get(std::string_view key) override;
  void Prefetch(std::vector<std::string>&& keys) override;
  Status Scan(std::string_view prefix,
              const std::function<bool(std::string_view, std::string_view)>& visit) override;
  void Put(std::string_view key, std::string_view value) override;
  void Delete(std::string_view key) override;

  std::size_t WriteBytes() const;  // about what AddTo will add
  // What was put and deleted in the open transaction, in no order.
  void VisitChanges(
      const std::function<void(std::string_view key, const std::optional<std::string>& value)>& visit) const;
  void AddTo(rocksdb::WriteBatch& batch);
  void Committed();
  void Dropped();

 private:
  struct Entry;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return HashOf(key); }
  };
  // Abseil's tables: a third of what the standard ones cost here, where most keys are new to the cache.
  using Entries = absl::node_hash_map<std::string, Entry, Hash, std::equal_to<>>;
  using Node = std::pair<const std::string, Entry>;
  struct Entry {
    std::optional<std::string> value;  // nothing: there is no such key
    bool dirty = false;  // put in the open transaction; else it is in the list of the clean ones
    bool used = false;   // since it was last looked at for eviction
    bool read = false;   // ever: what is only written is not worth caching
    Node* newer = nullptr;
    Node* older = nullptr;
  };

  // Past the cache.
  Result<std::optional<std::string>> Read(std::string_view key);
  bool MayHave(std::string_view key);
  Entry& DirtyEntry(std::string_view key);
  void AddTo(rocksdb::WriteBatch& batch, const Node& node);
  static std::size_t CostOf(const Node& node);
  void AddClean(Node& node);
  void RemoveClean(Node& node);
  void EvictIfLarge();

  StateFamily family_;
  std::uint32_t number_;
  const bool& open_;
  CacheBudget& budget_;
  Entries entries_;
  // Clean entries in a list, newest first, for eviction by the clock algorithm (a second chance for what was
  // used).
  Node* newest_ = nullptr;
  Node* oldest_ = nullptr;
  std::size_t bytes_ = 0;  // of the clean ones
  std::vector<Node*> dirty_;
  std::size_t put_bytes_ = 0;  // keys and values put in the open transaction
  // Only kept from a transaction's first scan on: a tree of all that a large one puts is dear.
  bool scanned_ = false;
  absl::btree_map<std::string_view, Node*> ordered_;
  std::string end_key_;
  rocksdb::Slice end_slice_;
  // Of the committed state. It keeps memory and files of that time, so it goes with the transaction.
  std::unique_ptr<rocksdb::Iterator> iterator_;
  std::string scratch_;
};

}  // namespace crossbill::bus
