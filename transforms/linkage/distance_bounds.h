// What two terms' distances can be at best, known without measuring them: by their lengths and by which
// characters they have. Most pairs are told apart by that. Pure; any thread.
// binary-float (file): bounds of similarities that are binary floats
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "transforms/linkage/term.h"

namespace crossbill::linkage {

// Characters of `a` that `b` cannot have, at least.
inline std::uint32_t Unmatched(const Term& a, const Term& b) {
  return static_cast<std::uint32_t>(std::popcount(a.characters & ~b.characters));
}

// Not less than JaroWinkler of the two.
inline double MostJaroWinkler(const Term& a, const Term& b) {
  constexpr double kRounding = 1e-9, kShare = 0.1, kLongest = 4;
  const std::uint32_t matched = std::min(a.length - std::min(a.length, Unmatched(a, b)),
                                         b.length - std::min(b.length, Unmatched(b, a)));
  if (matched == 0) {
    return a.length == 0 && b.length == 0 ? 1 : 0;
  }
  const double m = matched, jaro = (m / a.length + m / b.length + 1) / 3;
  const double prefix = a.text.front() == b.text.front() ? kLongest : 0;
  return jaro + prefix * kShare * (1 - jaro) + kRounding;
}

// Not more than DamerauLevenshtein of the two: a change mends one character of each.
inline std::uint32_t LeastDamerau(const Term& a, const Term& b) {
  const std::uint32_t lengths = a.length < b.length ? b.length - a.length : a.length - b.length;
  return std::max({lengths, Unmatched(a, b), Unmatched(b, a)});
}

}  // namespace crossbill::linkage
