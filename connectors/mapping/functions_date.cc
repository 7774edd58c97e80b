// Dates and times. Formats are constants and compiled once.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "connectors/mapping/functions.h"

namespace crossbill::mapping {
namespace {

constexpr std::int64_t kMaxDays =
    4'000'000;  // what a date may be moved by: more than all years of four digits

struct Formats final : FunctionState {
  std::vector<DateFormat> formats;
  TimeZone zone;
};

bool AddFormat(Preparation& p, std::string_view text, Formats& formats) {
  auto format = DateFormat::Compile(text);
  if (!format.ok()) {
    p.code = Code::kMapSyntax;
    p.error = fmt::format("\"{}\" is not a date format: {}", text, format.error().message());
    return false;
  }
  formats.formats.push_back(*std::move(format));
  return true;
}

// The second argument: a format, or a list of them that are tried in order; without it `defaults`.
std::unique_ptr<FunctionState> Prepare(Preparation& p, std::initializer_list<std::string_view> defaults) {
  auto formats = std::make_unique<Formats>();
  formats->zone = p.environment.zone;
  if (p.constants.size() < 2) {
    for (const std::string_view format : defaults) {
      AddFormat(p, format, *formats);
    }
    return formats;
  }
  const Value* given = p.constants[1];
  if (given != nullptr && given->type() == ValueType::kText) {
    AddFormat(p, given->AsText(), *formats);
    return formats;
  }
  if (given == nullptr || given->type() != ValueType::kList || given->AsList().empty()) {
    p.error = "the format must be a text constant or a list of them: date(x, [\"%Y-%m-%d\", \"%d.%m.%Y\"])";
    return nullptr;
  }
  for (const Value& format : given->AsList()) {
    if (format.type() != ValueType::kText) {
      p.error = "every format must be a text constant";
      return nullptr;
    }
    if (!AddFormat(p, format.AsText(), *formats)) {
      return nullptr;
    }
  }
  return formats;
}

std::unique_ptr<FunctionState> PrepareDate(Preparation& p) { return Prepare(p, {"iso"}); }
std::unique_ptr<FunctionState> PrepareDatetime(Preparation& p) {
  return Prepare(p, {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f",
                     "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"});
}

std::string FormatNames(const Formats& formats) {
  std::string names;
  for (const DateFormat& format : formats.formats) {
    names += (names.empty() ? "\"" : ", \"") + format.text() + "\"";
  }
  return names;
}

bool ToDate(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].type() == ValueType::kDate) {
    return Give(out, a[0]);
  }
  if (a[0].type() == ValueType::kTimestamp) {
    return Give(out, Value::Of(a[0].AsTimestamp().date()));
  }
  const std::string_view text = Trimmed(a[0].AsText());
  if (text.empty()) {
    return Give(out, Value());
  }
  const auto& formats = static_cast<const Formats&>(*call.state);
  for (const DateFormat& format : formats.formats) {
    const auto parsed = format.Parse(text);
    if (parsed.ok()) {
      return Give(out, Value::Of(parsed->date));
    }
  }
  return call.Fail(fmt::format("{} is not a date of the form {}", Shown(a[0]), FormatNames(formats)));
}

// Whether it may be an instant: what fails to be one costs a message.
bool HasOffset(std::string_view text) {
  constexpr std::size_t kDate = 10;
  return text.ends_with('Z') || text.ends_with('z') ||
         std::any_of(text.begin() + std::min(kDate, text.size()), text.end(),
                     [](char c) { return c == '+' || c == '-'; });
}

bool ToTimestamp(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].type() == ValueType::kTimestamp) {
    return Give(out, a[0]);
  }
  const auto& formats = static_cast<const Formats&>(*call.state);
  if (a[0].type() == ValueType::kDate) {
    return Give(out, Value::Of(formats.zone.FromLocal(a[0].AsDate(), 0)));
  }
  const std::string_view text = Trimmed(a[0].AsText());
  if (text.empty()) {
    return Give(out, Value());
  }
  if (a.size() == 1 && HasOffset(text)) {
    const auto parsed = Timestamp::Parse(text);
    if (parsed.ok()) {
      return Give(out, Value::Of(*parsed));
    }
  }
  for (const DateFormat& format : formats.formats) {
    const auto parsed = format.Parse(text);
    if (!parsed.ok()) {
      continue;
    }
    if (!parsed->offset_minutes) {
      return Give(out, Value::Of(formats.zone.FromLocal(parsed->date, parsed->micros_of_day)));
    }
    constexpr std::int64_t kMinute = 60'000'000;
    const std::int64_t local = parsed->date.days() * (1440 * kMinute) + parsed->micros_of_day;
    return Give(out, Value::Of(Timestamp(local - *parsed->offset_minutes * kMinute,
                                         static_cast<std::int16_t>(*parsed->offset_minutes))));
  }
  return call.Fail(a.size() == 1
                       ? fmt::format("{} is not a time such as 2026-10-31T09:00:00+08:00", Shown(a[0]))
                       : fmt::format("{} is not a time of the form {}", Shown(a[0]), FormatNames(formats)));
}

