// What is known of each record: a hash of its content and how often it changed; and a hash table of that. One
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"

namespace crossbill::connectors {

struct SeenEntry {
  Hash128 key;
  std::uint64_t content = 0;
  std::uint32_t generation = 0;  // 1 for a new record, then 2, 3 …; 0: a free slot
};

// Open addressing at a load of at most three quarters; keys are hashes already.
class SeenTable {
 public:
  const SeenEntry* Find(const Hash128& key) const;  // nullptr: not there; good until the next Put
  // Replaces what is there unless that is of a later generation.
  void Put(const SeenEntry& entry);
  std::size_t size() const { return size_; }
  const std::vector<SeenEntry>& slots() const { return slots_; }  // free ones among them

 private:
  SeenEntry& SlotOf(const Hash128& key);
  void Grow();

  std::vector<SeenEntry> slots_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace crossbill::connectors
