// The outlines of the residents, in memory: by them most pairs are given up before the other record's values
// are read. A pure saving. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

class Outlines {
 public:
  explicit Outlines(const Comparer& comparer) : comparer_(comparer) {}

  // Whether the pair may weigh so much that it is kept; true where there is no outline.
  bool MayBeKept(const linkage::OwnedOutline& record, std::uint64_t other) const;
  void Put(std::uint64_t number, linkage::OwnedOutline outline);
  void Erase(std::uint64_t number) { Put(number, {}); }
  void Clear() { by_number_.clear(); }

 private:
  // Of records with greater numbers none is kept: each takes about 300 bytes.
  static constexpr std::uint64_t kMostNumber = 16'000'000;

  const Comparer& comparer_;
  std::vector<linkage::OwnedOutline> by_number_;
};

}  // namespace crossbill::transforms
