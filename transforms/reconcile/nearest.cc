#include "transforms/reconcile/nearest.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "base/id.h"

namespace crossbill::transforms {
namespace {

// Where this many records around a date are no candidates, the answer is "none": a bound on work, not on data
// seen in practice.
constexpr int kMaxSteps = 64;

using Entries = std::span<const NearestEntry>;

int Gap(const NearestEntry& a, const NearestEntry& b) { return std::abs(a.day - b.day); }

// The nearest compatible record in `others`, sorted by day; null when there is none within max_days, or two
// are as near.
const NearestEntry* NearestIn(Entries others, const NearestEntry& entry, int max_days,
                              const std::function<bool(int, int)>& compatible) {
  const auto middle =
      std::lower_bound(others.begin(), others.end(), entry.day,
                       [](const NearestEntry& other, std::int32_t day) { return other.day < day; });
  std::size_t right = static_cast<std::size_t>(middle - others.begin());
  std::size_t left = right;
  const NearestEntry* found = nullptr;
  for (int step = 0; step < kMaxSteps; ++step) {
    const bool has_left = left > 0;
    const bool has_right = right < others.size();
    if (!has_left && !has_right) {
      return found;
    }
    const bool take_left =
        has_left && (!has_right || Gap(others[left - 1], entry) <= Gap(others[right], entry));
    const NearestEntry& candidate = take_left ? others[--left] : others[right++];
    if (Gap(candidate, entry) > max_days) {
      return found;
    }
    if (found != nullptr && Gap(candidate, entry) > Gap(*found, entry)) {
      return found;
    }
    if (!compatible(entry.document, candidate.document)) {
      continue;
    }
    if (found != nullptr) {
      return nullptr;
    }
    found = &candidate;
  }
  return nullptr;
}

// The parts of one key's entries that are of one stream each.
std::vector<Entries> ByStream(Entries all) {
  std::vector<Entries> parts;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].stream == all[begin].stream) {
      ++end;
    }
    parts.push_back(all.subspan(begin, end - begin));
    begin = end;
  }
  return parts;
}

}  // namespace

std::uint64_t AmountKey(const Decimal& amount, std::uint64_t seed) {
  const Decimal plain = amount.Abs().Normalised();
  const __int128 coefficient = plain.coefficient();
  const std::array<std::uint64_t, 3> words = {static_cast<std::uint64_t>(coefficient),
                                              static_cast<std::uint64_t>(coefficient >> 64),
                                              static_cast<std::uint64_t>(plain.scale())};
  return HashOf({reinterpret_cast<const char*>(words.data()), sizeof(words)}, seed);
}

std::vector<NearestPair> MutualNearest(std::vector<NearestEntry> entries, int max_days,
                                       const std::function<bool(int, int)>& compatible) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  std::vector<NearestPair> pairs;
  const Entries all(entries);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].key == all[begin].key) {
      ++end;
    }
    const std::vector<Entries> parts = ByStream(all.subspan(begin, end - begin));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (std::size_t j = i + 1; j < parts.size(); ++j) {
        for (const NearestEntry& entry : parts[i]) {
          const NearestEntry* other = NearestIn(parts[j], entry, max_days, compatible);
          if (other == nullptr) {
            continue;
          }
          const NearestEntry* back = NearestIn(parts[i], *other, max_days, compatible);
          if (back == nullptr || back->document != entry.document) {
            continue;
          }
          pairs.push_back({Gap(entry, *other), std::min(entry.document, other->document),
                           std::max(entry.document, other->document)});
        }
      }
    }
    begin = end;
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace crossbill::transforms
