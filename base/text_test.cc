#include "base/text.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "base/utf8.h"

namespace crossbill {
namespace {

TEST(Utf8Test, TellsValidFromInvalid) {
  for (const std::string_view good : {"", "abc", "é", "漢字かな", "😀", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(good)) << good;
  }
  for (const std::string_view bad : {"\x80", "\xC0\x80", "\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                     "\xE2\x82", "ok\xFF", "\xF0\x80\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << Printable(bad);
  }
}

TEST(Utf8Test, ValidPrefixAgreesWithTheValidatorOnRandomBytes) {
  const unsigned seed = 20261101;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string_view pieces[] = {"a",    "longer ascii run", "é",    "漢",           "😀",
                                     "\x80", "\xE4\xB8",         "\xFF", "\xED\xBF\xBF", "\xC1"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (unsigned i = random() % 12; i > 0; --i) {
      text += pieces[random() % std::size(pieces)];
    }
    const std::size_t prefix = ValidUtf8Prefix(text);
    ASSERT_EQ(IsValidUtf8(text), prefix == text.size()) << Printable(text);
    ASSERT_TRUE(IsValidUtf8(std::string_view(text).substr(0, prefix))) << Printable(text);
    ASSERT_EQ(IsAscii(text), AsciiPrefix(text) == text.size());
  }
}

TEST(PrintableTest, EscapesAndCuts) {
  EXPECT_EQ(Printable("a\tb\nc\x01"), "a\\tb\\nc\\x01");
  EXPECT_EQ(Printable("\xD0\xCE 漢"), "\\xD0\\xCE 漢");
  EXPECT_EQ(Printable("漢字漢字", 7), "漢字…");
  EXPECT_EQ(Printable("abc", 3), "abc");
  EXPECT_EQ(Printable("\xE2\x80\xAE"
                      "evil"),
            "\\xE2\\x80\\xAE"
            "evil");  // a turn of the writing direction
}

TEST(NormaliseTest, Nfkc) {
  EXPECT_EQ(Nfkc("ＡＢＣ１２３"), "ABC123");
  EXPECT_EQ(Nfkc("ｶﾞｷﾞ"), "ガギ");
  EXPECT_EQ(Nfkc("㈱"), "(株)");
  EXPECT_EQ(Nfkc("e\xCC\x81"), "é");
}

TEST(NormaliseTest, CaseFold) {
  EXPECT_EQ(CaseFold("HeLLo"), "hello");
  EXPECT_EQ(CaseFold("STRASSE"), CaseFold("straße"));
  EXPECT_EQ(CaseFold("ΣΊΣΥΦΟΣ"), CaseFold("σίσυφος"));
}

TEST(NormaliseTest, StripMarks) {
  EXPECT_EQ(StripMarks("Café Åsa Łódź"), "Cafe Asa Łodz");
  EXPECT_EQ(StripMarks("straße"), "straße");
  EXPECT_EQ(StripMarks("Άθήνα"), "Αθηνα");
  EXPECT_EQ(StripMarks("ガギグパ"), "ガギグパ");
  EXPECT_EQ(StripMarks("कृष्ण"), "कृष्ण");
  EXPECT_EQ(StripMarks("한국"), "한국");
}

TEST(NormaliseTest, CollapseSpace) {
  EXPECT_EQ(CollapseSpace("  a \t\n b\xE3\x80\x80\xC2\xA0"
                          "c  "),
            "a b c");
  EXPECT_EQ(CollapseSpace(" \xE3\x80\x80 "), "");
}

TEST(NormaliseTest, HiraganaToKatakana) {
  EXPECT_EQ(HiraganaToKatakana("とうきょうカブ ゝゞ abc"), "トウキョウカブ ヽヾ abc");
}

TEST(NormaliseTest, TraditionalToSimplified) {
  EXPECT_EQ(TraditionalToSimplified("廣東國際貿易有限公司"), "广东国际贸易有限公司");
  EXPECT_EQ(TraditionalToSimplified("台積電 ABC"), "台积电 ABC");
  EXPECT_EQ(TraditionalToSimplified("广东省"), "广东省");
  EXPECT_EQ(TraditionalToSimplified("plain"), "plain");
  EXPECT_EQ(TraditionalToSimplified("沈默祇好"), "沉默只好");  // changed only as words
  EXPECT_EQ(TraditionalToSimplified("沈先生"), "沈先生");
}

TEST(NormaliseTest, TraditionalToSimplifiedInManyThreads) {
  std::vector<std::thread> threads;
  std::vector<int> good(4, 0);
  for (std::size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([&good, t] {
      for (int i = 0; i < 200; ++i) {
        good[t] += TraditionalToSimplified("廣東國際") == "广东国际" ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(good, std::vector<int>(4, 200));
}

TEST(NormaliseTest, FoldForMatching) {
  EXPECT_EQ(FoldForMatching("  Müller & Söhne, GmbH. "), "muller sohne gmbh");
  EXPECT_EQ(FoldForMatching("ACME-Corp.(UK)"), "acme corp uk");
  EXPECT_EQ(FoldForMatching("ＡＣＭＥ　株式会社"), "acme 株式会社");
  EXPECT_EQ(FoldForMatching("ｶﾞﾗｽ・ﾎﾞﾄﾙ"), "ガラス ボトル");
  EXPECT_EQ(FoldForMatching("--"), "");
  EXPECT_EQ(FoldForMatching("——"), "");
  EXPECT_EQ(FoldForMatching("สมชาย"), "สมชาย");
}

TEST(NormaliseTest, AsciiPathAgreesWithTheLongOne) {
  const unsigned seed = 7;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (unsigned i = random() % 20; i > 0; --i) {
      text += static_cast<char>(32 + random() % 95);
    }
    // A CJK character at the end forces the long path and stays apart as a word of its own.
    const std::string forced = FoldForMatching(text + " 漢");
    const std::string quick = FoldForMatching(text);
    ASSERT_EQ(quick.empty() ? "漢" : quick + " 漢", forced) << text;
  }
}

TEST(NormaliseTest, InvalidBytesDoNotCrash) {
  const unsigned seed = 99;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (unsigned i = random() % 24; i > 0; --i) {
      text += static_cast<char>(random());
    }
    FoldForMatching(text);
    TraditionalToSimplified(text);
    CollapseSpace(text);
    HiraganaToKatakana(text);
    NormaliseEmail(text);
    Printable(text, 10);
  }
}

TEST(NearestTest, NamesWhatWasMeant) {
  EXPECT_EQ(Nearest("tabel", {"query", "table", "label"}), "table");
  EXPECT_EQ(Nearest("TABLE", {"query", "table"}), "table");
  EXPECT_EQ(Nearest("xyz", {"query", "table"}), std::nullopt);
  EXPECT_EQ(Nearest("", {"a"}), std::nullopt);
  EXPECT_EQ(Nearest("as", {"at"}), std::nullopt);
}

}  // namespace
}  // namespace crossbill
