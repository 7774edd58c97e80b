// What was last published of each record of a stream: a content hash and how often it changed. Makes a full
// extract, a look-back window or a re-read publish only what is new. In memory 40 bytes a record; kept as
// deltas in a StateStore, so it commits with the events. One thread. After an aborted transaction the set
// knows more than the store: make a new one and Load it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "bus/bus.h"

namespace crossbill::connectors {

class SeenSet {
 public:
  // `prefix` separates several sets in one store.
  SeenSet(bus::StateStore* store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {}
  Status Load();

  struct Change {
    bool changed = false;
    std::uint32_t generation = 0;
  };  // generation: 1 for a new record, then 2, 3 …
  // Notes that the record now has this content; `changed` is false when it had it already.
  Change Note(const Hash128& key, std::uint64_t content);
  // Puts what was noted since the last flush into the store; between the producer's Begin and Commit.
  Status Flush();
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    Hash128 key;
    std::uint64_t content = 0;
    std::uint32_t generation = 0;
  };  // generation 0: free
  Slot& FindSlot(const Hash128& key);
  void Grow();
  void Put(const Slot& entry);
  static void AppendEntry(const Slot& slot, std::string& out);
  Status Rewrite();  // all of it as few chunks; the deltas go

  bus::StateStore* store_;
  std::string prefix_;
  std::vector<Slot> slots_;  // open addressing, a power of two
  std::size_t size_ = 0;
  std::vector<Hash128> dirty_;
  std::uint64_t next_chunk_ = 0;
  std::uint64_t first_chunk_ = 0;    // chunks [first_chunk_, next_chunk_) may be in the store
  std::uint64_t delta_entries_ = 0;  // entries in the store
};

}  // namespace crossbill::connectors
