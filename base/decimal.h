// Exact decimal numbers: a 128-bit coefficient and a scale (38 digits), and money.
// Never binary floating point: 0.1 + 0.2 is 0.3. Values; safe to copy and to share.
// Text form is canonical: no exponent, no leading zeros, no plus sign, "-0" is "0"; trailing zeros are kept
// as written ("10.50" has scale 2), and equality and ordering ignore them (10.50 == 10.5).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill {

enum class Rounding { kHalfUp, kHalfEven, kDown };  // half up: away from zero at .5, as in commerce

class Decimal {
 public:
  static constexpr int kMaxDigits = 38;

  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t value) : coefficient_(value) {}
  constexpr Decimal(__int128 coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}

  // "1234.50", "-3", ".5"; no separators of thousands, no exponent, at most 38 digits. Surrounding blanks are
  // refused.
  static Result<Decimal> Parse(std::string_view text);
  // As written by people: thousands are dropped where they group by three (1,234,567), by four (1,2345,6789)
  // or in Indian fashion (12,34,567), full-width digits and signs are folded, a trailing minus is a sign,
  // brackets are negative, blanks around are dropped. `decimal_separator` is '.' or ','; the other of the
  // two, ' ', NBSP, '\'' and '_' separate thousands. What could be a mistaken decimal separator is refused:
  // 1,50 and 0,123 with '.'.
  static Result<Decimal> ParseHuman(std::string_view utf8, char decimal_separator);

  // Checked arithmetic: kDecimal when 38 digits do not hold the result.
  Result<Decimal> Plus(const Decimal& other) const;
  Result<Decimal> Minus(const Decimal& other) const;
  Result<Decimal> Times(const Decimal& other) const;
  // scale: digits after the point of the result.
  Result<Decimal> DividedBy(const Decimal& other, int scale, Rounding rounding) const;
  Decimal Rounded(int scale, Rounding rounding) const;  // a scale larger than the own one changes nothing
  Decimal Negated() const { return {-coefficient_, scale_}; }
  Decimal Abs() const { return coefficient_ < 0 ? Negated() : *this; }
  Decimal Normalised() const;  // without trailing zeros after the point

  bool IsZero() const { return coefficient_ == 0; }
  bool IsNegative() const { return coefficient_ < 0; }
  int scale() const { return scale_; }
  __int128 coefficient() const { return coefficient_; }

  std::string ToString() const;
  // Appends the text to `out` without an allocation of its own.
  void AppendTo(std::string& out) const;
  // The same into memory with room for kMaxChars; returns the end.
  static constexpr std::size_t kMaxChars = kMaxDigits + 3;  // "-0." and the digits
  char* WriteTo(char* to) const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) { return Compare(a, b); }
  friend bool operator==(const Decimal& a, const Decimal& b) {
    return Compare(a, b) == std::strong_ordering::equal;
  }

 private:
  static std::strong_ordering Compare(const Decimal& a, const Decimal& b);
  __int128 coefficient_ = 0;
  int scale_ = 0;
};

// An ISO 4217 code, three capital letters, from the list of active codes and those withdrawn since 2021 (HRK,
// BGN, …), which the documents of those years still carry.
class Currency {
 public:
  Currency() = default;
  static Result<Currency> Parse(std::string_view code);  // kCurrency for what is not in the list
  std::string_view code() const { return {code_, code_[0] ? 3u : 0u}; }
  int minor_digits() const;  // JPY 0, CNY 2, KWD 3; 2 where the standard names none (XAU)
  bool empty() const { return code_[0] == 0; }
  friend bool operator==(const Currency& a, const Currency& b) { return a.code() == b.code(); }
  friend auto operator<=>(const Currency& a, const Currency& b) { return a.code() <=> b.code(); }

 private:
  char code_[4] = {};
};

struct Money {
  Decimal amount;
  Currency currency;
  // Different currencies do not add: kCurrency.
  Result<Money> Plus(const Money& other) const;
  Result<Money> Minus(const Money& other) const;
  std::string ToString() const;  // "1250.00 EUR"
  friend bool operator==(const Money&, const Money&) = default;
};

}  // namespace crossbill
