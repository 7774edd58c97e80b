#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

std::string Decoded(std::string_view encoding, std::string_view bytes) {
  auto decoder = Decoder::Open(encoding);
  if (!decoder.ok()) {
    return decoder.error().ToString();
  }
  std::string out;
  const Status status = decoder->Decode(bytes, out);
  return status.ok() ? out : out + "|" + status.error().message();
}

TEST(DecoderTest, Golden) {
  EXPECT_EQ(Decoded("utf-8", "漢字 ok"), "漢字 ok");
  EXPECT_EQ(Decoded("gb18030", "\xB9\xE3\xB6\xAB,\xD6\xD0\xB9\xFA"), "广东,中国");
  EXPECT_EQ(Decoded("GB18030", "\x95\x32\x82\x36|\x81\x30\x81\x30|\x90\x30\x81\x30|\xE3\x32\x9A\x35"),
            "\xF0\xA0\x80\x80|\xC2\x80|\xF0\x90\x80\x80|\xF4\x8F\xBF\xBF");
  EXPECT_EQ(Decoded("gb2312", "\xB9\xE3\x80"), "广€");
  EXPECT_EQ(Decoded("gbk", "\x96\x7C \xB9\x66"), "東 筬");
  EXPECT_EQ(Decoded("big5", "\xBC\x73\xAA\x46"), "廣東");
  EXPECT_EQ(Decoded("shift_jis", "\x93\x8C\x8B\x9E\x5C\xB1\xB6\xDE"), "東京\\ｱｶﾞ");
  EXPECT_EQ(Decoded("euc-jp", "\xC5\xEC\xB5\xFE\x8E\xB1"), "東京ｱ");
  EXPECT_EQ(Decoded("euc-kr", "\xBC\xAD\xBF\xEF"), "서울");
  EXPECT_EQ(Decoded("cp949", "\x81\x41"), "갂");
  EXPECT_EQ(Decoded("iso-8859-1", "caf\xE9\x85"), "café\xC2\x85");
  EXPECT_EQ(Decoded("ISO_8859-15", "\xA4"), "€");
  EXPECT_EQ(Decoded("windows-1252", "\x80\x93x\x94"), "€“x”");
  EXPECT_EQ(Decoded("windows-1251", "\xCC\xEE\xF1\xEA\xE2\xE0"), "Москва");
  EXPECT_EQ(Decoded("cp037", "\xC8\xC5\xD3\xD3\xD6\x40\xF1"), "HELLO 1");
  EXPECT_EQ(Decoded("cp1047", "\xC1\xAD\xBD"), "A[]");
  EXPECT_EQ(Decoded("us-ascii", "abc"), "abc");
}

TEST(DecoderTest, Cp932IsMicrosofts) {
  EXPECT_EQ(Decoded("cp932", "\x81\x60\x81\x7C\x81\x61\x81\x91"), "～－∥￠");  // not 〜−‖¢
  EXPECT_EQ(Decoded("cp932", "\x87\x40\x87\x8A\x87\x55"), "①㈱Ⅱ");             // NEC row 13
  EXPECT_EQ(Decoded("cp932", "\xFA\xB1\xFB\xFC"), "﨑髙");                     // IBM extensions
  EXPECT_EQ(Decoded("cp932", "\xED\x95\xEE\xE0"), "﨑髙");        // the same ones as NEC selected them
  EXPECT_EQ(Decoded("cp932", "\x1A\x1C\x7F~"), "\x1A\x1C\x7F~");  // not exchanged as in IBM's table
}

TEST(DecoderTest, ErrorsNameTheByte) {
  EXPECT_EQ(Decoded("utf-8", "ab\xFF"), "ab|the byte FF at byte offset 2 is not valid in utf-8");
  EXPECT_EQ(Decoded("gb18030", "\xB9\xE3\xFF\x41"),
            "广|the bytes FF 41 at byte offset 2 are not valid in gb18030");
  EXPECT_EQ(Decoded("gb18030", "ok\xB9"), "ok|the byte B9 at byte offset 2 is not valid in gb18030");
  EXPECT_EQ(Decoded("gb18030", "\x81\x30\x81"), "|the bytes 81 30 at byte offset 0 are not valid in gb18030");
  EXPECT_EQ(Decoded("gb18030", "\x84\x31\xA5\x30"),
            "|the bytes 84 31 at byte offset 0 are not valid in gb18030");
  EXPECT_EQ(Decoded("shift_jis", "a\x93"), "a|the byte 93 at byte offset 1 is not valid in cp932");
  EXPECT_EQ(Decoded("shift_jis", "\xA0"), "|the byte A0 at byte offset 0 is not valid in cp932");
  EXPECT_EQ(Decoded("big5", "\x80"), "|the byte 80 at byte offset 0 is not valid in big5");
  EXPECT_EQ(Decoded("euc-kr", "\x85\x0A"), "|the bytes 85 0A at byte offset 0 are not valid in euc-kr");
  EXPECT_EQ(Decoded("windows-1252", "\x81"), "|the byte 81 at byte offset 0 is not valid in windows-1252");
  EXPECT_EQ(Decoded("us-ascii", "caf\xE9"), "caf|the byte E9 at byte offset 3 is not valid in us-ascii");
  EXPECT_EQ(Decoded("euc-jp", "ab\xC5"), "ab|the byte C5 at byte offset 2 is not valid in euc-jp");
  EXPECT_EQ(Decoded("euc-jp", "ab\xC5\xFF z"), "ab|the bytes C5 FF at byte offset 2 are not valid in euc-jp");
}

