#include "transforms/linkage/nicknames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transforms/linkage/cleaner.h"
#include "transforms/linkage/names.h"

namespace crossbill::linkage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Clean(std::string_view name) {
  std::vector<std::string> forms;
  FindCleaner("full_given_names")->clean(name, "", forms);
  return forms;
}

TEST(Nicknames, AShortFormStandsForItsFullNames) {
  EXPECT_THAT(FullNamesOf("peggy"), ElementsAre("margaret"));
  EXPECT_THAT(FullNamesOf("margaret"), ElementsAre("margaret"));
  EXPECT_THAT(FullNamesOf("alex"),
              ElementsAre("alejandra", "alejandro", "alessandro", "alexander", "alexandra", "alexandre"));
  EXPECT_THAT(FullNamesOf("jan"), Contains("johannes"));
  EXPECT_THAT(FullNamesOf("саша"), ElementsAre("александр", "александра"));
  EXPECT_THAT(FullNamesOf("hildegunst"), IsEmpty());
  EXPECT_THAT(FullNamesOf(""), IsEmpty());
}

TEST(Nicknames, AsTheCleanerHasThem) {
  EXPECT_THAT(Clean("Peggy Lou"), ElementsAre("margaret", "louis", "louise"));
  EXPECT_THAT(Clean("Małgosia"), ElementsAre("malgorzata"));
  EXPECT_THAT(Clean("Małgorzata"), ElementsAre("malgorzata"));
  EXPECT_THAT(Clean("José"), ElementsAre("jose"));
  EXPECT_THAT(Clean("Pepe"), Contains("jose"));
  EXPECT_THAT(Clean("Дмитрий"), ElementsAre("дмитрии"));
  EXPECT_THAT(Clean("珍语"), IsEmpty());
}

// What is looked for is folded: what is not would never be found.
TEST(Nicknames, AllWordsAreFolded) {
  for (const std::string_view name : AllNames()) {
    EXPECT_EQ(transforms::Fold(name), name);
    EXPECT_FALSE(FullNamesOf(name).empty());
  }
}

}  // namespace
}  // namespace crossbill::linkage
