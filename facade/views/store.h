// The RocksDB of the read model: ordered bytes to bytes, written in atomic batches. Keeps RocksDB's headers
// out of the rest. Store: any thread reads; one thread writes. StoreBatch, StoreCursor: one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::facade {

class Store;

// Writes that become visible together. Get sees what the batch has put already.
class StoreBatch {
 public:
  explicit StoreBatch(Store& store);
  ~StoreBatch();
  Result<std::optional<std::string>> Get(std::string_view key);
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  // The same of keys for which Get is not asked: at half the cost.
  void PutBlindly(std::string_view key, std::string_view value);
  void DeleteBlindly(std::string_view key);
  Status Commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Store {
 public:
  static constexpr std::size_t kMemoryBudget =
      32u << 20;  // bytes: block cache, indexes, filters and write buffers together

  // read_only: what was written until now, beside a process that goes on writing.
  static Result<std::unique_ptr<Store>> Open(const std::string& path, bool read_only);
  ~Store();

  Result<std::optional<std::string>> Get(std::string_view key);
  // Calls visit(key, value) in order for the keys that begin with `prefix` and are greater than `after` (when
  // it is not empty), until visit returns false.
  Status Scan(std::string_view prefix, std::string_view after,
              const std::function<bool(std::string_view key, std::string_view value)>& visit);
  // Calls visit(value) for those of the keys that are there. They are sorted, and of one space.
  Status GetMany(std::span<const std::string> keys, const std::function<void(std::string_view value)>& visit);
  // Deletes all keys of a space: those that begin with this letter.
  Status DeleteSpace(char space);
  Status Scrub();
  bool read_only() const;
  // Made when the database is made: a rebuilt one has another.
  const std::string& identity() const;

 private:
  friend class StoreBatch;
  friend class StoreCursor;
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Looks for many beginnings of keys, which costs less than a Scan of each. Sees the store as it was when the
// cursor was made.
class StoreCursor {
 public:
  // Of keys of one space whose first kSharedBytes are given.
  StoreCursor(Store& store, char space);
  ~StoreCursor();
  Status Scan(std::string_view prefix, const std::function<bool(std::string_view key)>& visit);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crossbill::facade
