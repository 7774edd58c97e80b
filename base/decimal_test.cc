#include "base/decimal.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <random>

namespace crossbill {
namespace {

using boost::multiprecision::cpp_int;

std::string Text(const Result<Decimal>& result) { return result.ok() ? result->ToString() : "error"; }
Decimal Of(std::string_view text) { return Decimal::Parse(text).value(); }
std::string Human(std::string_view text, char separator = '.') {
  return Text(Decimal::ParseHuman(text, separator));
}

const char kNines[] = "99999999999999999999999999999999999999";

TEST(DecimalTest, CanonicalText) {
  const std::pair<const char*, const char*> cases[] = {
      {"1234.50", "1234.50"},
      {"-3", "-3"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"5.", "5"},
      {"+7", "7"},
      {"-0", "0"},
      {"-0.00", "0.00"},
      {"007", "7"},
      {"0.001", "0.001"},
      {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", "18446744073709551616"},
      {"10000000000000000000", "10000000000000000000"},
      {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
      {"100000000000000000000000000000000000.00", "100000000000000000000000000000000000.00"},
      {kNines, kNines},
      {"00000000000000000000000000000000000000000000001", "1"},
      {"0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"}};
  for (const auto& [text, canonical] : cases) {
    EXPECT_EQ(Text(Decimal::Parse(text)), canonical) << text;
  }
}

TEST(DecimalTest, RefusesWhatIsNoNumber) {
  for (const std::string_view bad :
       {"", "-", ".", "-.", "1e5", "1,5", " 1", "1 ", "1.2.3", "--1", "0x10", "NaN", "1-", "１",
        "100000000000000000000000000000000000000", "0.000000000000000000000000000000000000001"}) {
    auto parsed = Decimal::Parse(bad);
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(parsed.error().code(), Code::kDecimal);
  }
}

TEST(DecimalTest, EqualityIgnoresTrailingZeros) {
  EXPECT_EQ(Of("10.50"), Of("10.5"));
  EXPECT_LT(Of("-1"), Of("0.00000000000000000000000000000000000001"));
  EXPECT_LT(Of("-0.2"), Of("-0.10"));
  EXPECT_GT(Of(kNines), Of("9999999999999999999999999999999999999.9"));
  EXPECT_EQ(Of("0.1").Plus(Of("0.2")).value(), Of("0.3"));
}

TEST(DecimalTest, NothingOverflowsSilently) {
  EXPECT_EQ(Text(Of(kNines).Plus(Of("1"))), "error");
  EXPECT_EQ(Text(Of(kNines).Negated().Minus(Of("1"))), "error");
  EXPECT_EQ(Text(Of(kNines).Times(Of("10"))), "error");
  EXPECT_EQ(Text(Of(kNines).Times(Of(kNines))), "error");
  EXPECT_EQ(Text(Of(kNines).Plus(Of("0.1"))), "error");
  EXPECT_EQ(Text(Of(kNines).Plus(Of("-1.00"))), "99999999999999999999999999999999999998");
  EXPECT_EQ(Text(Of("50000000000000000000000000000000000000").Times(Of("0.2"))),
            "10000000000000000000000000000000000000");
  EXPECT_EQ(Text(Of("1").DividedBy(Of("0.00"), 2, Rounding::kDown)), "error");
  EXPECT_EQ(Text(Of("1").DividedBy(Of("3"), 39, Rounding::kDown)), "error");
  EXPECT_EQ(Text(Of("1").DividedBy(Of("3"), -1, Rounding::kDown)), "error");
  EXPECT_EQ(Text(Of(kNines).DividedBy(Of("0.00000000000000000000000000000000000001"), 38, Rounding::kDown)),
            "error");
}

TEST(DecimalTest, Rounds) {
  const std::tuple<const char*, int, const char*, const char*, const char*> cases[] = {
      {"2.5", 0, "3", "2", "2"},         {"3.5", 0, "4", "4", "3"},
      {"-2.5", 0, "-3", "-2", "-2"},     {"2.45", 1, "2.5", "2.4", "2.4"},
      {"2.449", 1, "2.4", "2.4", "2.4"}, {"-0.005", 2, "-0.01", "0.00", "0.00"},
      {"1.2", 5, "1.2", "1.2", "1.2"},   {"9.99", 1, "10.0", "10.0", "9.9"},
      {"149", -2, "149", "149", "149"}};
  for (const auto& [text, scale, up, even, down] : cases) {
    EXPECT_EQ(Of(text).Rounded(scale, Rounding::kHalfUp).ToString(), up) << text;
    EXPECT_EQ(Of(text).Rounded(scale, Rounding::kHalfEven).ToString(), even) << text;
    EXPECT_EQ(Of(text).Rounded(scale, Rounding::kDown).ToString(), down) << text;
  }
}

TEST(DecimalTest, Normalised) {
  EXPECT_EQ(Of("10.500").Normalised().ToString(), "10.5");
  EXPECT_EQ(Of("100").Normalised().ToString(), "100");
  EXPECT_EQ(Of("0.000").Normalised().ToString(), "0");
}

// The oracle: integers of any size.
cpp_int Power(int exponent) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

cpp_int Wide(const Decimal& value) {
  const bool negative = value.coefficient() < 0;
  const auto magnitude = negative ? -static_cast<unsigned __int128>(value.coefficient())
                                  : static_cast<unsigned __int128>(value.coefficient());
  cpp_int wide =
      (cpp_int(static_cast<std::uint64_t>(magnitude >> 64)) << 64) + static_cast<std::uint64_t>(magnitude);
  return negative ? cpp_int(-wide) : wide;
}

// value = coefficient / 10^scale in 38 digits, after dropping zeros after the point where that is needed;
// else "error".
std::string Expected(cpp_int coefficient, int scale) {
  while ((abs(coefficient) >= Power(38) || scale > 38) && scale > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  if (abs(coefficient) >= Power(38) || scale > 38) {
    return "error";
  }
  std::string digits = cpp_int(abs(coefficient)).str();
  while (static_cast<int>(digits.size()) <= scale) {
    digits.insert(0, "0");
  }
  if (scale > 0) {
    digits.insert(digits.size() - static_cast<std::size_t>(scale), ".");
  }
  return (coefficient < 0 ? "-" : "") + digits;
}

cpp_int RoundedQuotient(const cpp_int& dividend, const cpp_int& divisor, Rounding rounding) {
  const cpp_int a = abs(dividend), b = abs(divisor);
  cpp_int quotient = a / b;
  const cpp_int twice = (a % b) * 2;
  if (rounding != Rounding::kDown &&
      (twice > b || (twice == b && (rounding == Rounding::kHalfUp || quotient % 2 == 1)))) {
    ++quotient;
  }
  return (dividend < 0) != (divisor < 0) ? cpp_int(-quotient) : quotient;
}

class Numbers {
 public:
  explicit Numbers(unsigned seed) : random_(seed) {}
  Decimal Next() {
    std::string text = random_() % 2 == 0 ? "-" : "";
    const unsigned digits = 1 + static_cast<unsigned>(random_() % (random_() % 3 == 0 ? 38 : 12));
    const unsigned point = static_cast<unsigned>(random_() % (digits + 2));
    const unsigned shape = static_cast<unsigned>(random_() % 4);  // also nines, zeros and a five at the end
    for (unsigned i = 0; i < digits; ++i) {
      if (i == point) {
        text += '.';
      }
      text += shape == 0            ? '9'
              : shape == 1 && i > 0 ? (i + 1 == digits ? '5' : '0')
                                    : static_cast<char>('0' + random_() % 10);
    }
    return Decimal::Parse(text).value();
  }
  std::uint64_t Pick(std::uint64_t below) { return random_() % below; }

 private:
  std::mt19937_64 random_;
};

TEST(DecimalPropertyTest, ArithmeticAgreesWithIntegersOfAnySize) {
  const unsigned seed = 20261101;
  SCOPED_TRACE(seed);
  Numbers numbers(seed);
  for (int round = 0; round < 30000; ++round) {
    const Decimal a = numbers.Next(), b = numbers.Next();
    SCOPED_TRACE(a.ToString() + " and " + b.ToString());
    const int scale = std::max(a.scale(), b.scale());
    const cpp_int left = Wide(a) * Power(scale - a.scale()), right = Wide(b) * Power(scale - b.scale());
    const auto sum = a.Plus(b), difference = a.Minus(b), product = a.Times(b);
    // A sum that needs its zeros dropped may be written with another scale than the oracle's: compared as
    // values.
    const std::string expected_sum = Expected(left + right, scale),
                      expected_difference = Expected(left - right, scale);
    ASSERT_EQ(sum.ok(), expected_sum != "error" && sum.ok());
    if (sum.ok()) {
      ASSERT_EQ(sum.value(), Of(expected_sum));
    } else if (expected_sum != "error") {
      ASSERT_GE(abs(left) > abs(right) ? abs(left) : abs(right), Power(38));
    }
    if (difference.ok()) {
      ASSERT_EQ(difference.value(), Of(expected_difference));
    }
    ASSERT_EQ(Text(product), Expected(Wide(a) * Wide(b), a.scale() + b.scale()));
    ASSERT_EQ(a < b, left < right);
    ASSERT_EQ(a == b, left == right);
  }
}

TEST(DecimalPropertyTest, DivisionAndRoundingAgreeWithIntegersOfAnySize) {
  const unsigned seed = 20261102;
  SCOPED_TRACE(seed);
  Numbers numbers(seed);
  for (int round = 0; round < 20000; ++round) {
    const Decimal a = numbers.Next(), b = numbers.Next();
    const int scale = static_cast<int>(numbers.Pick(39));
    const auto rounding = static_cast<Rounding>(numbers.Pick(3));
    SCOPED_TRACE(a.ToString() + " and " + b.ToString() + " to " + std::to_string(scale));
    if (!b.IsZero()) {
      const cpp_int quotient =
          RoundedQuotient(Wide(a) * Power(scale + b.scale()), Wide(b) * Power(a.scale()), rounding);
      const std::string expected = abs(quotient) >= Power(38) ? "error" : Expected(quotient, scale);
      ASSERT_EQ(Text(a.DividedBy(b, scale, rounding)), expected);
    }
    if (scale < a.scale()) {
      const cpp_int rounded = RoundedQuotient(Wide(a), Power(a.scale() - scale), rounding);
      ASSERT_EQ(a.Rounded(scale, rounding).ToString(), Expected(rounded, scale));
    }
  }
}

TEST(DecimalPropertyTest, TextRoundTrips) {
  const unsigned seed = 20261103;
  SCOPED_TRACE(seed);
  Numbers numbers(seed);
  for (int round = 0; round < 50000; ++round) {
    const Decimal number = numbers.Next();
    const Decimal again = Of(number.ToString());
    ASSERT_TRUE(again.coefficient() == number.coefficient() && again.scale() == number.scale())
        << number.ToString();
    ASSERT_EQ(number.ToString(), Expected(Wide(number), number.scale()));
  }
}

TEST(ParseHumanTest, Golden) {
  EXPECT_EQ(Human("1,234,567.89"), "1234567.89");
  EXPECT_EQ(Human("1.234.567,89", ','), "1234567.89");
  EXPECT_EQ(Human("1 234 567,89", ','), "1234567.89");
  EXPECT_EQ(Human("1\xC2\xA0"
                  "234,5",
                  ','),
            "1234.5");
  EXPECT_EQ(Human("1\xE2\x80\xAF"
                  "234,5",
                  ','),
            "1234.5");
  EXPECT_EQ(Human("1'234'567.89"), "1234567.89");
  EXPECT_EQ(Human("1’234.50"), "1234.50");
  EXPECT_EQ(Human("1_000"), "1000");
  EXPECT_EQ(Human("12,34,567.5"), "1234567.5");
  EXPECT_EQ(Human("1,00,000"), "100000");
  EXPECT_EQ(Human("1,2345,6789"), "123456789");
  EXPECT_EQ(Human("１，２３４．５０"), "1234.50");
  EXPECT_EQ(Human("－１２"), "-12");
  EXPECT_EQ(Human("−12.5"), "-12.5");
  EXPECT_EQ(Human("12.50-"), "-12.50");
  EXPECT_EQ(Human("12.50+"), "12.50");
  EXPECT_EQ(Human("(1,234.00)"), "-1234.00");
  EXPECT_EQ(Human("（１２）"), "-12");
  EXPECT_EQ(Human("  12  "), "12");
  EXPECT_EQ(Human("- 12"), "-12");
  EXPECT_EQ(Human(",5", ','), "0.5");
  EXPECT_EQ(Human("5,", ','), "5");
  EXPECT_EQ(Human("000123"), "123");
}

TEST(ParseHumanTest, RefusesWhatCouldBeAnotherNumber) {
  for (const std::string_view bad :
       {"",       " ",    "-",        "()",     "1,50",      "1,5", "0,123", "1,23,4", "1234,567",
        "1,,234", ",123", "1,234,56", "1.2.3",  "1,234'567", "--1", "-1-",   "(-1)",   "1e5",
        "12 EUR", "abc",  "1.234,5",  "1,234,", "\xFF",      "12a", "1.5 5"}) {
    EXPECT_EQ(Human(bad), "error") << bad;
  }
  EXPECT_EQ(Human("1.50", ','), "error");
  EXPECT_EQ(Human("0.123", ','), "error");
}

TEST(ParseHumanTest, RandomTextNeverCrashesAndDigitsAreKept) {
  const unsigned seed = 20261104;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string_view pieces[] = {"1",        "23",   "456",      "0", ",", ".",   " ",
                                     "'",        "-",    "+",        "(", ")", "１",  "，",
                                     "\xC2\xA0", "\xFF", "\xE2\x88", "−", "_", "7890"};
  int accepted = 0;
  for (int round = 0; round < 60000; ++round) {
    std::string text, digits;
    for (unsigned i = random() % 9; i > 0; --i) {
      const std::string_view piece = pieces[random() % std::size(pieces)];
      text += piece;
      for (const char c : piece == "１" ? std::string_view("1") : piece) {
        digits += c >= '0' && c <= '9' ? std::string(1, c) : "";
      }
    }
    const auto parsed = Decimal::ParseHuman(text, random() % 2 == 0 ? '.' : ',');
    if (parsed.ok()) {
      ++accepted;
      Decimal whole(parsed->Abs().coefficient(), 0);
      ASSERT_EQ(whole, Of(digits)) << text;
    }
  }
  EXPECT_GT(accepted, 1000);
}

TEST(CurrencyTest, TheList) {
  EXPECT_EQ(Currency::Parse("JPY")->minor_digits(), 0);
  EXPECT_EQ(Currency::Parse("CNY")->minor_digits(), 2);
  EXPECT_EQ(Currency::Parse("KWD")->minor_digits(), 3);
  EXPECT_EQ(Currency::Parse("CLF")->minor_digits(), 4);
  EXPECT_EQ(Currency::Parse("XCG")->code(), "XCG");
  EXPECT_TRUE(Currency::Parse("HRK").ok());
  for (const std::string_view bad : {"", "EU", "EURO", "eur", "DEM", "RMB", "AAA", "ZZZ", "E\xFFR", "12A"}) {
    auto currency = Currency::Parse(bad);
    ASSERT_FALSE(currency.ok()) << bad;
    EXPECT_EQ(currency.error().code(), Code::kCurrency);
  }
  int known = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      for (char c = 'A'; c <= 'Z'; ++c) {
        known += Currency::Parse(std::string{a, b, c}).ok() ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(known, 178 + 6);  // active ones, and those withdrawn since 2021
}

TEST(MoneyTest, AddsOnlyTheSameCurrency) {
  const Currency euro = Currency::Parse("EUR").value(), yen = Currency::Parse("JPY").value();
  const Money a{Of("1250.00"), euro}, b{Of("0.5"), euro}, c{Of("3"), yen};
  EXPECT_EQ(a.ToString(), "1250.00 EUR");
  EXPECT_EQ(a.Plus(b)->ToString(), "1250.50 EUR");
  EXPECT_EQ(a.Minus(b)->ToString(), "1249.50 EUR");
  EXPECT_EQ(a.Plus(c).error().code(), Code::kCurrency);
  EXPECT_EQ(a.Minus(c).error().code(), Code::kCurrency);
}

}  // namespace
}  // namespace crossbill
