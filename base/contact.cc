#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <exception>

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

constexpr std::size_t kLongestPhone = 250;   // libphonenumber's own limit
constexpr std::size_t kLongestEmail = 254;   // RFC 5321
constexpr std::size_t kLongestLocalPart = 64;
constexpr std::size_t kLongestLabel = 63;

std::string UpperRegion(std::string_view country) {
  std::string region;
  for (const char c : country) {
    region += c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  }
  return region.size() == 2 ? region : "ZZ";   // libphonenumber's unknown region: only numbers with a prefix
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
  try {
    const PhoneNumberUtil* util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util->Parse(std::string(text), UpperRegion(country), &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !util->IsPossibleNumber(number)) {
      return std::nullopt;
    }
    number.clear_extension();
    std::string formatted;
    util->Format(number, PhoneNumberUtil::E164, &formatted);
    return formatted;
  } catch (const std::exception&) {   // of its regular expressions
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
