#include "transforms/linkage/latin.h"

#include <gtest/gtest.h>

#include "transforms/linkage/names.h"

namespace crossbill::linkage {
namespace {

std::string Latin(std::string_view name) { return LatinOf(transforms::Fold(name)); }

TEST(LatinTest, OneNameInSeveralScriptsAndSchemes) {
  EXPECT_EQ(Latin("Щербосов"), "scerbosov");
  EXPECT_EQ(Latin("Shcherbosov"), "scerbosov");
  EXPECT_EQ(Latin("Ščerbosov"), "scerbosov");
  EXPECT_EQ(Latin("Юлия"), Latin("Yuliya"));
  EXPECT_EQ(Latin("Геннадий"), Latin("Gennadiy"));
  EXPECT_EQ(Latin("Хрущёва"), Latin("Khrushcheva"));
  EXPECT_EQ(Latin("斌晨"), Latin("Binchen"));
  EXPECT_EQ(Latin("张"), Latin("Zhang"));
  EXPECT_EQ(Latin("張"), Latin("Zhang")) << "traditional";
  EXPECT_EQ(Latin("わたなべ"), Latin("Watanabe"));
  EXPECT_EQ(Latin("しょうじ"), Latin("Shozi"));
  EXPECT_EQ(Latin("ﾌｼﾞﾓﾄ"), Latin("フジモト")) << "half width";
  EXPECT_EQ(Latin("서울"), Latin("Seoul"));
  EXPECT_EQ(Latin("Łukasz Groß"), "lukasz gros");
}

TEST(LatinTest, WhatIsNoLetterIsLeftOut) {
  EXPECT_EQ(Latin(""), "");
  EXPECT_EQ(Latin("1234"), "");
  EXPECT_EQ(Latin("  Anna   Maria "), "ana maria");
}

}  // namespace
}  // namespace crossbill::linkage
