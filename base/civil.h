// Days and civil dates of the proleptic Gregorian calendar, after Howard Hinnant. Internal to base.
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crossbill {

struct Civil {
  int year;
  int month;
  int day;
};

constexpr std::int64_t FloorDivide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}  // b > 0

constexpr bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int DaysInMonth(int year, int month) {
  if (month == 2) {
    return IsLeap(year) ? 29 : 28;
  }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr std::int32_t DaysFromCivil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

// After Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022):
// years of four that begin with March, and multiplications where others divide.
constexpr Civil CivilFromDays(std::int32_t days) {
  constexpr std::uint64_t kEras = 14'800;  // of 400 years: enough that every day counts from zero
  constexpr std::uint64_t kDaysOfEra = 146'097;
  const std::uint64_t day = static_cast<std::uint64_t>(std::int64_t{days}) + 719'468 + kEras * kDaysOfEra;
  const std::uint64_t quarters = 4 * day + 3;
  const std::uint64_t century = quarters / kDaysOfEra;
  const std::uint32_t day_of_century = static_cast<std::uint32_t>(quarters % kDaysOfEra) / 4;
  constexpr std::uint64_t kPerYear = 2'939'745;  // 2^32 / (4 * 365.25), rounded up
  const std::uint64_t scaled = kPerYear * (4 * day_of_century + 3);
  const std::uint32_t day_of_year =
      static_cast<std::uint32_t>(scaled) / static_cast<std::uint32_t>(kPerYear) / 4;
  const std::uint32_t month_and_day = 2141 * day_of_year + 197'913;
  const bool next_year = day_of_year >= 306;  // January and February
  const std::int64_t year = static_cast<std::int64_t>(100 * century + (scaled >> 32)) -
                            static_cast<std::int64_t>(kEras * 400) + (next_year ? 1 : 0);
  const int month = static_cast<int>(month_and_day >> 16) - (next_year ? 12 : 0);
  return {static_cast<int>(year), month, static_cast<int>((month_and_day & 0xFFFF) / 2141) + 1};
}

// The day of "2026-10-31", ten bytes at `from`; nothing where they are not such a text, or there is no such
// day.
inline constexpr std::size_t kIsoDay = 10;
std::optional<std::int32_t> ReadIsoDay(const char* from);
// Microseconds of "09:05:00", eight bytes at `from`; -1 where they are not such a text.
inline constexpr std::size_t kTimeOfDay = 8;
std::int64_t ReadTimeOfDay(const char* from);

// "Z", "+08:00", "+0800" or "+08" at `at`, which moves past it: minutes east of UTC.
std::optional<int> TakeOffset(std::string_view text, std::size_t& at);

}  // namespace crossbill
