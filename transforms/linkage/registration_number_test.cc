#include "transforms/linkage/registration_number.h"

#include <gtest/gtest.h>

#include <string>

namespace crossbill::linkage {
namespace {

// Numbers that companies and authorities publish, and the examples of the formulas' descriptions.
constexpr std::string_view kPublished[] = {
    "DE 136 695 976",    "GB 980 7806 84", "FR 40 303 265 045", "IT 00743110157",  "ESB58378431",
    "NL004495445B01",    "BE0428759497",   "ATU13585627",       "DK 13585628",     "FI 20774740",
    "PL8567346215",      "PT 501 964 843", "LU 150 274 42",     "CHE-100.155.212", "HU-12892312",
    "EL 094259216",      "NO 995525828",   "SI 5022 3054",      "HR 33392005961",  "T1180301018771",
    "91110000600037341L"};

TEST(RegistrationNumberTest, CheckDigitsOfPublishedNumbersHold) {
  for (const std::string_view text : kPublished) {
    EXPECT_EQ(ParseTaxId(text, "").check, CheckDigits::kHold) << text;
  }
  EXPECT_EQ(ParseTaxId("124-81-00998", "KR").check, CheckDigits::kHold);
  EXPECT_EQ(ParseTaxId("51 824 753 556", "AU").check, CheckDigits::kHold);
  EXPECT_EQ(ParseTaxId("00.000.000/0001-91", "BR").check, CheckDigits::kHold);
  EXPECT_EQ(ParseTaxId("27AAPFU0939F1ZV", "IN").check, CheckDigits::kHold);
}

// One digit mistyped is always seen, by each of the formulas.
TEST(RegistrationNumberTest, AMistypedDigitIsSeen) {
  for (const std::string_view text : kPublished) {
    const RegistrationNumber good = ParseTaxId(text, "");
    int mistyped = 0;
    int seen = 0;
    for (std::size_t i = 0; i < good.text.size(); ++i) {
      const bool covered = good.country != "NL" || i < 9;  // what comes behind its B says which of a company
      if (!covered || good.text[i] < '0' || good.text[i] > '9') {
        continue;
      }
      std::string other = good.text;
      other[i] = other[i] == '9' ? '0' : static_cast<char>(other[i] + 1);
      ++mistyped;
      seen += ParseTaxId(other, good.country).check == CheckDigits::kFail ? 1 : 0;
    }
    EXPECT_GE(mistyped, 8) << text;
    EXPECT_EQ(seen, mistyped) << text;
  }
}

TEST(RegistrationNumberTest, TheCountryInFrontIsNoPartOfIt) {
  EXPECT_EQ(ParseTaxId("DE 136 695 976", "GB").country, "DE");
  EXPECT_EQ(ParseTaxId("DE136695976", "").text, ParseTaxId("136 695 976", "DE").text);
  EXPECT_EQ(ParseTaxId("atu13585627", "").text, "U13585627");
  EXPECT_EQ(ParseTaxId("９１１１００００６０００３７３４１Ｌ", "").country, "CN");
  EXPECT_EQ(ParseTaxId("AB12345X", "FR").text, "AB12345X") << "no country's";
}

TEST(RegistrationNumberTest, FillersAreNone) {
  for (const std::string_view text : {"", "-", "none", "12345", "000000", "999999999", "123456789",
                                      "DE123456789", "1234567890", "987654321", "XXXXXXXXX", "GB000000000"}) {
    EXPECT_TRUE(ParseTaxId(text, "DE").empty()) << text;
  }
  EXPECT_FALSE(ParseTaxId("123456788", "US").empty());
}

}  // namespace
}  // namespace crossbill::linkage
