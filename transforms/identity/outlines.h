// The outlines of the residents, in memory: by them most pairs are given up before the other record's values
// are read. Made when a record is first met after a start; a pure saving. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "transforms/identity/block_index.h"
#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

class Outlines {
 public:
  Outlines(const Comparer& comparer, BlockIndex::Lookup lookup)
      : comparer_(comparer), lookup_(std::move(lookup)) {}

  // Whether the pair may weigh so much that it is kept. The other one's outline is made where it is not
  // there.
  Result<bool> MayBeKept(const linkage::OwnedOutline& record, std::uint64_t other);
  void Put(std::uint64_t number, linkage::OwnedOutline outline);
  void Erase(std::uint64_t number) { Put(number, {}); }
  void Clear() { by_number_.clear(); }

 private:
  // Of records with greater numbers none is kept: each takes about 300 bytes.
  static constexpr std::uint64_t kMostNumber = 16'000'000;

  const Comparer& comparer_;
  BlockIndex::Lookup lookup_;
  std::vector<linkage::OwnedOutline> by_number_;
};

}  // namespace crossbill::transforms