TEST(DecoderTest, Utf16) {
  using namespace std::string_view_literals;
  EXPECT_EQ(Decoded("utf-16le", "A\0\x22\x6F\x3D\xD8\x00\xDE"sv), "A漢😀");
  EXPECT_EQ(Decoded("UTF-16BE", "\0A\x6F\x22\xD8\x3D\xDE\x00"sv), "A漢😀");
  EXPECT_EQ(Decoded("utf-16", "\xFE\xFF\0A"sv), "A");
  EXPECT_EQ(Decoded("utf-16",
                    "\xFF\xFE"
                    "A\0"sv),
            "A");
  EXPECT_EQ(Decoded("utf-16", "\0A"sv), "A");
  EXPECT_EQ(Decoded("utf-16", "A\0"sv), "A");
  EXPECT_EQ(Decoded("utf-16le", "A\0B"sv), "A|the byte 42 at byte offset 2 is not valid in utf-16le");
  EXPECT_EQ(Decoded("utf-16le", "\x3D\xD8"sv), "|the bytes 3D D8 at byte offset 0 are not valid in utf-16le");
  EXPECT_EQ(Decoded("utf-16le", "\x00\xDE"sv), "|the bytes 00 DE at byte offset 0 are not valid in utf-16le");
  auto decoder = Decoder::Open("utf-16");
  ASSERT_TRUE(decoder.ok());
  std::string out;
  ASSERT_TRUE(decoder->Decode("\xFE\xFF\0A"sv, out).ok());
  ASSERT_TRUE(decoder->Decode("\x6F\x22"sv, out).ok());  // as the first text said
  EXPECT_EQ(out, "A漢");
}

TEST(DecoderTest, LongTextsThroughAConverter) {
  std::string bytes, expected;
  for (int i = 0; i < 20000; ++i) {
    bytes += "\xC5\xEC";
    expected += "東";
  }
  EXPECT_EQ(Decoded("euc-jp", bytes), expected);
  EXPECT_EQ(Decoded("iso-2022-jp", "\x1B$BEl5~\x1B(B ok"), "東京 ok");
}

TEST(DecoderTest, NewlineIsSafe) {
  for (const char* name : {"utf-8", "gb18030", "gbk", "big5", "cp932", "euc-jp", "euc-kr", "cp949",
                           "iso-8859-2", "windows-1250", "us-ascii", "koi8-r", "cp437"}) {
    auto decoder = Decoder::Open(name);
    ASSERT_TRUE(decoder.ok()) << decoder.error().ToString();
    EXPECT_TRUE(decoder->newline_is_safe()) << name;
  }
  for (const char* name :
       {"utf-16", "utf-16le", "utf-16be", "cp037", "cp1140", "iso-2022-jp", "utf-32", "utf-7"}) {
    auto decoder = Decoder::Open(name);
    ASSERT_TRUE(decoder.ok()) << decoder.error().ToString();
    EXPECT_FALSE(decoder->newline_is_safe()) << name;
  }
}

TEST(DecoderTest, NamesAndUnknownOnes) {
  for (const char* name : {"SJIS", "Shift-JIS", "windows-31j", "MS932", "CP932"}) {
    EXPECT_EQ(Decoder::Open(name)->name(), "cp932") << name;
  }
  for (int i = 1; i <= 15; ++i) {
    if (i != 12) {  // never published
      EXPECT_TRUE(Decoder::Open("iso-8859-" + std::to_string(i)).ok()) << i;
    }
  }
  for (int i = 1250; i <= 1258; ++i) {
    EXPECT_TRUE(Decoder::Open("windows-" + std::to_string(i)).ok()) << i;
  }
  for (const char* name : {"", "utf-9", "klingon", "gb18031"}) {
    auto decoder = Decoder::Open(name);
    ASSERT_FALSE(decoder.ok()) << name;
    EXPECT_EQ(decoder.error().code(), Code::kConfigValue);
  }
}

// Every decoder, given anything: valid UTF-8 comes out, nothing is lost without an error, and ASCII passes
// through.
TEST(DecoderTest, RandomBytesGiveValidUtf8OrAnError) {
  const unsigned seed = 20261102;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (const char* name : {"utf-8", "utf-16", "utf-16be", "gb18030", "gbk", "big5", "cp932", "euc-jp",
                           "cp949", "windows-1252", "cp037", "iso-2022-jp", "utf-7"}) {
    auto decoder = Decoder::Open(name);
    ASSERT_TRUE(decoder.ok()) << name;
    for (int round = 0; round < 3000; ++round) {
      std::string bytes;
      for (unsigned i = random() % 20; i > 0; --i) {
        bytes += static_cast<char>(random() % 4 == 0 ? random() : 0x80 + random() % 0x80);
      }
      std::string out;
      const Status status = decoder->Decode(bytes, out);
      ASSERT_TRUE(IsValidUtf8(out)) << name << " " << Printable(bytes);
      if (!status.ok()) {
        ASSERT_EQ(status.error().code(), Code::kEncoding);
      }
    }
  }
}

// What one row decodes to does not depend on the rows before it.
TEST(DecoderTest, AnErrorLeavesNoTrace) {
  for (const char* name : {"gb18030", "cp932", "euc-jp", "iso-2022-jp"}) {
    auto decoder = Decoder::Open(name);
    std::string ignored, out;
    EXPECT_FALSE(decoder->Decode("abc\xFF", ignored).ok()) << name;
    EXPECT_TRUE(decoder->Decode("plain", out).ok()) << name;
    EXPECT_EQ(out, "plain");
  }
}

}  // namespace
}  // namespace crossbill
