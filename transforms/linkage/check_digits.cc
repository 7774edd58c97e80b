#include "transforms/linkage/check_digits.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace crossbill::linkage {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
int DigitAt(std::string_view text, std::size_t at) { return text[at] - '0'; }

bool AreDigits(std::string_view text, std::size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), IsDigit);
}

int Number(std::string_view digits, int modulus) {
  int rest = 0;
  for (const char c : digits) {
    rest = (rest * 10 + (c - '0')) % modulus;
  }
  return rest;
}

int WeightedSum(std::string_view digits, std::span<const int> weights) {
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += DigitAt(digits, i) * weights[i];
  }
  return sum;
}

// The last digit is what is missing to a multiple of 11; 10 stands for nothing, or for 0.
template <std::size_t Size>
bool Mod11Holds(std::string_view digits, const std::array<int, Size>& weights, bool ten_is_zero) {
  const int missing = (11 - WeightedSum(digits, weights) % 11) % 11;
  return missing == 10 ? ten_is_zero && DigitAt(digits, Size) == 0 : missing == DigitAt(digits, Size);
}

using Holds = bool (*)(std::string_view);

bool Australia(std::string_view t) {
  constexpr std::array kWeights = {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
  return (WeightedSum(t, kWeights) - kWeights[0]) % 89 == 0;
}

bool Austria(std::string_view t) {
  int sum = 4;
  for (std::size_t i = 0; i < 7; ++i) {
    const int doubled = DigitAt(t, i) * (i % 2 == 0 ? 1 : 2);
    sum += doubled / 10 + doubled % 10;
  }
  return (10 - sum % 10) % 10 == DigitAt(t, 7);
}

bool Belgium(std::string_view t) { return 97 - Number(t.substr(0, 8), 97) == Number(t.substr(8), 100); }

bool Brazil(std::string_view t) {
  constexpr std::array kWeights = {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2};
  const auto digit = [&](std::size_t count) {
    const int rest = WeightedSum(t, std::span(kWeights).last(count)) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  return digit(12) == DigitAt(t, 12) && digit(13) == DigitAt(t, 13);
}

bool Denmark(std::string_view t) {
  constexpr std::array kWeights = {2, 7, 6, 5, 4, 3, 2, 1};
  return WeightedSum(t, kWeights) % 11 == 0;
}

bool Finland(std::string_view t) { return Mod11Holds(t, std::array{7, 9, 10, 5, 8, 4, 2}, false); }

bool France(std::string_view t) {
  const std::string_view siren = t.substr(2);
  return LuhnHolds(siren) && Number(t.substr(0, 2), 100) == (12 + 3 * Number(siren, 97)) % 97;
}

bool Greece(std::string_view t) {
  constexpr std::array kWeights = {256, 128, 64, 32, 16, 8, 4, 2};
  return WeightedSum(t, kWeights) % 11 % 10 == DigitAt(t, 8);
}

bool Hungary(std::string_view t) {
  constexpr std::array kWeights = {9, 7, 3, 1, 9, 7, 3};
  return (10 - WeightedSum(t, kWeights) % 10) % 10 == DigitAt(t, 7);
}

bool Japan(std::string_view t) {
  int sum = 0;
  for (std::size_t i = 1; i < 13; ++i) {
    sum += DigitAt(t, i) * (i % 2 == 0 ? 1 : 2);
  }
  return 9 - sum % 9 == DigitAt(t, 0);
}

bool Korea(std::string_view t) {
  constexpr std::array kWeights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  const int sum = WeightedSum(t, kWeights) + DigitAt(t, 8) * 5 / 10;
  return (10 - sum % 10) % 10 == DigitAt(t, 9);
}

bool Luxembourg(std::string_view t) { return Number(t.substr(0, 6), 89) == Number(t.substr(6), 100); }

bool Norway(std::string_view t) { return Mod11Holds(t, std::array{3, 2, 7, 6, 5, 4, 3, 2}, false); }

bool Poland(std::string_view t) {
  constexpr std::array kWeights = {6, 5, 7, 2, 3, 4, 5, 6, 7};
  return WeightedSum(t, kWeights) % 11 == DigitAt(t, 9);
}

bool Portugal(std::string_view t) {
  const int missing = (11 - WeightedSum(t, std::array{9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return (missing == 10 ? 0 : missing) == DigitAt(t, 8);
}

bool Slovenia(std::string_view t) { return Mod11Holds(t, std::array{8, 7, 6, 5, 4, 3, 2}, true); }

bool Sweden(std::string_view t) { return LuhnHolds(t.substr(0, 10)) && t.substr(10) != "00"; }

bool Switzerland(std::string_view t) { return Mod11Holds(t, std::array{5, 4, 3, 2, 7, 6, 5, 4}, false); }

bool Taiwan(std::string_view t) {
  constexpr std::array kWeights = {1, 2, 1, 2, 1, 2, 4, 1};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    const int product = DigitAt(t, i) * kWeights[i];
    sum += product / 10 + product % 10;
  }
  // A seven in the seventh place gives 28, whose digits may count as 10 or as 1.
  return sum % 5 == 0 || (DigitAt(t, 6) == 7 && (sum + 1) % 5 == 0);
}

bool UnitedKingdom(std::string_view t) {
  const int sum = WeightedSum(t, std::array{8, 7, 6, 5, 4, 3, 2}) + Number(t.substr(7), 100);
  return sum % 97 == 0 || (sum + 55) % 97 == 0;
}

struct Rule {
  std::string_view country;
  std::size_t digits;
  Holds holds;
};

constexpr Rule kRules[] = {
    {"AU", 11, Australia},
    {"BE", 10, Belgium},
    {"BR", 14, Brazil},
    {"CH", 9, Switzerland},
    {"DE", 9, Iso7064Mod11And10Holds},
    {"DK", 8, Denmark},
    {"EL", 9, Greece},
    {"FI", 8, Finland},
    {"FR", 11, France},
    {"GB", 9, UnitedKingdom},
    {"GR", 9, Greece},
    {"HR", 11, Iso7064Mod11And10Holds},
    {"HU", 8, Hungary},
    {"IT", 11, LuhnHolds},
    {"JP", 13, Japan},
    {"KR", 10, Korea},
    {"LU", 8, Luxembourg},
    {"NO", 9, Norway},
    {"PL", 10, Poland},
    {"PT", 9, Portugal},
    {"SE", 12, Sweden},
    {"SI", 8, Slovenia},
    {"TW", 8, Taiwan},
};

// GB 32100-2015: 31 signs, without I, O, S, V and Z.
bool UnifiedSocialCreditHolds(std::string_view t) {
  constexpr std::string_view kSigns = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr std::array kWeights = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    const std::size_t value = kSigns.find(t[i]);
    if (value == std::string_view::npos) {
      return false;
    }
    sum += static_cast<int>(value) * kWeights[i];
  }
  return kSigns[static_cast<std::size_t>((31 - sum % 31) % 31)] == t[17];
}

// 36 signs, the factor changes between 1 and 2.
bool IndianGstHolds(std::string_view t) {
  constexpr std::string_view kSigns = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  int sum = 0;
  for (std::size_t i = 0; i < 14; ++i) {
    const int product = static_cast<int>(kSigns.find(t[i])) * (i % 2 == 0 ? 1 : 2);
    sum += product / 36 + product % 36;
  }
  return kSigns[static_cast<std::size_t>((36 - sum % 36) % 36)] == t[14];
}

// The Netherlands: nine digits, B, two digits.
bool DutchHolds(std::string_view t) {
  constexpr std::array kWeights = {9, 8, 7, 6, 5, 4, 3, 2};
  const std::string_view digits = t.substr(0, 9);
  const bool company = WeightedSum(digits, kWeights) % 11 == DigitAt(digits, 8);
  return company || Iso7064Mod97And10Holds("NL" + std::string(t));  // a sole trader's, since 2020
}

// Spain: the sign of a company's form, seven digits, a digit or a letter; or a person's eight digits, a
// letter.
bool SpanishHolds(std::string_view t) {
  if (std::all_of(t.begin(), t.begin() + 8, IsDigit)) {
    return "TRWAGMYFPDXBNJZSQVHLCKE"[Number(t.substr(0, 8), 23)] == t[8];
  }
  int sum = 0;
  for (std::size_t i = 1; i < 8; ++i) {
    const int value = DigitAt(t, i) * (i % 2 == 0 ? 1 : 2);
    sum += value / 10 + value % 10;
  }
  const int check = (10 - sum % 10) % 10;
  return IsDigit(t[8]) ? check == DigitAt(t, 8) : "JABCDEFGHI"[check] == t[8];
}

CheckDigits Said(bool holds) { return holds ? CheckDigits::kHold : CheckDigits::kFail; }

bool IsAlphanumeric(std::string_view text, std::size_t size) {
  return text.size() == size &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); });
}

