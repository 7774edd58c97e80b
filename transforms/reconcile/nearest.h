// Pairs of records of different streams that share a key and are each other's nearest in time, with no second
// one as near: the one way in which records are matched that do not name each other. n log n, whatever the
// keys are.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/decimal.h"

namespace crossbill::transforms {

struct NearestEntry {
  std::uint64_t key = 0;  // a hash of what both must have in common
  int stream = 0;
  std::int32_t day = 0;
  int document = 0;
  friend auto operator<=>(const NearestEntry&, const NearestEntry&) = default;
};

struct NearestPair {
  std::int32_t days = 0;  // apart
  int left = 0;           // < right
  int right = 0;
  friend auto operator<=>(const NearestPair&, const NearestPair&) = default;
};

// A key that equal amounts have, whatever their sign and the zeros behind the point.
std::uint64_t AmountKey(const Decimal& amount, std::uint64_t seed);

// `compatible` is asked before a record counts as a candidate. The result is sorted and without doubles.
std::vector<NearestPair> MutualNearest(std::vector<NearestEntry> entries, int max_days,
                                       const std::function<bool(int, int)>& compatible);

}  // namespace crossbill::transforms
