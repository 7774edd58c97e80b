#include <array>

#include "base/civil.h"
#include "base/date.h"
#include "base/era.h"
#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

constexpr std::string_view kDirectives = "%Y %y %m %d %e %b %B %H %M %S %f %z %E and %%";
constexpr std::string_view kNumeric = "YymdeHMSf";
constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

bool IsNumeric(char directive) { return kNumeric.find(directive) != std::string_view::npos; }

Error BadFormat(std::string_view format, const std::string& why) {
  return Error(Code::kConfigValue, "\"" + Printable(format, 80) + "\" is not a date format: " + why);
}

// What a format gives: a letter for each part of a date.
struct Coverage {
  bool year = false, month = false, day = false, hour = false, minute = false, second = false,
       fraction = false, zone = false;

  // False where the directive gives what is already given, or is none.
  bool Add(char directive, bool& known) {
    known = true;
    switch (directive) {
      case '%':
        return true;
      case 'Y':
      case 'y':
        return Set(year);
      case 'm':
      case 'b':
      case 'B':
        return Set(month);
      case 'd':
      case 'e':
        return Set(day);
      case 'E':
        return Set(year) && Set(month) && Set(day);
      case 'H':
        return Set(hour);
      case 'M':
        return Set(minute);
      case 'S':
        return Set(second);
      case 'f':
        return Set(fraction);
      case 'z':
        return Set(zone);
      default:
        known = false;
        return false;
    }
  }

 private:
  static bool Set(bool& part) {
    const bool was = part;
    part = true;
    return !was;
  }
};

class DateReader {
 public:
  DateReader(std::string_view pattern, std::string_view text) : pattern_(pattern), text_(text) {}

  Result<DateFormat::Parsed> Read() {
    for (std::size_t i = 0; i < pattern_.size(); ++i) {
      const char c = pattern_[i];
      if (c == '%') {
        const char directive = pattern_[++i];
        const bool next_numeric =
            i + 2 < pattern_.size() && pattern_[i + 1] == '%' && IsNumeric(pattern_[i + 2]);
        CROSSBILL_RETURN_IF_ERROR(TakeDirective(directive, next_numeric));
        last_numeric_ = IsNumeric(directive);
        continue;
      }
      last_numeric_ = false;
      if (c == ' ') {
        if (SkipBlanks() == 0) {
          return Expected("a blank");
        }
      } else if (at_ < text_.size() && text_[at_] == c) {
        ++at_;
      } else {
        return Expected("\"" + Printable(pattern_.substr(i), 20) + "\"");
      }
    }
    if (at_ != text_.size()) {
      return Expected("the end");
    }
    return Finish();
  }

 private:
  Result<DateFormat::Parsed> Finish() {
    if (!era_date_) {
      era_date_ = Date::FromCivil(year_, month_, day_);
    }
    if (!era_date_) {
      return Error(Code::kDate, "there is no such day");
    }
    if (hour_ > 23 || minute_ > 59 || second_ > 59) {
      return Error(Code::kDate, "there is no such time of day");
    }
    DateFormat::Parsed parsed;
    parsed.date = *era_date_;
    parsed.micros_of_day = (hour_ * 3600 + minute_ * 60 + second_) * std::int64_t{1'000'000} + micros_;
    parsed.offset_minutes = offset_;
    return parsed;
  }

  Status TakeDirective(char directive, bool next_numeric) {
    const bool packed = next_numeric || last_numeric_;
    switch (directive) {
      case 'Y':
        return TakeNumber(4, 4, "a year of four digits", year_);
      case 'y':
        return TakeShortYear();
      case 'm':
        return TakeNumber(packed ? 2 : 1, 2, packed ? "a month of two digits" : "a month", month_);
      case 'e':
        SkipBlanks();
        [[fallthrough]];
      case 'd':
        return TakeNumber(packed && directive == 'd' ? 2 : 1, 2, packed ? "a day of two digits" : "a day",
                          day_);
      case 'b':
      case 'B':
        return TakeMonthName();
      case 'H':
        return TakeNumber(packed ? 2 : 1, 2, "an hour", hour_);
      case 'M':
        return TakeNumber(packed ? 2 : 1, 2, "a minute", minute_);
      case 'S':
        return TakeNumber(packed ? 2 : 1, 2, "a second", second_);
      case 'f':
        return TakeFraction(next_numeric);
      case 'z':
        return TakeZone();
      case 'E':
        return TakeEra();
      default:
        return TakePercent();
    }
  }

  Error Expected(const std::string& what) const {
    return Error(Code::kDate, "expected " + what + " at byte " + std::to_string(at_ + 1));
  }

