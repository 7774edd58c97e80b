// Telephone numbers and addresses of e-mail.
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace crossbill {
namespace {

TEST(PhoneTest, ToE164) {
  EXPECT_EQ(PhoneToE164("138 2672 8850", "CN"), "+8613826728850");
  EXPECT_EQ(PhoneToE164("+86-138-2672-8850", "DE"), "+8613826728850");
  EXPECT_EQ(PhoneToE164("0086 13826728850", "CN"), "+8613826728850");
  EXPECT_EQ(PhoneToE164("０３－６２１７－１２３４", "jp"), "+81362171234");
  EXPECT_EQ(PhoneToE164("(089) 1234567 ext. 12", "DE"), "+49891234567");
  EXPECT_EQ(PhoneToE164("020-12345678", "CN"), "+862012345678");
}

TEST(PhoneTest, RefusesWhatIsNone) {
  EXPECT_EQ(PhoneToE164("", "CN"), std::nullopt);
  EXPECT_EQ(PhoneToE164("n/a", "CN"), std::nullopt);
  EXPECT_EQ(PhoneToE164("12", "CN"), std::nullopt);
  EXPECT_EQ(PhoneToE164("13826728850", ""), std::nullopt);  // no prefix and no country
  EXPECT_EQ(PhoneToE164(std::string(300, '1'), "CN"), std::nullopt);
  EXPECT_EQ(PhoneToE164("\xFF\xFE", "CN"), std::nullopt);
}

TEST(EmailTest, Normalise) {
  EXPECT_EQ(NormaliseEmail("  Ann.Lee+x@Example.COM "), "ann.lee+x@example.com");
  EXPECT_EQ(NormaliseEmail("ｓａｌｅｓ＠example.jp"), "sales@example.jp");
  EXPECT_EQ(NormaliseEmail("info@bücher.example"), "info@bücher.example");
  for (const std::string_view bad : {"", "a", "@b.de", "a@", "a@b", "a@@b.de", "a b@c.de", "a@b..de",
                                     "a@-b.de", "a@b.1", ".a@b.de", "a..b@c.de", "<a@b.de>"}) {
    EXPECT_EQ(NormaliseEmail(bad), std::nullopt) << bad;
  }
}

// A slash between the digits sends a number past the short way through the library itself.
TEST(PhoneTest, TheShortWayAgreesWithTheLibrary) {
  const unsigned seed = 20261105;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const char* const starts[][2] = {{"CN", "1"}, {"CN", "+861"}, {"CN", "+86"}, {"JP", "0"},  {"JP", "090"},
                                   {"US", ""},  {"DE", "+861"}, {"CN", "179"}, {"JP", "070"}};
  for (int round = 0; round < 3000; ++round) {
    const auto& [region, start] = starts[random() % std::size(starts)];
    std::string number = start;
    const std::size_t length = (region[0] == 'U' ? 10u : 11u) + (start[0] == '+' ? 3u : 0u) +
                               (random() % 8 == 0 ? random() % 3 - 1 : 0u);
    while (number.size() < length) {
      number += static_cast<char>('0' + random() % 10);
    }
    std::string slashed = number;
    slashed.insert(slashed.size() - 4, "/");
    ASSERT_EQ(PhoneToE164(number, region), PhoneToE164(slashed, region)) << number << " in " << region;
  }
}

}  // namespace
}  // namespace crossbill