bool Days(const Call& call, std::span<const Value> a, Value& out) {
  if (std::llabs(a[1].AsInt()) > kMaxDays) {
    return call.Fail(fmt::format("{} days are too many", a[1].AsInt()));
  }
  const Date moved = a[0].AsDate().PlusDays(static_cast<int>(a[1].AsInt()));
  return moved.year() >= 1 && moved.year() <= 9999 ? Give(out, Value::Of(moved))
                                                   : call.Fail("a date outside of the years 1 to 9999");
}

bool DaysBetween(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Int(std::int64_t{a[1].AsDate().days()} - a[0].AsDate().days()));
}

Date DateOf(const Value& v) {
  return v.type() == ValueType::kTimestamp ? v.AsTimestamp().date() : v.AsDate();
}
bool Year(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Int(DateOf(a[0]).year()));
}
bool Month(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Int(DateOf(a[0]).month()));
}
bool Day(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Int(DateOf(a[0]).day()));
}

constexpr FunctionDef kFunctions[] = {
    {"date",
     "date(text | timestamp[, format | list of formats]) → date",
     "The civil date. Formats are strftime's (%Y %y %m %d %e %b %B) and %E for Japanese era dates; the first "
     "that fits is taken; without one "
     "it is 2026-10-31. Empty text gives null; a date that does not exist (00000000, 31.02.) is an error. Of "
     "an instant: the date at its own offset.",
     "date(\"令和6年11月4日\", [\"%d.%m.%Y\", \"%E\"])",
     "2024-11-04",
     {kText | kDate | kTime, kText | kList},
     1,
     2,
     Always<kDateType>,
     ToDate,
     PrepareDate},
    {"datetime",
     "datetime(text | date[, format | list of formats]) → timestamp",
     "The instant. Without an offset in the text, and for a date (its midnight), the time zone of the stream "
     "is taken. Without a format: "
     "2026-10-31T09:00:00+08:00, also with a blank for the T and without seconds or offset. Empty text gives "
     "null.",
     "datetime(\"31.10.2026 09:05 +0800\", \"%d.%m.%Y %H:%M %z\")",
     "2026-10-31T09:05:00+08:00",
     {kText | kDate | kTime, kText | kList},
     1,
     2,
     Always<kTimestampType>,
     ToTimestamp,
     PrepareDatetime},
    {"days",
     "days(date, n) → date",
     "The date n days later, earlier for a negative n.",
     "days(date(\"2026-10-31\"), 30)",
     "2026-11-30",
     {kDate, kInt},
     2,
     2,
     Always<kDateType>,
     Days},
    {"days_between",
     "days_between(from, to) → int",
     "The number of days from one date to the other.",
     "days_between(date(\"2026-10-01\"), date(\"2026-10-31\"))",
     "30",
     {kDate, kDate},
     2,
     2,
     Always<kIntType>,
     DaysBetween},
    {"year",
     "year(date | timestamp) → int",
     "The year.",
     "year(date(\"2026-10-31\"))",
     "2026",
     {kDate | kTime},
     1,
     1,
     Always<kIntType>,
     Year},
    {"month",
     "month(date | timestamp) → int",
     "The month from 1.",
     "month(date(\"2026-10-31\"))",
     "10",
     {kDate | kTime},
     1,
     1,
     Always<kIntType>,
     Month},
    {"day",
     "day(date | timestamp) → int",
     "The day of the month from 1.",
     "day(date(\"2026-10-31\"))",
     "31",
     {kDate | kTime},
     1,
     1,
     Always<kIntType>,
     Day},
};

}  // namespace

std::span<const FunctionDef> DateFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
