#include <array>

#include "base/decimal.h"
#include "base/text.h"

namespace crossbill {
namespace {

// ISO 4217, list one (active codes), as of its amendment 180: the codes with two minor digits, then the
// others. XAD and the like, for which the standard names no minor unit, count as two.
constexpr std::string_view kTwo =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD "
    "NGN NIO NOK NPR "
    "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP "
    "TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG "
    "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX ";
constexpr std::string_view kNone = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view kThree = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kFour = "CLF UYW ";
// Withdrawn since 2021, and still on the open documents of those years.
constexpr std::string_view kLately = "ANG BGN CUC HRK SLL ZWL ";

constexpr std::size_t kLetters = 26;
using Table = std::array<std::int8_t, kLetters * kLetters * kLetters>;  // minor digits, -1 for no currency

constexpr std::size_t Slot(std::string_view code) {
  std::size_t slot = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    slot = slot * kLetters + static_cast<std::size_t>(code[i] - 'A');
  }
  return slot;
}

constexpr void Fill(Table& table, std::string_view codes, std::int8_t digits) {
  for (std::size_t at = 0; at + 4 <= codes.size(); at += 4) {
    table[Slot(codes.substr(at, 3))] = digits;
  }
}

constexpr Table kMinorDigits = [] {
  Table table{};
  for (auto& digits : table) {
    digits = -1;
  }
  Fill(table, kTwo, 2);
  Fill(table, kNone, 0);
  Fill(table, kThree, 3);
  Fill(table, kFour, 4);
  Fill(table, kLately, 2);
  return table;
}();

bool IsCode(std::string_view text) {
  if (text.size() != 3) {
    return false;
  }
  for (const char c : text) {
    if (c < 'A' || c > 'Z') {
      return false;
    }
  }
  return kMinorDigits[Slot(text)] >= 0;
}

Error OtherCurrency(const char* doing, const Money& a, const Money& b) {
  return Error(Code::kCurrency, std::string(doing) + " of " + a.ToString() + " and " + b.ToString() +
                                    ": the currencies differ; convert one of them first");
}

}  // namespace

Result<Currency> Currency::Parse(std::string_view code) {
  if (!IsCode(code)) {
    return Error(Code::kCurrency,
                 "\"" + Printable(code, 40) +
                     "\" is not a currency: expected an ISO 4217 code of three capital letters, such as EUR");
  }
  Currency currency;
  code.copy(currency.code_, 3);
  return currency;
}

int Currency::minor_digits() const { return empty() ? 2 : kMinorDigits[Slot(code())]; }

Result<Money> Money::Plus(const Money& other) const {
  if (currency != other.currency) {
    return OtherCurrency("sum", *this, other);
  }
  CROSSBILL_TRY(Decimal sum, amount.Plus(other.amount));
  return Money{sum, currency};
}

Result<Money> Money::Minus(const Money& other) const {
  if (currency != other.currency) {
    return OtherCurrency("difference", *this, other);
  }
  CROSSBILL_TRY(Decimal difference, amount.Minus(other.amount));
  return Money{difference, currency};
}

std::string Money::ToString() const {
  std::string text = amount.ToString();
  if (!currency.empty()) {
    text.append(" ").append(currency.code());
  }
  return text;
}

}  // namespace crossbill
