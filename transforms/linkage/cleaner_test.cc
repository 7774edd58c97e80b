#include "transforms/linkage/cleaner.h"

#include <gtest/gtest.h>

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

TEST(CleanerTest, NamesMayHaveChangedPlaces) {
  EXPECT_EQ(Clean("name_words", "Uwe Sandlermeier"), Clean("name_words", "Sandlermeier, Uwe"));
  EXPECT_EQ(Clean("name_words", "unknown"), "");
}

TEST(CleanerTest, NumbersFromAbroadAreThoseFromHome) {
  EXPECT_EQ(Clean("phone", "00496977974326"), Clean("phone", "069 77974326", "DE"));
}

}  // namespace
}  // namespace crossbill::linkage
