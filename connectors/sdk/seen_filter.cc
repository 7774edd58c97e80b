#include "connectors/sdk/seen_filter.h"

#include <algorithm>

namespace crossbill::connectors {
namespace {

constexpr std::size_t kBitsARecord = 12;
constexpr std::size_t kBitsABlock = 512;
constexpr int kProbes = 6;  // of nine bits each, from the low half of the key
constexpr std::size_t kLeastRecords = 32768;

std::size_t BlockOf(const Hash128& key, std::size_t blocks) {
  return static_cast<std::size_t>((static_cast<unsigned __int128>(key.high) * blocks) >> 64);
}

// Calls with the word and the bit of each probe.
template <class Probe>
bool AllOf(const Hash128& key, Probe probe) {
  std::uint64_t bits = key.low;
  for (int i = 0; i < kProbes; ++i, bits >>= 9) {
    if (!probe((bits >> 6) & 7, std::uint64_t{1} << (bits & 63))) {
      return false;
    }
  }
  return true;
}

}  // namespace

void SeenFilter::Reserve(std::size_t records) {
  records = std::max(records, kLeastRecords);
  segments_.push_back({std::vector<Block>(records * kBitsARecord / kBitsABlock + 1), records});
}

void SeenFilter::Add(const Hash128& key) {
  if (segments_.empty() || segments_.back().room == 0) {
    Reserve(records_);
  }
  Segment& segment = segments_.back();
  Block& block = segment.blocks[BlockOf(key, segment.blocks.size())];
  AllOf(key, [&](std::size_t word, std::uint64_t bit) {
    block[word] |= bit;
    return true;
  });
  --segment.room;
  ++records_;
}

bool SeenFilter::MayContain(const Hash128& key) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    const Block& block = segment.blocks[BlockOf(key, segment.blocks.size())];
    return AllOf(key, [&](std::size_t word, std::uint64_t bit) { return (block[word] & bit) != 0; });
  });
}

}  // namespace crossbill::connectors
