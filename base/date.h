// Civil dates and instants. A business date has no zone; an instant is UTC microseconds and remembers the
// offset it was written with. Values; safe to copy and to share.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill {

class Date {
 public:
  constexpr Date() = default;
  // Days since 1970-01-01 in the proleptic Gregorian calendar.
  constexpr explicit Date(std::int32_t days) : days_(days) {}
  static std::optional<Date> FromCivil(int year, int month, int day);  // nothing for 31 February
  static Result<Date> Parse(std::string_view iso);                     // exactly "2026-10-31"
  std::int32_t days() const { return days_; }
  int year() const;
  int month() const;
  int day() const;
  std::string ToString() const;  // "2026-10-31"
  void AppendTo(std::string& out) const;
  // The same into memory with room for kMaxChars; returns the end.
  static constexpr std::size_t kMaxChars = 16;
  char* WriteTo(char* to) const;
  Date PlusDays(int days) const { return Date(days_ + days); }
  friend auto operator<=>(const Date&, const Date&) = default;

 private:
  std::int32_t days_ = 0;
};

class Timestamp {
 public:
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(std::int64_t micros, std::int16_t offset_minutes = 0)
      : micros_(micros), offset_minutes_(offset_minutes) {}
  static Result<Timestamp> Parse(
      std::string_view rfc3339);  // "2026-10-31T09:00:00.5+08:00", also with a blank for T
  std::int64_t micros() const { return micros_; }
  std::int64_t millis() const { return micros_ / 1000 - (micros_ % 1000 < 0 ? 1 : 0); }
  std::int16_t offset_minutes() const { return offset_minutes_; }
  Date date() const;             // the civil date at its own offset
  std::string ToString() const;  // RFC 3339, fraction only where there is one; offset 0 is "Z"
  void AppendTo(std::string& out) const;
  static constexpr std::size_t kMaxChars = Date::kMaxChars + 24;
  char* WriteTo(char* to) const;
  friend bool operator==(const Timestamp& a, const Timestamp& b) { return a.micros_ == b.micros_; }
  friend auto operator<=>(const Timestamp& a, const Timestamp& b) { return a.micros_ <=> b.micros_; }

 private:
  std::int64_t micros_ = 0;
  std::int16_t offset_minutes_ = 0;
};

// An IANA zone ("Asia/Shanghai"), resolved once. Immutable after Open; any thread.
class TimeZone {
 public:
  static Result<TimeZone> Open(std::string_view name);
  TimeZone();  // UTC
  // The instant of a local time; of a time that the clock repeats the first, of one that it skips the later.
  Timestamp FromLocal(Date date, std::int64_t micros_of_day) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// A date format compiled once: strftime's %Y %y %m %d %e %b %B %H %M %S %f %z and, beyond it, %E: a Japanese
// era date
// ("令和6年11月4日", "R06.11.05", "R6/11/5", 元年 is year 1, an era's bounds are checked). Full-width digits
// are folded. "iso" is %Y-%m-%d. Everything must be consumed; a date that does not exist (31.02., 00000000)
// is kDate. %Y takes four digits, %y two (69 is 1969, 68 is 2068); the other numbers one or two, where they
// stand together
// (%Y%m%d) two. Names of months are English, short or long. A blank takes one or more. %z takes Z, +08:00,
// +0800 and +08. Immutable after Compile; any thread.
class DateFormat {
 public:
  static Result<DateFormat> Compile(std::string_view format);
  struct Parsed {
    Date date;
    std::int64_t micros_of_day = 0;
    std::optional<int> offset_minutes;
  };
  Result<Parsed> Parse(std::string_view utf8) const;
  const std::string& text() const { return format_; }

 private:
  // Formats that hardly need a look at them: the text has one length and each part its place.
  enum class Shape : std::uint8_t { kAny, kIsoDay, kIsoTime };
  static Shape ShapeOf(std::string_view pattern);
  std::optional<Parsed> ParseShape(std::string_view text) const;

  Shape shape_ = Shape::kAny;
  std::string format_;
  std::string pattern_;  // format_ with full-width characters folded and "iso" spelled out
};

}  // namespace crossbill
