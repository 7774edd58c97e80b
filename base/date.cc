#include "base/date.h"

#include <algorithm>
#include <charconv>

#include "base/civil.h"
#include "base/digits.h"
#include "base/text.h"

namespace crossbill {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

int Digit(char c) { return c >= '0' && c <= '9' ? c - '0' : -1; }

// `count` digits at `at`, which moves past them, or -1.
int Digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (text.size() - at < count) {
    return -1;
  }
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = Digit(text[at + i]);
    if (digit < 0) {
      return -1;
    }
    value = value * 10 + digit;
  }
  at += count;
  return value;
}

bool Take(std::string_view text, std::size_t& at, char c) {
  if (at < text.size() && text[at] == c) {
    ++at;
    return true;
  }
  return false;
}

bool TakeDate(std::string_view text, std::size_t& at, std::optional<Date>& date) {
  const int year = Digits(text, at, 4);
  if (year < 0 || !Take(text, at, '-')) {
    return false;
  }
  const int month = Digits(text, at, 2);
  if (month < 0 || !Take(text, at, '-')) {
    return false;
  }
  const int day = Digits(text, at, 2);
  if (day < 0) {
    return false;
  }
  date = Date::FromCivil(year, month, day);
  return true;
}

// "09:00:00.5": microseconds of the day, or -1. Digits beyond the sixth are dropped.
std::int64_t TakeTime(std::string_view text, std::size_t& at) {
  const int hour = Digits(text, at, 2);
  if (hour < 0 || hour > 23 || !Take(text, at, ':')) {
    return -1;
  }
  const int minute = Digits(text, at, 2);
  if (minute < 0 || minute > 59 || !Take(text, at, ':')) {
    return -1;
  }
  const int second = Digits(text, at, 2);
  if (second < 0 || second > 60) {  // 60: a leap second, which counts as the next one
    return -1;
  }
  std::int64_t fraction = 0;
  if (Take(text, at, '.')) {
    std::int64_t unit = kMicros / 10;
    const std::size_t start = at;
    for (; at < text.size() && Digit(text[at]) >= 0; ++at, unit /= 10) {
      fraction += Digit(text[at]) * unit;
    }
    if (at == start) {
      return -1;
    }
  }
  return (hour * 3600 + minute * 60 + second) * kMicros + fraction;
}

struct LocalParts {
  std::int64_t days;
  int second_of_day;
  int micros;
};

LocalParts PartsOf(std::int64_t micros, int offset_minutes) {
  // Seconds first: the offset cannot overflow there.
  const std::int64_t seconds = FloorDivide(micros, kMicros) + offset_minutes * 60;
  const std::int64_t days = FloorDivide(seconds, 86400);
  const std::int64_t fraction = micros % kMicros;
  return {days, static_cast<int>(seconds - days * 86400),
          static_cast<int>(fraction < 0 ? fraction + kMicros : fraction)};
}

Error NotDate(std::string_view text, const std::string& why) {
  return Error(Code::kDate, "\"" + Printable(text, 60) + "\" " + why);
}

}  // namespace

std::optional<std::int32_t> ReadIsoDay(const char* from) {
  const unsigned century = ReadTwo(from), year = ReadTwo(from + 2);
  const unsigned month = ReadTwo(from + 5), day = ReadTwo(from + 8);
  if (std::max({century, year, month, day}) > 99 || from[4] != '-' || from[7] != '-') {
    return std::nullopt;
  }
  const auto date =
      Date::FromCivil(static_cast<int>(century * 100 + year), static_cast<int>(month), static_cast<int>(day));
  return date ? std::optional(date->days()) : std::nullopt;
}

std::int64_t ReadTimeOfDay(const char* from) {
  const unsigned hour = ReadTwo(from), minute = ReadTwo(from + 3), second = ReadTwo(from + 6);
  if (hour > 23 || minute > 59 || second > 59 || from[2] != ':' || from[5] != ':') {
    return -1;
  }
  return std::int64_t{hour * 3600 + minute * 60 + second} * kMicros;
}

std::optional<Date> Date::FromCivil(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) {
    return std::nullopt;
  }
  return Date(DaysFromCivil(year, month, day));
}

Result<Date> Date::Parse(std::string_view iso) {
  if (iso.size() == kIsoDay) {
    if (const auto day = ReadIsoDay(iso.data())) {
      return Date(*day);
    }
  }
  std::size_t at = 0;
  std::optional<Date> date;
  if (!TakeDate(iso, at, date) || at != iso.size()) {
    return NotDate(iso, "is not a date: expected year-month-day, such as 2026-10-31");
  }
  if (!date) {
    return NotDate(iso, "is not a date: there is no such day");
  }
  return *date;
}

