// Durations, sizes and percentages as people write them. Exact: whole numbers only, every overflow is an
// error.
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "config/reader.h"

namespace crossbill::config {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front; nothing when there are none or too many.
std::optional<std::int64_t> TakeNumber(std::string_view& text) {
  std::size_t digits = 0;
  std::int64_t number = 0;
  while (digits < text.size() && IsDigit(text[digits])) {
    const int digit = text[digits] - '0';
    if (number > (kMax - digit) / 10) {
      return std::nullopt;
    }
    number = number * 10 + digit;
    ++digits;
  }
  if (digits == 0) {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return number;
}

std::string_view TakeLetters(std::string_view& text) {
  std::size_t letters = 0;
  while (letters < text.size() &&
         ((text[letters] >= 'a' && text[letters] <= 'z') || (text[letters] >= 'A' && text[letters] <= 'Z'))) {
    ++letters;
  }
  const std::string_view taken = text.substr(0, letters);
  text.remove_prefix(letters);
  return taken;
}

Error Expected(std::string_view what, std::string_view text) {
  return {Code::kConfigValue, fmt::format("expected {}, but found \"{}\"", what, Printable(text, 60))};
}

template <std::size_t N>
std::optional<std::int64_t> FactorOf(const std::array<Unit, N>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.first == name) {
      return unit.second;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::int64_t> ParseDuration(std::string_view text) {
  constexpr std::string_view kWhat = "a duration such as 250ms, 10s, 5m, 24h or 7d";
  static constexpr std::array<Unit, 5> kUnits = {
      {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
  if (text == "0") {
    return std::int64_t{0};
  }
  std::string_view rest = text;
  std::int64_t total = 0;
  std::int64_t last = kMax;  // units go from long to short, each once
  do {
    const std::optional<std::int64_t> number = TakeNumber(rest);
    const std::optional<std::int64_t> factor = FactorOf(kUnits, TakeLetters(rest));
    if (!number || !factor || *factor >= last || *number > (kMax - total) / *factor) {
      return Expected(kWhat, text);
    }
    last = *factor;
    total += *number * *factor;
  } while (!rest.empty());
  return total;
}

Result<DurationRange> ParseDurationRange(std::string_view text) {
  constexpr std::string_view kWhat = "two durations with \"..\" between them, such as 1s..1m";
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    return Expected(kWhat, text);
  }
  const Result<std::int64_t> least = ParseDuration(text.substr(0, dots));
  const Result<std::int64_t> most = ParseDuration(text.substr(dots + 2));
  if (!least.ok() || !most.ok()) {
    return Expected(kWhat, text);
  }
  if (*least > *most) {
    return Expected("the shorter duration first, such as 1s..1m", text);
  }
  return DurationRange{*least, *most};
}

Result<std::int64_t> ParseSize(std::string_view text) {
  constexpr std::string_view kWhat = "a size such as 4096, 64MB or 1GiB";
  static constexpr std::array<Unit, 10> kUnits = {{{"", 1},
                                                   {"B", 1},
                                                   {"KB", 1'000},
                                                   {"MB", 1'000'000},
                                                   {"GB", 1'000'000'000},
                                                   {"TB", 1'000'000'000'000},
                                                   {"KiB", std::int64_t{1} << 10},
                                                   {"MiB", std::int64_t{1} << 20},
                                                   {"GiB", std::int64_t{1} << 30},
                                                   {"TiB", std::int64_t{1} << 40}}};
  std::string_view rest = text;
  const std::optional<std::int64_t> number = TakeNumber(rest);
  const std::optional<std::int64_t> factor = FactorOf(kUnits, TakeLetters(rest));
  if (!number || !factor || !rest.empty() || *number > kMax / *factor) {
    return Expected(kWhat, text);
  }
  return *number * *factor;
}

Result<std::int64_t> ParsePercent(std::string_view text) {
  constexpr std::string_view kWhat = "a percentage such as 2% or 0.25%";
  std::string_view rest = text;
  const std::optional<std::int64_t> whole = TakeNumber(rest);
  if (!whole || *whole > 1'000'000) {
    return Expected(kWhat, text);
  }
  std::int64_t hundredths = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    const std::size_t before = rest.size();
    const std::optional<std::int64_t> part = TakeNumber(rest);
    const std::size_t digits = before - rest.size();
    if (!part || digits > 2) {
      return Expected(kWhat, text);
    }
    hundredths = digits == 1 ? *part * 10 : *part;
  }
  if (rest != "%") {
    return Expected(kWhat, text);
  }
  return *whole * 100 + hundredths;
}

}  // namespace crossbill::config
