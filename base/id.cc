#include "base/id.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

namespace crossbill {
namespace {

Hash128 FromXxh(XXH128_hash_t hash) { return {hash.high64, hash.low64}; }

void WriteLength(std::size_t length, char* to) {
  const auto value = static_cast<std::uint64_t>(length);
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, &value, 8);
  } else {
    for (int i = 0; i < 8; ++i) {
      to[i] = static_cast<char>(value >> (8 * i));
    }
  }
}

// Too long for the stack: the same bytes, hashed piece by piece (XXH3 gives the same for both).
Hash128 HashInPieces(std::initializer_list<std::string_view> parts) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  for (const std::string_view part : parts) {
    char length[8];
    WriteLength(part.size(), length);
    XXH3_128bits_update(&state, length, sizeof(length));
    XXH3_128bits_update(&state, part.data(), part.size());
  }
  return FromXxh(XXH3_128bits_digest(&state));
}

}  // namespace

std::uint64_t HashOf(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 Hash128Of(std::string_view bytes) { return FromXxh(XXH3_128bits(bytes.data(), bytes.size())); }

Hash128 Hash128Of(std::initializer_list<std::string_view> parts) {
  char buffer[512];
  std::size_t size = 0;
  for (const std::string_view part : parts) {
    if (part.size() > sizeof(buffer) || size + 8 + part.size() > sizeof(buffer)) {
      return HashInPieces(parts);
    }
    WriteLength(part.size(), buffer + size);
    size += 8;
    if (!part.empty()) {
      std::memcpy(buffer + size, part.data(), part.size());
      size += part.size();
    }
  }
  return FromXxh(XXH3_128bits(buffer, size));
}

std::string Hash128::ToHex() const {
  std::string text;
  ToHex(text);
  return text;
}

void Hash128::ToHex(std::string& text) const {
  constexpr char kHex[] = "0123456789abcdef";
  char digits[32];
  for (std::size_t i = 0; i < 16; ++i) {
    digits[i] = kHex[(high >> (60 - 4 * i)) & 15];
    digits[16 + i] = kHex[(low >> (60 - 4 * i)) & 15];
  }
  text.assign(digits, sizeof(digits));
}

std::string ShortId(const Hash128& hash, int length) {
  constexpr char kBase32[] = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr int kLongest = 26;  // 128 bits
  unsigned __int128 bits = (static_cast<unsigned __int128>(hash.high) << 64) | hash.low;
  std::string text;
  for (int i = 0; i < length && i < kLongest; ++i) {
    text += kBase32[static_cast<unsigned>(bits >> 123)];
    bits <<= 5;
  }
  return text;
}

}  // namespace crossbill