int Date::year() const { return CivilFromDays(days_).year; }
int Date::month() const { return CivilFromDays(days_).month; }
int Date::day() const { return CivilFromDays(days_).day; }

char* Date::WriteTo(char* to) const {
  const Civil civil = CivilFromDays(days_);
  if (civil.year >= 0 && civil.year <= 9999) {
    to = WriteTwo(civil.year / 100, to);
    to = WriteTwo(civil.year % 100, to);
  } else {
    to = std::to_chars(to, to + kMaxChars, civil.year).ptr;
  }
  *to++ = '-';
  to = WriteTwo(civil.month, to);
  *to++ = '-';
  return WriteTwo(civil.day, to);
}

void Date::AppendTo(std::string& out) const {
  char text[kMaxChars];
  out.append(text, WriteTo(text));
}

std::string Date::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

Result<Timestamp> Timestamp::Parse(std::string_view rfc3339) {
  constexpr char kExpected[] =
      "is not an instant: expected one such as 2026-10-31T09:00:00+08:00 or 2026-10-31T01:00:00Z";
  std::size_t at = 0;
  std::optional<Date> date;
  if (!TakeDate(rfc3339, at, date) ||
      !(Take(rfc3339, at, 'T') || Take(rfc3339, at, ' ') || Take(rfc3339, at, 't'))) {
    return NotDate(rfc3339, kExpected);
  }
  const std::int64_t time = TakeTime(rfc3339, at);
  if (time < 0) {
    return NotDate(rfc3339, kExpected);
  }
  if (at == rfc3339.size()) {
    return NotDate(rfc3339, "is not an instant: it has no offset from UTC at its end, such as Z or +08:00");
  }
  const std::optional<int> offset = TakeOffset(rfc3339, at);
  if (!offset || at != rfc3339.size()) {
    return NotDate(rfc3339, kExpected);
  }
  if (!date) {
    return NotDate(rfc3339, "is not an instant: there is no such day");
  }
  const std::int64_t local = date->days() * std::int64_t{86400} * kMicros + time;
  return Timestamp(local - *offset * 60 * kMicros, static_cast<std::int16_t>(*offset));
}

Date Timestamp::date() const {
  return Date(static_cast<std::int32_t>(PartsOf(micros_, offset_minutes_).days));
}

char* Timestamp::WriteTo(char* to) const {
  const LocalParts parts = PartsOf(micros_, offset_minutes_);
  to = Date(static_cast<std::int32_t>(parts.days)).WriteTo(to);
  *to++ = 'T';
  to = WriteTwo(parts.second_of_day / 3600, to);
  *to++ = ':';
  to = WriteTwo(parts.second_of_day / 60 % 60, to);
  *to++ = ':';
  to = WriteTwo(parts.second_of_day % 60, to);
  if (parts.micros != 0) {
    *to++ = '.';
    to = WriteTwo(parts.micros / 10'000, to);
    to = WriteTwo(parts.micros / 100 % 100, to);
    to = WriteTwo(parts.micros % 100, to);
    while (to[-1] == '0') {
      --to;
    }
  }
  if (offset_minutes_ == 0) {
    *to++ = 'Z';
    return to;
  }
  const int distance = offset_minutes_ < 0 ? -offset_minutes_ : offset_minutes_;
  *to++ = offset_minutes_ < 0 ? '-' : '+';
  to = WriteTwo(distance / 60 % 100, to);
  *to++ = ':';
  return WriteTwo(distance % 60, to);
}

void Timestamp::AppendTo(std::string& out) const {
  char text[kMaxChars];
  out.append(text, WriteTo(text));
}

std::string Timestamp::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

std::optional<int> TakeOffset(std::string_view text, std::size_t& at) {
  if (Take(text, at, 'Z') || Take(text, at, 'z')) {
    return 0;
  }
  const bool negative = Take(text, at, '-');
  if (!negative && !Take(text, at, '+')) {
    return std::nullopt;
  }
  const int hours = Digits(text, at, 2);
  int minutes = 0;
  if (Take(text, at, ':') ||
      (at < text.size() && Digit(text[at]) >= 0)) {  // databases leave minutes of zero away
    minutes = Digits(text, at, 2);
  }
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  const int offset = hours * 60 + minutes;
  return negative ? -offset : offset;
}

}  // namespace crossbill
