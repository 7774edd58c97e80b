#include "transforms/linkage/cleaner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/date.h"
#include "base/decimal.h"

namespace crossbill::linkage {
namespace {

std::string Clean(std::string_view cleaner, std::string_view raw, std::string_view country = "") {
  std::vector<std::string> forms;
  FindCleaner(cleaner)->clean(raw, country, forms);
  EXPECT_LE(forms.size(), 1u);
  return forms.empty() ? std::string() : forms.front();
}

TEST(CleanerTest, SureTaxIdsHaveSoundCheckDigits) {
  EXPECT_EQ(Clean("sure_tax_id", "DE 136 695 976"), "DE136695976");
  EXPECT_EQ(Clean("sure_tax_id", "136695976", "DE"), "DE136695976");
  EXPECT_EQ(Clean("sure_tax_id", "DE136695975"), "") << "mistyped";
  EXPECT_EQ(Clean("sure_tax_id", "136695976"), "") << "no country, no check digits";
}

TEST(CleanerTest, DomainsOfProvidersAreNobodys) {
  EXPECT_EQ(Clean("email_domain", "Info@Acme.example"), "acme.example");
  EXPECT_EQ(Clean("email_domain", "anna.smith@gmail.com"), "");
  EXPECT_EQ(Clean("email_domain", "no address"), "");
}

TEST(CleanerTest, MailboxesAreAddresses) {
  EXPECT_EQ(Clean("email", "\"Ann Lee\" <Ann.Lee@acme.example>"), "ann.lee@acme.example");
  EXPECT_EQ(Clean("email_domain", "Ann<ann.lee@acme.example>"), "acme.example");
  EXPECT_EQ(Clean("email", "Ann <>"), "");
}

TEST(CleanerTest, NamesMayHaveChangedPlaces) {
  EXPECT_EQ(Clean("name_words", "Uwe Sandlermeier"), Clean("name_words", "Sandlermeier, Uwe"));
  EXPECT_EQ(Clean("name_words", "unknown"), "");
}

TEST(CleanerTest, NumbersFromAbroadAreThoseFromHome) {
  EXPECT_EQ(Clean("phone", "00496977974326"), Clean("phone", "069 77974326", "DE"));
}

std::vector<std::string> AllForms(std::string_view cleaner, std::string_view raw) {
  std::vector<std::string> forms;
  FindCleaner(cleaner)->clean(raw, "", forms);
  return forms;
}

bool HaveOneInCommon(std::string_view cleaner, std::string_view a, std::string_view b) {
  const std::vector<std::string> left = AllForms(cleaner, a), right = AllForms(cleaner, b);
  return std::any_of(left.begin(), left.end(), [&](const std::string& form) {
    return std::find(right.begin(), right.end(), form) != right.end();
  });
}

TEST(CleanerTest, BeginningsOfATextThatMayBeCut) {
  EXPECT_EQ(AllForms("starts", "J. Böll"), (std::vector<std::string>{"j b", "j bo", "j bol", "j boll"}));
  EXPECT_EQ(AllForms("starts", "ab"), std::vector<std::string>{"ab"});
  EXPECT_TRUE(AllForms("starts", " - ").empty());
  EXPECT_EQ(AllForms("starts", "王小明买书"), (std::vector<std::string>{"王小明", "王小明买", "王小明买书"}));
  EXPECT_TRUE(HaveOneInCommon("starts", "MARTHA JONES PAYM", "Martha Jones"));
  EXPECT_LE(AllForms("starts", std::string(500, 'a')).size(), 13u);
}

TEST(CleanerTest, NearAmountsHaveAStepInCommon) {
  std::mt19937 chance(1);
  int apart = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::int64_t cents = 1 + static_cast<std::int64_t>(chance() % 10'000) * (1 + chance() % 10'000);
    const std::string amount = Decimal(cents, 2).ToString(), less = Decimal(cents * 85, 4).ToString(),
                      half = Decimal(cents * 5, 3).ToString();
    ASSERT_EQ(AllForms("near_amount", amount).size(), 2u);
    ASSERT_TRUE(HaveOneInCommon("near_amount", amount, less)) << amount;
    apart += HaveOneInCommon("near_amount", amount, half) ? 0 : 1;
  }
  EXPECT_EQ(apart, 20'000);
  EXPECT_TRUE(HaveOneInCommon("near_amount", "100.00", "99.99")) << "across a border";
  EXPECT_TRUE(HaveOneInCommon("near_amount", "-5", "5.2"));
  EXPECT_TRUE(AllForms("near_amount", "0.00").empty());
  EXPECT_TRUE(AllForms("near_amount", "much").empty());
}

TEST(CleanerTest, NearDatesHaveAWindowInCommon) {
  for (int day = -800; day < 800; ++day) {
    const Date date = Date(day);
    for (const auto& [cleaner, days] : {std::pair("near_week", 7), std::pair("near_month", 31)}) {
      ASSERT_EQ(AllForms(cleaner, date.ToString()).size(), 2u);
      ASSERT_TRUE(HaveOneInCommon(cleaner, date.ToString(), date.PlusDays(days).ToString())) << day;
      ASSERT_FALSE(HaveOneInCommon(cleaner, date.ToString(), date.PlusDays(2 * days).ToString())) << day;
    }
  }
  EXPECT_TRUE(AllForms("near_week", "soon").empty());
}

}  // namespace
}  // namespace crossbill::linkage