bool HasSpanishShape(std::string_view t) {
  return IsAlphanumeric(t, 9) && std::all_of(t.begin() + 1, t.begin() + 8, IsDigit);
}

bool HasDutchShape(std::string_view t) {
  return t.size() == 12 && AreDigits(t.substr(0, 9), 9) && t[9] == 'B' && AreDigits(t.substr(10), 2);
}

}  // namespace

bool LuhnHolds(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int value = DigitAt(digits, digits.size() - 1 - i) * (i % 2 == 0 ? 1 : 2);
    sum += value / 10 + value % 10;
  }
  return sum % 10 == 0;
}

bool Iso7064Mod11And10Holds(std::string_view digits) {
  int product = 10;
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    const int sum = (DigitAt(digits, i) + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (11 - product) % 10 == DigitAt(digits, digits.size() - 1);
}

bool Iso7064Mod97And10Holds(std::string_view text) {
  int rest = 0;
  for (const char c : text) {
    rest = IsDigit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

CheckDigits CheckNational(std::string_view country, std::string_view text) {
  if (country == "CN") {
    return IsAlphanumeric(text, 18) ? Said(UnifiedSocialCreditHolds(text)) : CheckDigits::kNone;
  }
  if (country == "IN") {
    return IsAlphanumeric(text, 15) ? Said(IndianGstHolds(text)) : CheckDigits::kNone;
  }
  if (country == "NL") {
    return HasDutchShape(text) ? Said(DutchHolds(text)) : CheckDigits::kNone;
  }
  if (country == "ES") {
    return HasSpanishShape(text) ? Said(SpanishHolds(text)) : CheckDigits::kNone;
  }
  if (country == "AT" && text.size() == 9 && text[0] == 'U') {
    return AreDigits(text.substr(1), 8) ? Said(Austria(text.substr(1))) : CheckDigits::kNone;
  }
  for (const Rule& rule : kRules) {
    if (rule.country == country && AreDigits(text, rule.digits)) {
      return Said(rule.holds(text));
    }
  }
  return CheckDigits::kNone;
}

}  // namespace crossbill::linkage
