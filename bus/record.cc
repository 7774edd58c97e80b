#include "bus/record.h"

#include <cstring>

#include "base/result.h"

namespace crossbill::bus {
namespace {

std::uint32_t LoadLittle32(const char* p) {
  const auto* u = reinterpret_cast<const unsigned char*>(p);
  return static_cast<std::uint32_t>(u[0]) | static_cast<std::uint32_t>(u[1]) << 8 |
         static_cast<std::uint32_t>(u[2]) << 16 | static_cast<std::uint32_t>(u[3]) << 24;
}

// MurmurHash2 with the seed of Kafka's DefaultPartitioner; the seed and constants are part of the protocol.
std::uint32_t Murmur2(std::string_view data) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kM = 0x5bd1e995;
  std::uint32_t h = kSeed ^ static_cast<std::uint32_t>(data.size());
  std::size_t i = 0;
  for (; i + 4 <= data.size(); i += 4) {
    std::uint32_t k = LoadLittle32(data.data() + i);
    k *= kM;
    k ^= k >> 24;
    k *= kM;
    h = h * kM ^ k;
  }
  const std::size_t rest = data.size() - i;
  if (rest >= 3) {
    h ^= static_cast<std::uint32_t>(static_cast<unsigned char>(data[i + 2])) << 16;
  }
  if (rest >= 2) {
    h ^= static_cast<std::uint32_t>(static_cast<unsigned char>(data[i + 1])) << 8;
  }
  if (rest >= 1) {
    h ^= static_cast<std::uint32_t>(static_cast<unsigned char>(data[i]));
    h *= kM;
  }
  h ^= h >> 13;
  h *= kM;
  return h ^ h >> 15;
}

}  // namespace

std::string_view RecordView::Header(std::string_view name) const {
  for (const HeaderView& header : headers) {
    if (header.name == name) {
      return header.value;
    }
  }
  return {};
}

std::int32_t PartitionOf(std::string_view key, std::int32_t partitions) {
  CROSSBILL_CHECK(partitions > 0);
  return static_cast<std::int32_t>((Murmur2(key) & 0x7fffffffu) % static_cast<std::uint32_t>(partitions));
}

}  // namespace crossbill::bus
