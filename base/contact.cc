#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <exception>

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

constexpr std::size_t kLongestPhone = 250;  // libphonenumber's own limit
constexpr std::size_t kLongestEmail = 254;  // RFC 5321
constexpr std::size_t kLongestLocalPart = 64;
constexpr std::size_t kLongestLabel = 63;

std::string UpperRegion(std::string_view country) {
  std::string region;
  for (const char c : country) {
    region += c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  }
  return region.size() == 2 ? region : "ZZ";  // libphonenumber's unknown region: only numbers with a prefix
}

// The digits of a text of digits, single blanks and hyphens; nothing where there is anything else.
struct PlainDigits {
  char text[15];
  std::size_t size = 0;
  bool plus = false;
};

bool TakePlainDigits(std::string_view text, PlainDigits& digits) {
  digits.plus = text.starts_with('+');
  text.remove_prefix(digits.plus ? 1 : 0);
  bool gap = true;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit ? digits.size == sizeof(digits.text) : gap || (c != ' ' && c != '-')) {
      return false;
    }
    if (digit) {
      digits.text[digits.size++] = c;
    }
    gap = !digit;
  }
  return !gap;
}

bool IsBetween(char c, char least, char most) { return c >= least && c <= most; }

// The shapes that most numbers have and that mean one thing only, as libphonenumber reads them; it takes a
// hundred times as long. contact_test.cc compares the two. Nothing for any other shape.
std::optional<std::string> UsualPhone(std::string_view text, std::string_view region) {
  PlainDigits digits;
  if (!TakePlainDigits(text, digits)) {
    return std::nullopt;
  }
  std::string_view number(digits.text, digits.size);
  const bool chinese =
      digits.plus ? number.starts_with("86") && number.size() == 13 : region == "CN" && number.size() == 11;
  if (chinese) {
    number.remove_prefix(digits.plus ? 2 : 0);
    const bool mobile = number[0] == '1' && IsBetween(number[1], '3', '9') && !number.starts_with("179");
    return mobile ? std::optional("+86" + std::string(number)) : std::nullopt;
  }
  if (digits.plus) {
    return std::nullopt;
  }
  if (region == "JP" && number.size() == 11 && number[0] == '0' && IsBetween(number[1], '7', '9') &&
      number[2] == '0') {
    return "+81" + std::string(number.substr(1));
  }
  if (region == "US" && number.size() == 10 && IsBetween(number[0], '2', '9') &&
      IsBetween(number[3], '2', '9')) {
    return "+1" + std::string(number);
  }
  return std::nullopt;
}

bool IsLocalPart(std::string_view local) {
  if (local.empty() || local.size() > kLongestLocalPart || local.front() == '.' || local.back() == '.') {
    return false;
  }
  char last = 0;
  for (const char c : local) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F || std::string_view("\"(),:;<>@[\\]").find(c) != std::string_view::npos ||
        (c == '.' && last == '.')) {
      return false;
    }
    last = c;
  }
  return true;
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > kLongestLabel || label.front() == '-' || label.back() == '-') {
    return false;
  }
  for (const char c : label) {
    const bool ascii_part = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!ascii_part && static_cast<unsigned char>(c) < 0x80) {
      return false;
    }
  }
  return true;
}

bool IsDomain(std::string_view domain) {
  std::size_t labels = 0;
  for (std::size_t at = 0; at <= domain.size(); ++labels) {
    const std::size_t end = std::min(domain.find('.', at), domain.size());
    if (!IsLabel(domain.substr(at, end - at))) {
      return false;
    }
    at = end + 1;
  }
  const std::string_view last = domain.substr(domain.rfind('.') + 1);
  return labels >= 2 && last.size() >= 2 && last.find_first_not_of("0123456789") != std::string_view::npos;
}

}  // namespace

std::optional<std::string> PhoneToE164(std::string_view text, std::string_view country) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  if (text.empty() || text.size() > kLongestPhone || !IsValidUtf8(text)) {
    return std::nullopt;
  }
  const std::string region = UpperRegion(country);
  if (auto usual = UsualPhone(text, region)) {
    return usual;
  }
  try {
    const PhoneNumberUtil* util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util->Parse(std::string(text), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !util->IsPossibleNumber(number)) {
      return std::nullopt;
    }
    number.clear_extension();
    std::string formatted;
    util->Format(number, PhoneNumberUtil::E164, &formatted);
    return formatted;
  } catch (const std::exception&) {  // of its regular expressions
    return std::nullopt;
  }
}

std::optional<std::string> NormaliseEmail(std::string_view text) {
  const std::string email = CaseFold(CollapseSpace(Nfkc(text)));
  const std::size_t sign = email.rfind('@');
  if (sign == std::string::npos || email.size() > kLongestEmail || !IsValidUtf8(email)) {
    return std::nullopt;
  }
  const std::string_view whole(email);
  if (!IsLocalPart(whole.substr(0, sign)) || !IsDomain(whole.substr(sign + 1))) {
    return std::nullopt;
  }
  return email;
}

}  // namespace crossbill
