#include "base/decimal.h"

#include <algorithm>
#include <array>

#include "base/digits.h"
#include "base/text.h"
#include "base/wide_int.h"

namespace crossbill {
namespace {

constexpr auto kPowers = [] {
  std::array<Uint128, Decimal::kMaxDigits + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * 10;
  }
  return powers;
}();
constexpr Uint128 kLimit = kPowers[Decimal::kMaxDigits];  // coefficients are below it
constexpr std::uint64_t kTenTo19 = 10'000'000'000'000'000'000u;

Uint128 PowerOfTen(int exponent) {
  CROSSBILL_CHECK(exponent >= 0 && exponent <= Decimal::kMaxDigits);
  return kPowers[static_cast<std::size_t>(exponent)];
}

Uint128 Magnitude(__int128 value) {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

__int128 Signed(Uint128 magnitude, bool negative) {
  return negative ? -static_cast<__int128>(magnitude) : static_cast<__int128>(magnitude);
}

Error TooLong(const char* doing) {
  return Error(Code::kDecimal, std::string(doing) + ": the result needs more than 38 digits");
}

Error NotDecimal(std::string_view text, const char* why) {
  return Error(Code::kDecimal, "\"" + Printable(text, 60) + "\" is not a decimal number: " + why);
}

// coefficient × 10^digits, or false where that has more than 38 digits.
bool ScaledUp(__int128 coefficient, int digits, __int128& result) {
  if (digits == 0) {
    result = coefficient;
    return Magnitude(coefficient) < kLimit;
  }
  if (coefficient == 0) {
    result = 0;
    return true;
  }
  if (digits < 0 || digits > Decimal::kMaxDigits ||
      Magnitude(coefficient) > (kLimit - 1) / PowerOfTen(digits)) {
    return false;
  }
  result = coefficient * static_cast<__int128>(PowerOfTen(digits));
  return true;
}

bool RoundsUp(Rounding rounding, bool odd, const Uint256& remainder, const Uint256& divisor) {
  if (rounding == Rounding::kDown) {
    return false;
  }
  const Uint256 rest =
      Subtract(divisor, remainder);  // compared with the remainder: doubling it could overflow
  if (remainder == rest) {
    return rounding == Rounding::kHalfUp || odd;
  }
  return Less(rest, remainder);
}

bool AddAligned(const Decimal& a, const Decimal& b, Decimal& sum) {
  const int scale = std::max(a.scale(), b.scale());
  __int128 left = 0, right = 0;
  if (!ScaledUp(a.coefficient(), scale - a.scale(), left) ||
      !ScaledUp(b.coefficient(), scale - b.scale(), right)) {
    return false;
  }
  __int128 total = 0;
  if (__builtin_add_overflow(left, right, &total) || Magnitude(total) >= kLimit) {
    return false;
  }
  sum = Decimal(total, scale);
  return true;
}

// Digits of one number in the making: at most 19 of them in a machine word, the rest in 128 bits.
class DigitSink {
 public:
  // False where the number becomes too long.
  bool Add(unsigned digit) {
    if (count_ == 19 && !Flush()) {
      return false;
    }
    word_ = word_ * 10 + digit;
    ++count_;
    return true;
  }
  bool Finish(Uint128& value) {
    if (total_ == 0) {
      value = word_;
      return true;
    }
    if (!Flush()) {
      return false;
    }
    value = total_;
    return true;
  }

 private:
  bool Flush() {
    const Uint128 power = kPowers[static_cast<std::size_t>(count_)];
    if (total_ > (kLimit - 1 - word_) / power) {
      return false;
    }
    total_ = total_ * power + word_;
    word_ = 0;
    count_ = 0;
    return true;
  }
  Uint128 total_ = 0;
  std::uint64_t word_ = 0;
  int count_ = 0;
};

char* WriteDigits(std::uint64_t value, char* end) {
  while (value >= 10) {
    end -= 2;
    WriteTwo(static_cast<int>(value % 100), end);
    value /= 100;
    if (value == 0) {
      return end;
    }
  }
  *--end = static_cast<char>('0' + value);
  return end;
}

}  // namespace

Result<Decimal> Decimal::Parse(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  bool negative = false;
  if (at != end && (*at == '-' || *at == '+')) {
    negative = *at++ == '-';
  }
  DigitSink digits;
  int seen = 0;
  int scale = -1;  // below zero: still before the point
  for (; at != end; ++at) {
    const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
    if (digit <= 9) {
      ++seen;
      scale += scale >= 0 ? 1 : 0;
      if (!digits.Add(digit)) {
        return NotDecimal(text, "it has more than 38 digits");
      }
    } else if (*at == '.' && scale < 0) {
      scale = 0;
    } else {
      return NotDecimal(text, "expected digits, with at most one decimal point and a leading sign");
    }
  }
  if (seen == 0) {
    return NotDecimal(text, text.empty() ? "it is empty" : "it has no digits");
  }
  Uint128 magnitude = 0;
  if (!digits.Finish(magnitude) || scale > kMaxDigits) {
    return NotDecimal(text, "it has more than 38 digits");
  }
  return Decimal(Signed(magnitude, negative), std::max(scale, 0));
}

Result<Decimal> Decimal::Plus(const Decimal& other) const {
  Decimal sum;
  // Zeros after the point may be all that does not fit.
  if (AddAligned(*this, other, sum) || AddAligned(Normalised(), other.Normalised(), sum)) {
    return sum;
  }
  return TooLong("addition");
}

Result<Decimal> Decimal::Minus(const Decimal& other) const {
  Decimal sum;
  if (AddAligned(*this, other.Negated(), sum) ||
      AddAligned(Normalised(), other.Negated().Normalised(), sum)) {
    return sum;
  }
  return TooLong("subtraction");
}

Result<Decimal> Decimal::Times(const Decimal& other) const {
  int scale = scale_ + other.scale_;
  const bool negative = IsNegative() != other.IsNegative();
  Uint256 product = Multiply(Magnitude(coefficient_), Magnitude(other.coefficient_));
  if (product == Uint256{}) {
    return Decimal(0, std::min(scale, kMaxDigits));
  }
  while (product.high != 0 || product.low >= kLimit || scale > kMaxDigits) {
    const Divided shorter = Divide(product, {0, 10});
    if (scale == 0 || shorter.remainder != Uint256{}) {
      return TooLong("multiplication");
    }
    product = shorter.quotient;
    --scale;
  }
  return Decimal(Signed(product.low, negative), scale);
}

Result<Decimal> Decimal::DividedBy(const Decimal& other, int scale, Rounding rounding) const {
  if (other.IsZero()) {
    return Error(Code::kDecimal, "division by zero");
  }
  if (scale < 0 || scale > kMaxDigits) {
    return Error(Code::kDecimal, "division: a scale is between 0 and 38, not " + std::to_string(scale));
  }
  Uint256 dividend{0, Magnitude(coefficient_)};
  Uint256 divisor{0, Magnitude(other.coefficient_)};
  const int exponent = scale + other.scale_ - scale_;
  Uint256& widened = exponent >= 0 ? dividend : divisor;
  for (int rest = exponent >= 0 ? exponent : -exponent; rest > 0; rest -= kMaxDigits) {
    if (!MultiplyChecked(widened, PowerOfTen(std::min(rest, kMaxDigits)), widened)) {
      return TooLong("division");
    }
  }
  Divided divided;
  if (dividend.high == 0 && divisor.high == 0) {
    divided = {{0, dividend.low / divisor.low}, {0, dividend.low % divisor.low}};
  } else {
    divided = Divide(dividend, divisor);
  }
  if (divided.quotient.high != 0 || divided.quotient.low >= kLimit) {
    return TooLong("division");
  }
  Uint128 quotient = divided.quotient.low;
  quotient += RoundsUp(rounding, (quotient & 1) != 0, divided.remainder, divisor) ? 1 : 0;
  if (quotient >= kLimit) {
    return TooLong("division");
  }
  return Decimal(Signed(quotient, IsNegative() != other.IsNegative()), scale);
}

Decimal Decimal::Rounded(int scale, Rounding rounding) const {
  const int target = std::max(scale, 0);
  if (target >= scale_) {
    return *this;
  }
  const Uint128 divisor = PowerOfTen(scale_ - target);
  const Uint128 magnitude = Magnitude(coefficient_);
  Uint128 quotient = magnitude / divisor;
  quotient += RoundsUp(rounding, (quotient & 1) != 0, {0, magnitude % divisor}, {0, divisor}) ? 1 : 0;
  return Decimal(Signed(quotient, IsNegative()), target);
}

Decimal Decimal::Normalised() const {
  Decimal result = *this;
  while (result.scale_ > 0 && result.coefficient_ % 10 == 0) {
    result.coefficient_ /= 10;
    --result.scale_;
  }
  return result;
}

char* Decimal::WriteTo(char* to) const {
  char buffer[48];
  char* const end = buffer + sizeof(buffer);
  Uint128 magnitude = Magnitude(coefficient_);
  char* begin = end;
  while (magnitude > ~std::uint64_t{0}) {
    char* const part_end = begin;
    begin = WriteDigits(static_cast<std::uint64_t>(magnitude % kTenTo19), part_end);
    while (part_end - begin < 19) {
      *--begin = '0';
    }
    magnitude /= kTenTo19;
  }
  if (magnitude != 0 || begin == end) {
    begin = WriteDigits(static_cast<std::uint64_t>(magnitude), begin);
  }
  if (IsNegative()) {
    *to++ = '-';
  }
  if (scale_ <= 0) {
    return std::copy(begin, end, to);
  }
  const auto digits = static_cast<int>(end - begin);
  if (digits > scale_) {
    to = std::copy(begin, end - scale_, to);
    *to++ = '.';
    return std::copy(end - scale_, end, to);
  }
  *to++ = '0';
  *to++ = '.';
  return std::copy(begin, end, std::fill_n(to, scale_ - digits, '0'));
}

void Decimal::AppendTo(std::string& out) const {
  char text[kMaxChars];
  out.append(text, WriteTo(text));
}

std::string Decimal::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

std::strong_ordering Decimal::Compare(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_ || a.IsNegative() != b.IsNegative()) {
    return a.coefficient_ <=> b.coefficient_;
  }
  // Whole parts first; the parts after the point then fit into 38 digits at the larger scale.
  const auto a_power = static_cast<__int128>(PowerOfTen(a.scale_));
  const auto b_power = static_cast<__int128>(PowerOfTen(b.scale_));
  const __int128 a_whole = a.coefficient_ / a_power, b_whole = b.coefficient_ / b_power;
  if (a_whole != b_whole) {
    return a_whole <=> b_whole;
  }
  const int scale = std::max(a.scale_, b.scale_);
  return (a.coefficient_ % a_power) * static_cast<__int128>(PowerOfTen(scale - a.scale_)) <=>
         (b.coefficient_ % b_power) * static_cast<__int128>(PowerOfTen(scale - b.scale_));
}

}  // namespace crossbill
