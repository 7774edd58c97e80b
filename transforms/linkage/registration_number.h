// Tax and registration numbers of companies: their country, their bare form, and whether their check digits
// hold. Pure; any thread.
//
// Sources: the national authorities' descriptions of VAT numbers as the European Commission's VIES lists
// them; GB 32100-2015 (unified social credit code); Japan's National Tax Agency (corporate number).
#pragma once

#include <string>
#include <string_view>

namespace crossbill::linkage {

enum class CheckDigits {
  kNone,  // the country's numbers have none that we know
  kHold,
  kFail,  // mistyped or made up: still the same number when two systems have it, but no proof of another
};

struct RegistrationNumber {
  std::string country;  // ISO 3166, "" where it is not known
  std::string text;     // capitals and digits, without the country
  CheckDigits check = CheckDigits::kNone;

  bool empty() const { return text.empty(); }
};

// A tax or registration number of a company. `country`: assumed where the number does not begin with one.
// Empty for what can be none: less than six characters or four digits, one character only ("000000"), or the
// digits in order ("123456789").
RegistrationNumber ParseTaxId(std::string_view text, std::string_view country);

}  // namespace crossbill::linkage
