// Filling an index with many records at once: who meets is not told, so that nobody is looked up, and blocks,
// which lie anywhere in memory, are fetched many at a time. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "transforms/identity/block_index.h"

namespace crossbill::transforms {

// All records are added twice: first for their widest blocks; then, when it is known which of these are too
// large, for all narrower ones.
class BlockIndex::Filling {
 public:
  // `index` is empty.
  explicit Filling(BlockIndex& index) : index_(index) {}

  void AddWidest(const Resident& record);
  // After the last record: whether there is anything narrower.
  bool FinishWidest();
  void AddNarrower(const Resident& record);
  void FinishNarrower();

 private:
  struct Entry {
    std::uint64_t block = 0;
    std::uint32_t record = 0;
    std::uint32_t most = 0;  // records of the block, or of the one above, that are not too many
  };
  // Of the third level on: whether it counts is known when the block above is complete.
  struct Waiting {
    std::uint64_t above = 0;
    Entry entry;
  };

  std::uint32_t MostIn(const Place& place) const;
  void Add(const Entry& entry);
  void PutAdded();
  void AddBelow(const Place& above, const Resident& record);
  void AwaitBelow(const Place& above, const Resident& record);

  BlockIndex& index_;
  std::vector<Entry> added_;                   // and not in their blocks yet
  std::vector<std::uint64_t> keys_;            // of one rule
  std::vector<std::vector<Waiting>> waiting_;  // for each level from the third on
  bool is_any_too_large_ = false;
};

}  // namespace crossbill::transforms