  std::size_t SkipBlanks() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
    return at_ - start;
  }

  Status TakeNumber(std::size_t least, std::size_t most, const char* what, int& value) {
    const std::size_t start = at_;
    value = 0;
    while (at_ < text_.size() && at_ - start < most && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (at_ - start < least) {
      at_ = start;
      return Expected(what);
    }
    return Ok();
  }

  Status TakeShortYear() {
    CROSSBILL_RETURN_IF_ERROR(TakeNumber(2, 2, "a year of two digits", year_));
    year_ += year_ >= 69 ? 1900 : 2000;  // as POSIX has it
    return Ok();
  }

  bool TakeWord(std::string_view lower) {
    if (text_.size() - at_ < lower.size()) {
      return false;
    }
    for (std::size_t i = 0; i < lower.size(); ++i) {
      const char c = text_[at_ + i];
      if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i]) {
        return false;
      }
    }
    at_ += lower.size();
    return true;
  }

  Status TakeMonthName() {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      if (TakeWord(kMonths[i]) || (i == 8 && TakeWord("sept")) || TakeWord(kMonths[i].substr(0, 3))) {
        month_ = static_cast<int>(i) + 1;
        return Ok();
      }
    }
    return Expected("an English name of a month");
  }

  Status TakeFraction(bool next_numeric) {
    const std::size_t start = at_;
    int unit = 100'000;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' &&
           at_ - start < (next_numeric ? 6u : 9u);
         ++at_) {
      micros_ += (text_[at_] - '0') * unit;
      unit /= 10;
    }
    return at_ == start ? Status(Expected("a fraction of a second")) : Ok();
  }

  Status TakeZone() {
    const std::size_t start = at_;
    offset_ = TakeOffset(text_, at_);
    if (!offset_) {
      at_ = start;
      return Expected("an offset from UTC, such as Z or +08:00");
    }
    return Ok();
  }

  Status TakeEra() {
    CROSSBILL_TRY(era_date_, TakeEraDate(text_, at_));
    return Ok();
  }

  Status TakePercent() {
    if (at_ >= text_.size() || text_[at_] != '%') {
      return Expected("%");
    }
    ++at_;
    return Ok();
  }

  std::string_view pattern_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool last_numeric_ = false;
  int year_ = 0, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
  int micros_ = 0;
  std::optional<int> offset_;
  std::optional<Date> era_date_;
};

}  // namespace

Result<DateFormat> DateFormat::Compile(std::string_view format) {
  if (!IsValidUtf8(format)) {
    return BadFormat(format, "it is not valid UTF-8");
  }
  DateFormat compiled;
  compiled.format_ = std::string(format);
  compiled.pattern_ = format == "iso" ? "%Y-%m-%d" : FoldWidth(format);
  const std::string& pattern = compiled.pattern_;
  Coverage coverage;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      continue;
    }
    if (++i == pattern.size()) {
      return BadFormat(format, "it ends after a %");
    }
    bool known = false;
    if (!coverage.Add(pattern[i], known)) {
      const std::string directive = "%" + Printable(std::string_view(pattern).substr(i, 1));
      return BadFormat(format, known
                                   ? directive + " gives a part of the date that is given already"
                                   : "there is no " + directive + "; there are " + std::string(kDirectives));
    }
  }
  if (!coverage.year || !coverage.month || !coverage.day) {
    return BadFormat(format, "a year, a month and a day are needed, as in %Y-%m-%d (or %E alone)");
  }
  compiled.shape_ = ShapeOf(pattern);
  return compiled;
}

DateFormat::Shape DateFormat::ShapeOf(std::string_view pattern) {
  if (pattern == "%Y-%m-%d") {
    return Shape::kIsoDay;
  }
  return pattern == "%Y-%m-%dT%H:%M:%S" || pattern == "%Y-%m-%d %H:%M:%S" ? Shape::kIsoTime : Shape::kAny;
}

// Nothing: the text is of another shape, such as 2026-1-5, or there is no such time; the general way tells.
std::optional<DateFormat::Parsed> DateFormat::ParseShape(std::string_view text) const {
  const bool time = shape_ == Shape::kIsoTime;
  if (shape_ == Shape::kAny || text.size() != kIsoDay + (time ? 1 + kTimeOfDay : 0)) {
    return std::nullopt;
  }
  constexpr std::size_t kBetweenInPattern = 8;  // behind "%Y-%m-%d"
  const auto day = ReadIsoDay(text.data());
  if (!day || (time && text[kIsoDay] != pattern_[kBetweenInPattern])) {
    return std::nullopt;
  }
  const std::int64_t micros = time ? ReadTimeOfDay(text.data() + kIsoDay + 1) : 0;
  return micros < 0 ? std::nullopt : std::optional(Parsed{Date(*day), micros, std::nullopt});
}

Result<DateFormat::Parsed> DateFormat::Parse(std::string_view utf8) const {
  if (const auto parsed = ParseShape(utf8)) {
    return *parsed;
  }
  auto parsed =
      IsAscii(utf8) ? DateReader(pattern_, utf8).Read() : DateReader(pattern_, FoldWidth(utf8)).Read();
  if (!parsed.ok()) {
    return Error(Code::kDate, "\"" + Printable(utf8, 60) + "\" is not a date of the format \"" +
                                  Printable(format_, 60) + "\": " + parsed.error().message());
  }
  return parsed;
}

}  // namespace crossbill
