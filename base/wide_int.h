// The 256 bits that exact multiplication and division of 38 digit numbers pass through. Internal to
// base/decimal.cc. Values; any thread.
#pragma once

#include <cstdint>

namespace crossbill {

using Uint128 = unsigned __int128;

struct Uint256 {
  Uint128 high = 0;
  Uint128 low = 0;
  friend bool operator==(const Uint256&, const Uint256&) = default;
};

inline bool Less(const Uint256& a, const Uint256& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}

inline Uint256 Subtract(const Uint256& a, const Uint256& b) {
  return {a.high - b.high - (a.low < b.low ? 1 : 0), a.low - b.low};
}

inline Uint256 ShiftedLeft(const Uint256& a) { return {(a.high << 1) | (a.low >> 127), a.low << 1}; }

inline Uint256 Multiply(Uint128 a, Uint128 b) {
  constexpr Uint128 kMask = ~std::uint64_t{0};
  const Uint128 a_low = a & kMask, a_high = a >> 64, b_low = b & kMask, b_high = b >> 64;
  const Uint128 low = a_low * b_low;
  const Uint128 middle_a = a_high * b_low + (low >> 64);
  const Uint128 middle_b = a_low * b_high + (middle_a & kMask);
  return {a_high * b_high + (middle_a >> 64) + (middle_b >> 64), (middle_b << 64) | (low & kMask)};
}

// False where the product needs more than 256 bits.
inline bool MultiplyChecked(const Uint256& a, Uint128 b, Uint256& product) {
  const Uint256 low = Multiply(a.low, b);
  const Uint256 high = Multiply(a.high, b);
  product = {low.high + high.low, low.low};
  return high.high == 0 && product.high >= low.high;
}

struct Divided {
  Uint256 quotient;
  Uint256 remainder;
};

// Long division, a bit a step. Precondition: the divisor is neither zero nor above 2^255.
inline Divided Divide(const Uint256& dividend, const Uint256& divisor) {
  Divided result;
  Uint256 rest = dividend;
  for (int bit = 0; bit < 256; ++bit) {
    result.remainder = ShiftedLeft(result.remainder);
    result.remainder.low |= rest.high >> 127;
    rest = ShiftedLeft(rest);
    result.quotient = ShiftedLeft(result.quotient);
    if (!Less(result.remainder, divisor)) {
      result.remainder = Subtract(result.remainder, divisor);
      result.quotient.low |= 1;
    }
  }
  return result;
}

}  // namespace crossbill
