#include "base/letter_case.h"

#include <gtest/gtest.h>

namespace crossbill {
namespace {

TEST(LetterCase, AnyScript) {
  EXPECT_EQ(UpperCase("müller straße"), "MÜLLER STRASSE");
  EXPECT_EQ(LowerCase("ÉCOLE ΣΊΣΥΦΟΣ"), "école σίσυφος");
  EXPECT_EQ(UpperCase("株式会社 ａｂｃ"), "株式会社 ＡＢＣ");
  EXPECT_EQ(LowerCase("TITEL İ"), "titel i̇");
  EXPECT_EQ(UpperCase(""), "");
}

}  // namespace
}  // namespace crossbill
