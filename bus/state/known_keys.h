// Which keys a state family may have: most keys that are asked for are new, and RocksDB answers that by going
// through the filters of all its files, a fifth to two fifths of the work at a million documents. Here it is
// one line of memory. A Bloom filter in blocks of a cache line (Putze, Sanders, Singler: Cache-, Hash- and
// Space-Efficient Bloom Filters, 2007) over all keys that were ever written. Any thread.
//
// It takes the memory that it is given and no more: with more keys than that is good for it says "may be"
// more often, until it says nothing else. Keys that were deleted stay in it until the next start.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace crossbill::bus {

// Of the memory that a database of state may take: 8 MB of 64. At ten bits a key one of a hundred that are
// not there looks as if it were, at five bits one of ten; a million documents have some twelve million keys.
constexpr std::size_t KnownKeysBytes(std::size_t memory) { return memory / 8; }

class KnownKeys {
 public:
  explicit KnownKeys(std::size_t bytes);
  KnownKeys(const KnownKeys&) = delete;
  KnownKeys& operator=(const KnownKeys&) = delete;

  // To be called once, before anything is written. An empty family is known at once; of another one the keys
  // are read by and by, some with each question: MayHave tells nothing before all were read. The database
  // must be closed after this object.
  void Watch(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family);

  // Of everything that is written to the database, before it is.
  void NoteWritten(const rocksdb::WriteBatch& batch);
  // False: the family has no such key, and never had. `key` begins with the store's number.
  bool MayHave(std::string_view key);

 private:
  static constexpr std::size_t kWords = 8;  // of a block: 64 bytes
  struct alignas(kWords * sizeof(std::uint64_t)) Block {
    std::atomic<std::uint64_t> words[kWords] = {};
  };
  class Noting;

  void Add(std::string_view key);
  bool Has(std::string_view key) const;
  Block& BlockOf(std::uint64_t hash) const;
  void ReadSome();

  const std::size_t blocks_count_;
  const std::unique_ptr<Block[]> blocks_;
  rocksdb::DB* db_ = nullptr;
  rocksdb::ColumnFamilyHandle* family_ = nullptr;
  std::atomic<bool> complete_ = false;    // has all keys of the family
  std::atomic<std::uint32_t> asked_ = 0;  // while it has not
  std::mutex reading_;                    // of who reads some; guards what follows
  std::string next_;                      // the first key that was not read
  bool given_up_ = false;
};

}  // namespace crossbill::bus
