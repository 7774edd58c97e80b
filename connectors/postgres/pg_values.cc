#include "connectors/postgres/pg_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/text.h"

namespace crossbill::connectors {
namespace {

constexpr unsigned kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kOid = 26, kFloat4 = 700, kFloat8 = 701,
                   kBpchar = 1042, kDate = 1082;
constexpr unsigned kTimestamp = 1114, kTimestampTz = 1184, kNumeric = 1700;
constexpr std::int64_t kSecond = 1000000;

// Unescapes in place; the text never grows.
std::size_t Unescape(char* text, std::size_t size) {
  char* to = text;
  for (std::size_t i = 0; i < size; ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < size) {
      c = text[++i];
      constexpr std::string_view kFrom = "bfnrtv";
      constexpr std::string_view kTo = "\b\f\n\r\t\v";
      const std::size_t which = kFrom.find(c);
      c = which == std::string_view::npos ? c : kTo[which];
    }
    *to++ = c;
  }
  return static_cast<std::size_t>(to - text);
}

Value TextOrDecimal(std::string_view text) {
  const auto decimal = Decimal::Parse(text);
  return decimal.ok() ? Value::Of(*decimal) : Value::Text(text);
}

// "1e+22" as PostgreSQL prints a float: the same digits without the exponent.
Value FloatOf(std::string_view text, Arena& arena) {
  if (text.find('e') == std::string_view::npos) {
    return TextOrDecimal(text);
  }
  double real = 0;
  char buffer[400];
  const auto read = std::from_chars(text.data(), text.data() + text.size(), real);
  if (read.ec != std::errc() || !std::isfinite(real)) {
    return Value::Text(text);
  }
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, real, std::chars_format::fixed).ptr;
  const auto decimal = Decimal::Parse({buffer, static_cast<std::size_t>(end - buffer)});
  (void)arena;
  return decimal.ok() ? Value::Of(*decimal) : Value::Text(text);
}

Value DateOf(std::string_view text) {
  const auto date = Date::Parse(text);
  return date.ok() ? Value::Of(*date) : Value::Text(text);
}

// "2026-10-31 10:00:00.25": microseconds of the day behind a date, or -1.
std::int64_t MicrosOfDay(std::string_view text) {
  const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') {
    return -1;
  }
  std::int64_t micros = ((two(0) * 60 + two(3)) * 60LL + two(6)) * kSecond;
  std::int64_t unit = kSecond / 10;
  for (std::size_t i = 9; i < text.size(); ++i, unit /= 10) {
    micros += (text[i] - '0') * unit;
  }
  return micros;
}

Value TimestampOf(std::string_view text, bool zoned, const TimeZone& zone) {
  std::string_view local = text;
  if (zoned) {
    const std::size_t sign = text.find_last_of("+-");
    if (sign == std::string_view::npos || sign < 19 || text.substr(sign) != "+00") {
      return Value::Text(text);
    }
    local = text.substr(0, sign);
  }
  const auto date = Date::Parse(local.substr(0, 10));
  const std::int64_t micros = local.size() > 11 && local.back() != 'C' ? MicrosOfDay(local.substr(11)) : -1;
  if (!date.ok() || micros < 0) {
    return Value::Text(text);  // infinity, BC, or a year of five digits
  }
  if (zoned) {
    return Value::Of(Timestamp(std::int64_t{date->days()} * 86400 * kSecond + micros));
  }
  return Value::Of(zone.FromLocal(*date, micros));
}

Value ValueOf(std::string_view text, unsigned type, const TimeZone& zone, Arena& arena) {
  switch (type) {
    case kBool:
      return Value::Bool(text == "t");
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid: {
      std::int64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      return Value::Int(number);
    }
    case kNumeric:
      return TextOrDecimal(text);
    case kFloat4:
    case kFloat8:
      return FloatOf(text, arena);
    case kDate:
      return DateOf(text);
    case kTimestamp:
      return TimestampOf(text, false, zone);
    case kTimestampTz:
      return TimestampOf(text, true, zone);
    case kBpchar: {
      const std::size_t last = text.find_last_not_of(' ');
      return Value::Text(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
    }
    default:
      return Value::Text(text);
  }
}

std::size_t FieldEnd(const char* text, std::size_t at, std::size_t size) {
  const void* tab = std::memchr(text + at, '\t', size - at);
  return tab == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(tab) - text);
}

}  // namespace

ValueType PgTypeOf(unsigned oid) {
  switch (oid) {
    case kBool:
      return ValueType::kBool;
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
      return ValueType::kInt;
    case kNumeric:
    case kFloat4:
    case kFloat8:
      return ValueType::kDecimal;
    case kDate:
      return ValueType::kDate;
    case kTimestamp:
    case kTimestampTz:
      return ValueType::kTimestamp;
    default:
      return ValueType::kText;
  }
}

bool ParseCopyLine(std::string_view line, std::size_t skip, const std::vector<PgColumn>& columns,
                   const TimeZone& zone, Arena& arena, Value* cells) {
  std::size_t begin = 0;
  for (; skip > 0; --skip) {
    begin = FieldEnd(line.data(), begin, line.size()) + 1;
  }
  if (columns.empty()) {
    return true;
  }
  const std::size_t size = line.size() - begin;
  char* const text = arena.Allocate(size);
  std::memcpy(text, line.data() + begin, size);
  const bool escapes = std::memchr(text, '\\', size) != nullptr;
  std::size_t at = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::size_t end = FieldEnd(text, at, size);
    std::size_t length = end - at;
    if (escapes && length == 2 && text[at] == '\\' && text[at + 1] == 'N') {
      cells[i] = Value();
    } else {
      length = escapes ? Unescape(text + at, length) : length;
      cells[i] = ValueOf({text + at, length}, columns[i].type, zone, arena);
    }
    at = std::min(end + 1, size);
  }
  return IsValidUtf8({text, size});
}

std::string_view CopyPrefix(std::string_view line, std::size_t n) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < n; ++i) {
    end = FieldEnd(line.data(), end + (i == 0 ? 0 : 1), line.size());
  }
  return line.substr(0, end);
}

std::vector<std::string> CopyFields(std::string_view prefix) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= prefix.size();) {
    const std::size_t end = FieldEnd(prefix.data(), at, prefix.size());
    std::string field(prefix.substr(at, end - at));
    if (field == "\\N") {
      field.clear();
    } else {
      field.resize(Unescape(field.data(), field.size()));
    }
    out.push_back(std::move(field));
    at = end + 1;
  }
  return out;
}

}  // namespace crossbill::connectors
