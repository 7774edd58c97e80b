#include <algorithm>

#include "base/decimal.h"
#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

Error NotNumber(std::string_view text, const std::string& why) {
  return Error(Code::kDecimal, "\"" + Printable(text, 60) + "\" is not a number: " + why);
}

// Full-width characters, the many blanks, minuses and apostrophes to their ASCII ones.
std::string Fold(std::string_view utf8) {
  if (IsAscii(utf8)) {
    return std::string(utf8);
  }
  const std::string narrow = FoldWidth(utf8);
  std::string out;
  for (std::size_t at = 0; at < narrow.size();) {
    const std::size_t start = at;
    switch (NextCodePoint(narrow, at)) {
      case 0x2212:
      case 0x2010:
      case 0x2011:
      case 0x2012:
      case 0x2013:
      case 0xFE63:
        out += '-';
        break;
      case 0x2019:
        out += '\'';
        break;
      default:
        out.append(narrow, start, at - start);
    }
  }
  return out;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// Takes the sign or the brackets away. False where there are two signs.
bool TakeSign(std::string_view& text, bool& negative) {
  int signs = 0;
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')') {
    text = Trim(text.substr(1, text.size() - 2));
    negative = true;
    ++signs;
  }
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = negative || text.front() == '-';
    text = Trim(text.substr(1));
    ++signs;
  }
  if (!text.empty() && (text.back() == '-' || text.back() == '+')) {
    negative = negative || text.back() == '-';
    text = Trim(text.substr(0, text.size() - 1));
    ++signs;
  }
  return signs <= 1;
}

bool IsDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The sizes of the groups after the first, as they are written in the world.
class Grouping {
 public:
  void Add(std::size_t size) {
    threes_ = threes_ && size == 3;
    fours_ = fours_ && size == 4;
    indian_ = indian_ && last_ == 2;  // groups of two, and one of three at the end
    last_ = size;
  }
  bool Holds(std::size_t first) const {
    return (threes_ && first <= 3) || (fours_ && first <= 4) || (indian_ && last_ == 3 && first <= 2);
  }

 private:
  bool threes_ = true, fours_ = true, indian_ = true;
  std::size_t last_ = 2;
};

// Appends the digits of a whole part; false where its groups are none.
bool AppendWhole(std::string_view whole, char separator, std::string& digits) {
  if (separator == 0) {
    digits.append(whole);
    return IsDigits(whole);
  }
  Grouping grouping;
  std::size_t first = 0;
  for (std::size_t at = 0, index = 0; at <= whole.size(); ++index) {
    const std::size_t end = std::min(whole.find(separator, at), whole.size());
    const std::string_view group = whole.substr(at, end - at);
    if (group.empty() || !IsDigits(group)) {
      return false;
    }
    if (index == 0) {
      first = group.size();
    } else {
      grouping.Add(group.size());
    }
    digits.append(group);
    at = end + 1;
  }
  return grouping.Holds(first) && digits[0] != '0';
}

}  // namespace

Result<Decimal> Decimal::ParseHuman(std::string_view utf8, char decimal_separator) {
  const std::string folded = Fold(utf8);
  std::string_view text = Trim(folded);
  if (text.empty()) {
    return NotNumber(utf8, "it is empty");
  }
  bool negative = false;
  if (!TakeSign(text, negative)) {
    return NotNumber(utf8, "it has more than one sign");
  }
  const std::size_t point = text.find(decimal_separator);
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  const char other = decimal_separator == ',' ? '.' : ',';
  char separator = 0;
  for (const char c : whole) {
    if (c == other || c == ' ' || c == '\'' || c == '_') {
      separator = c;
      break;
    }
  }
  std::string plain = negative ? "-" : "";
  std::string digits;
  if (!IsDigits(fraction) || !AppendWhole(whole, separator, digits)) {
    return NotNumber(
        utf8, std::string("expected digits with \"") + decimal_separator +
                  "\" before the decimals, and thousands in groups of three, of four or in Indian fashion");
  }
  if (digits.empty() && fraction.empty()) {
    return NotNumber(utf8, "it has no digits");
  }
  plain += digits;
  if (!fraction.empty()) {
    plain.append(".").append(fraction);
  }
  auto parsed = Parse(plain);
  if (!parsed.ok()) {
    return NotNumber(utf8, "it has more than 38 digits");
  }
  return parsed;
}

}  // namespace crossbill
