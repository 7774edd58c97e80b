// Two digits at a time: how numbers, dates and times are written and read. Internal to base. Any thread.
#pragma once

#include <array>
#include <cstddef>

namespace crossbill {

inline constexpr auto kDigitPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// The two digits of a number below 100; returns the end.
inline char* WriteTwo(int value, char* to) {
  const std::size_t pair = static_cast<std::size_t>(value) * 2;
  to[0] = kDigitPairs[pair];
  to[1] = kDigitPairs[pair + 1];
  return to + 2;
}

// The number of two digits at `from`, or more than 99 where they are none.
inline unsigned ReadTwo(const char* from) {
  const unsigned tens = static_cast<unsigned char>(from[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(from[1]) - unsigned{'0'};
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

}  // namespace crossbill
