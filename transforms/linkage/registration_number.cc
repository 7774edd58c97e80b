#include "transforms/linkage/registration_number.h"

#include <algorithm>

#include "base/text.h"
#include "transforms/linkage/check_digits.h"
#include "transforms/linkage/filler.h"

namespace crossbill::linkage {
namespace {

constexpr std::size_t kFewestSigns = 6;
constexpr std::ptrdiff_t kFewestDigits = 4;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }
bool AreDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// Capitals and digits; what stands between them is for people.
std::string BareForm(std::string_view text) {
  std::string form;
  for (const char c : Nfkc(text)) {
    if (IsDigit(c) || IsLetter(c)) {
      form.push_back(c);
    } else if (c >= 'a' && c <= 'z') {
      form.push_back(static_cast<char>(c - 'a' + 'A'));
    }
  }
  return form;
}

RegistrationNumber Of(std::string_view country, std::string_view text) {
  return {std::string(country), std::string(text), CheckNational(country, text)};
}

// With the country in front: "DE136695976", "ATU13585627", "CHE100155212", "T1180301018771".
RegistrationNumber WithCountry(std::string_view form) {
  if (form.starts_with("CHE") && AreDigits(form.substr(3))) {
    return Of("CH", form.substr(3));
  }
  if (form.size() == 14 && form[0] == 'T' && AreDigits(form.substr(1))) {
    return Of("JP", form.substr(1));
  }
  if (!IsLetter(form[0]) || !IsLetter(form[1])) {
    return {};
  }
  RegistrationNumber number = Of(form.substr(0, 2), form.substr(2));
  const bool known = number.check != CheckDigits::kNone || AreDigits(form.substr(2));
  return known ? number : RegistrationNumber();
}

}  // namespace

RegistrationNumber ParseTaxId(std::string_view text, std::string_view country) {
  const std::string form = BareForm(text);
  if (form.size() < kFewestSigns || std::count_if(form.begin(), form.end(), IsDigit) < kFewestDigits ||
      IsFiller(form)) {
    return {};
  }
  RegistrationNumber number = WithCountry(form);
  if (number.empty()) {
    number = Of(country, form);
  }
  // Its shape is no other country's.
  if (number.check == CheckDigits::kNone && CheckNational("CN", form) == CheckDigits::kHold) {
    number = Of("CN", form);
  }
  return IsFiller(number.text) ? RegistrationNumber() : number;
}

}  // namespace crossbill::linkage
