// The outlines of the residents, in memory: by them most pairs are given up before the other record's values
// are read. A pure saving. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

class Outlines {
 public:
  explicit Outlines(const Comparer& comparer) : comparer_(comparer) {}

  // With which of the others a record may weigh so much that the pair is kept; where an outline is missing,
  // it may. Any thread while nobody puts.
  std::vector<std::uint64_t> MayBeKept(std::uint64_t record, std::span<const std::uint64_t> others) const;
  void Put(std::uint64_t number, linkage::OwnedOutline outline);
  void Erase(std::uint64_t number) { Put(number, {}); }
  void Clear() { by_number_.clear(); }

 private:
  // Of records with greater numbers none is kept: each takes about 300 bytes.
  static constexpr std::uint64_t kMostNumber = 16'000'000;

  const linkage::OwnedOutline* Find(std::uint64_t number) const {
    return number < by_number_.size() ? &by_number_[number] : nullptr;
  }

  const Comparer& comparer_;
  std::vector<linkage::OwnedOutline> by_number_;
};

}  // namespace crossbill::transforms
