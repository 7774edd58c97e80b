#include "transforms/linkage/blocking_keys.h"

#include <algorithm>

#include "base/id.h"

namespace crossbill::linkage {
namespace {

constexpr std::size_t kMostKeys = 16;  // of a record in one rule

std::uint64_t Mixed(std::uint64_t key, std::uint64_t part) {
  return (key ^ part) * 0x9E3779B97F4A7C15ULL + (key << 17 | key >> 47);
}

// The hash of a value's first characters; of all of it where it has no more.
std::uint64_t HashOfStart(const Term& term, std::size_t characters) {
  if (characters == 0) {
    return term.hash;
  }
  std::size_t end = 0;
  for (std::size_t n = 0; end < term.text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(term.text[end]) & 0xC0) != 0x80;
    if (begins && n++ == characters) {
      break;
    }
  }
  return end == term.text.size() ? term.hash : HashOf(term.text.substr(0, end));
}

void Add(std::span<const KeyPart> parts, const Profile& profile, std::uint64_t key, std::size_t most,
         std::vector<std::uint64_t>& keys) {
  if (keys.size() >= most) {
    return;
  }
  if (parts.empty()) {
    keys.push_back(key);
    return;
  }
  for (const Term* term : profile[parts.front().field]) {
    Add(parts.subspan(1), profile, Mixed(key, HashOfStart(*term, parts.front().characters)), most, keys);
  }
}

}  // namespace

void AppendBlockingKeys(std::span<const KeyPart> parts, const Profile& profile, std::uint64_t key,
                        std::vector<std::uint64_t>& keys) {
  const auto before = static_cast<std::ptrdiff_t>(keys.size());
  Add(parts, profile, key, keys.size() + kMostKeys, keys);
  std::sort(keys.begin() + before, keys.end());
  keys.erase(std::unique(keys.begin() + before, keys.end()), keys.end());
}

}  // namespace crossbill::linkage
