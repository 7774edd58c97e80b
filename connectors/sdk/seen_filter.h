// Which records are not in the index: a blocked Bloom filter (Putze, Sanders, Singler 2007) of twelve bits a
// record in segments that double, as records come. About one in a hundred that it lets through is not there.
// One thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/id.h"

namespace crossbill::connectors {

class SeenFilter {
 public:
  // Of so many records that are added next.
  void Reserve(std::size_t records);
  void Add(const Hash128& key);
  bool MayContain(const Hash128& key) const;

 private:
  using Block = std::array<std::uint64_t, 8>;  // a cache line
  struct Segment {
    std::vector<Block> blocks;
    std::size_t room = 0;  // for so many more
  };

  std::vector<Segment> segments_;
  std::size_t records_ = 0;
};

}  // namespace crossbill::connectors
