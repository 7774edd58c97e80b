#include "connectors/sdk/seen_table.h"

namespace crossbill::connectors {

constexpr std::size_t kFirstSlots = 1024;

const SeenEntry* SeenTable::Find(const Hash128& key) const {
  if (slots_.empty()) {
    return nullptr;
  }
  const SeenEntry& slot = const_cast<SeenTable*>(this)->SlotOf(key);
  return slot.generation == 0 ? nullptr : &slot;
}

void SeenTable::Put(const SeenEntry& entry) {
  if ((size_ + 1) * 4 > slots_.size() * 3) {
    Grow();
  }
  SeenEntry& slot = SlotOf(entry.key);
  if (slot.generation > entry.generation) {
    return;
  }
  size_ += slot.generation == 0 ? 1 : 0;
  slot = entry;
}

SeenEntry& SeenTable::SlotOf(const Hash128& key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.low & mask;
  while (slots_[at].generation != 0 && slots_[at].key != key) {
    at = (at + 1) & mask;
  }
  return slots_[at];
}

void SeenTable::Grow() {
  std::vector<SeenEntry> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  old.swap(slots_);
  for (const SeenEntry& entry : old) {
    if (entry.generation != 0) {
      SlotOf(entry.key) = entry;
    }
  }
}

}  // namespace crossbill::connectors
