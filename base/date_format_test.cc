#include <gtest/gtest.h>

#include <random>

#include "base/date.h"

namespace crossbill {
namespace {

std::string Read(std::string_view format, std::string_view text) {
  auto compiled = DateFormat::Compile(format);
  if (!compiled.ok()) {
    return "format: " + compiled.error().message();
  }
  auto parsed = compiled->Parse(text);
  if (!parsed.ok()) {
    EXPECT_EQ(parsed.error().code(), Code::kDate);
    const std::string& message = parsed.error().message();
    return "! " + message.substr(message.find("\": ") + 3);
  }
  std::string out = parsed->date.ToString();
  if (parsed->micros_of_day != 0) {
    out += "+" + std::to_string(parsed->micros_of_day) + "us";
  }
  if (parsed->offset_minutes) {
    out += "@" + std::to_string(*parsed->offset_minutes);
  }
  return out;
}

TEST(DateFormatTest, Golden) {
  EXPECT_EQ(Read("iso", "2026-10-31"), "2026-10-31");
  EXPECT_EQ(Read("%d.%m.%Y", "31.10.2026"), "2026-10-31");
  EXPECT_EQ(Read("%d.%m.%Y", "1.2.2026"), "2026-02-01");
  EXPECT_EQ(Read("%m/%d/%Y", "10/31/2026"), "2026-10-31");
  EXPECT_EQ(Read("%Y%m%d", "20261031"), "2026-10-31");
  EXPECT_EQ(Read("%y%m%d", "261031"), "2026-10-31");
  EXPECT_EQ(Read("%d.%m.%y", "31.10.69"), "1969-10-31");
  EXPECT_EQ(Read("%d.%m.%y", "31.10.68"), "2068-10-31");
  EXPECT_EQ(Read("%Y年%m月%d日", "2026年10月5日"), "2026-10-05");
  EXPECT_EQ(Read("%Y年%m月%d日", "２０２６年１０月５日"), "2026-10-05");
  EXPECT_EQ(Read("%Y/%m/%d", "２０２６／１０／０５"), "2026-10-05");
  EXPECT_EQ(Read("%Y／%m／%d", "2026/10/05"), "2026-10-05");
  EXPECT_EQ(Read("%d %b %Y", "5 Nov 2026"), "2026-11-05");
  EXPECT_EQ(Read("%d-%b-%y", "05-SEP-26"), "2026-09-05");
  EXPECT_EQ(Read("%B %e, %Y", "September  5, 2026"), "2026-09-05");
  EXPECT_EQ(Read("%b %d %Y", "May 05 2026"), "2026-05-05");
  EXPECT_EQ(Read("%Y-%m-%dT%H:%M:%S%z", "2026-10-31T09:10:11+08:00"), "2026-10-31+33011000000us@480");
  EXPECT_EQ(Read("%Y-%m-%d %H:%M:%S.%f", "2026-10-31 09:10:11.25"), "2026-10-31+33011250000us");
  EXPECT_EQ(Read("%Y%m%d%H%M%S", "20261031091011"), "2026-10-31+33011000000us");
  EXPECT_EQ(Read("%Y%m%d%H%M%S%f", "20261031091011007"), "2026-10-31+33011007000us");
  EXPECT_EQ(Read("%%%d.%m.%Y", "%31.10.2026"), "2026-10-31");
  EXPECT_EQ(Read("%Y-%m-%d%z", "2026-10-31Z"), "2026-10-31@0");
}

// Texts of the common shapes take a short way; one with a % in front does not.
TEST(DateFormatTest, TheShortWayReadsAsTheLongOne) {
  std::mt19937 chance(1);
  const std::string_view letters = "0123456789-:T Z";
  for (const auto& [format, like] : {std::pair{"%Y-%m-%d", "2026-10-31"},
                                     {"%Y-%m-%d %H:%M:%S", "2026-10-31 09:10:59"},
                                     {"%Y-%m-%dT%H:%M:%S", "2026-02-28T23:59:00"}}) {
    int read = 0;
    for (int i = 0; i < 20'000; ++i) {
      std::string text = like;
      for (unsigned changes = chance() % 4; changes > 0; --changes) {
        text[chance() % text.size()] = letters[chance() % letters.size()];
      }
      const auto direct = DateFormat::Compile(format)->Parse(text);
      const auto shifted = DateFormat::Compile(std::string("%%") + format)->Parse("%" + text);
      ASSERT_EQ(direct.ok(), shifted.ok()) << text;
      if (direct.ok()) {
        ASSERT_EQ(direct->date, shifted->date) << text;
        ASSERT_EQ(direct->micros_of_day, shifted->micros_of_day) << text;
        ++read;
      }
    }
    EXPECT_GT(read, 5'000) << format;
  }
}

TEST(DateFormatTest, RefusesDatesThatDoNotExist) {
  EXPECT_EQ(Read("%d.%m.%Y", "31.02.2026"), "! there is no such day");
  EXPECT_EQ(Read("%d.%m.%Y", "29.02.2025"), "! there is no such day");
  EXPECT_EQ(Read("%d.%m.%Y", "29.02.2024"), "2024-02-29");
  EXPECT_EQ(Read("%Y%m%d", "00000000"), "! there is no such day");
  EXPECT_EQ(Read("%Y%m%d", "99999999"), "! there is no such day");
  EXPECT_EQ(Read("%Y-%m-%d %H:%M", "2026-01-01 24:00"), "! there is no such time of day");
}

TEST(DateFormatTest, SaysWhatWasExpected) {
  EXPECT_EQ(Read("%d.%m.%Y", "31/10/2026"), "! expected \".%m.%Y\" at byte 3");
  EXPECT_EQ(Read("%d.%m.%Y", "31.10.26"), "! expected a year of four digits at byte 7");
  EXPECT_EQ(Read("%d.%m.%Y", "31.10.2026 "), "! expected the end at byte 11");
  EXPECT_EQ(Read("%d.%m.%Y", ""), "! expected a day at byte 1");
  EXPECT_EQ(Read("%Y%m%d", "2026115"), "! expected a day of two digits at byte 7");
  EXPECT_EQ(Read("%Y%m%d", "2026115 "), "! expected a day of two digits at byte 7");
  EXPECT_EQ(Read("%d %b %Y", "5 Okt 2026"), "! expected an English name of a month at byte 3");
  EXPECT_EQ(Read("%Y-%m-%d %z", "2026-10-31 CET"),
            "! expected an offset from UTC, such as Z or +08:00 at byte 12");
}

TEST(DateFormatTest, Eras) {
  EXPECT_EQ(Read("%E", "令和6年11月4日"), "2024-11-04");
  EXPECT_EQ(Read("%E", "R06.11.05"), "2024-11-05");
  EXPECT_EQ(Read("%E", "R6/11/5"), "2024-11-05");
  EXPECT_EQ(Read("%E", "r6-11-5"), "2024-11-05");
  EXPECT_EQ(Read("%E", "R061105"), "2024-11-05");
  EXPECT_EQ(Read("%E", "R.6.11.5"), "2024-11-05");
  EXPECT_EQ(Read("%E", "令和元年5月1日"), "2019-05-01");
  EXPECT_EQ(Read("%E", "Ｒ６．１１．５"), "2024-11-05");
  EXPECT_EQ(Read("%E", "令和　６年１１月　４日"), "2024-11-04");
  EXPECT_EQ(Read("%E", "令和六年十一月四日"), "2024-11-04");
  EXPECT_EQ(Read("%E", "昭和六十三年二月二十九日"), "1988-02-29");
  EXPECT_EQ(Read("%E", "㋿2年1月1日"), "2020-01-01");
  EXPECT_EQ(Read("%E", "㍻元年1月8日"), "1989-01-08");
  EXPECT_EQ(Read("%E", "平31.4.30"), "2019-04-30");
  EXPECT_EQ(Read("%E", "H01/01/08"), "1989-01-08");
  EXPECT_EQ(Read("%E", "S64.1.7"), "1989-01-07");
  EXPECT_EQ(Read("%E", "大正15年12月24日"), "1926-12-24");
  EXPECT_EQ(Read("%E", "T1.7.30"), "1912-07-30");
  EXPECT_EQ(Read("%E", "明治45年7月29日"), "1912-07-29");
  EXPECT_EQ(Read("%E", "M6.1.1"), "1873-01-01");
  EXPECT_EQ(Read("%E %H:%M", "R6.11.5 09:30"), "2024-11-05+34200000000us");
}

TEST(DateFormatTest, ErasHaveBounds) {
  EXPECT_EQ(Read("%E", "令和1年4月30日"), "! there is no such day: Reiwa is from 2019-05-01");
  EXPECT_EQ(Read("%E", "H31.5.1"), "! there is no such day: Heisei is from 1989-01-08 to 2019-04-30");
  EXPECT_EQ(Read("%E", "H1.1.7"), "! there is no such day: Heisei is from 1989-01-08 to 2019-04-30");
  EXPECT_EQ(Read("%E", "S64.1.8"), "! there is no such day: Showa is from 1926-12-25 to 1989-01-07");
  EXPECT_EQ(Read("%E", "S1.12.24"), "! there is no such day: Showa is from 1926-12-25 to 1989-01-07");
  EXPECT_EQ(Read("%E", "T15.12.25"), "! there is no such day: Taisho is from 1912-07-30 to 1926-12-24");
  EXPECT_EQ(Read("%E", "M45.7.30"),
            "! there is no such day: Meiji is from 1873-01-01 to 1912-07-29 (before it, the calendar was "
            "another one)");
  EXPECT_EQ(Read("%E", "R0.1.1"), "! there is no such day");
  EXPECT_EQ(Read("%E", "R6.2.30"), "! there is no such day");
}

TEST(DateFormatTest, ErasOfAnotherShape) {
  EXPECT_EQ(Read("%E", "2024-11-05"), "! expected an era, such as 令和 or R");
  EXPECT_EQ(Read("%E", "R6.11/5"), "! expected a month and the same separator");
  EXPECT_EQ(Read("%E", "令和6年11月4"), "! expected a day and 日");
  EXPECT_EQ(Read("%E", "R6"), "! expected 年 or one of . / - after the year of the era");
  EXPECT_EQ(Read("%E", "R"), "! expected the year of the era");
  EXPECT_EQ(Read("%E", "R06110"), "! expected the year of the era");
  EXPECT_EQ(Read("%E", "R6.11.5x"), "! expected the end at byte 8");
}

TEST(DateFormatTest, CompileRefuses) {
  for (const std::string_view bad : {"", "%Y", "%Y-%m", "%q-%Y-%m-%d", "%Y-%m-%d%", "%Y-%m-%d %Y", "%E %Y",
                                     "%y%Y%m%d", "%H:%M", "abc", "%\xFF"}) {
    auto format = DateFormat::Compile(bad);
    ASSERT_FALSE(format.ok()) << bad;
    EXPECT_EQ(format.error().code(), Code::kConfigValue);
  }
  EXPECT_NE(DateFormat::Compile("%q").error().message().find("there is no %q"), std::string::npos);
  EXPECT_EQ(DateFormat::Compile("iso")->text(), "iso");
}

TEST(DateFormatTest, RandomTextNeverCrashesAndAcceptedDatesExist) {
  const unsigned seed = 20261103;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string_view pieces[] = {
      "%Y",     "%m",          "%d",     "%E",  "%", "R", "令和", "元", "年", "月",           "日",
      "6",      "11",          "2026",   ".",   "/", "-", " ",    "　", "１", "\xFF",         "\xE4",
      "十",     "Nov",         "%b",     "%H",  ":", "Z", "+08",  "%z", "%f", "999999999999", "2026-10-31",
      "R6.11.", "令和6年11月", "-02-29", "2024"};
  int accepted = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string format = round % 2 == 0 ? "%E" : "%Y-%m-%d", text;
    if (round % 3 == 0) {
      for (unsigned i = random() % 8; i > 0; --i) {
        format += pieces[random() % std::size(pieces)];
      }
    }
    text = round % 5 != 0 ? "" : round % 2 == 0 ? "令和6年11月" : "2026-10-";
    for (unsigned i = random() % 9; i > 0; --i) {
      text += pieces[random() % std::size(pieces)];
    }
    const auto compiled = DateFormat::Compile(format);
    if (!compiled.ok()) {
      continue;
    }
    const auto parsed = compiled->Parse(text);
    if (parsed.ok()) {
      ++accepted;
      ASSERT_TRUE(Date::Parse(parsed->date.ToString()).ok()) << format << " of " << text;
      ASSERT_LT(parsed->micros_of_day, 86'400'000'000);
    }
  }
  EXPECT_GT(accepted, 20);
}

TEST(DateFormatTest, EveryDateRoundTrips) {
  const auto packed = DateFormat::Compile("%Y%m%d");
  const auto german = DateFormat::Compile("%d.%m.%Y");
  const auto era = DateFormat::Compile("%E");
  for (std::int32_t days = -20000; days < 40000; ++days) {
    const Date date(days);
    char text[32];
    std::snprintf(text, sizeof(text), "%04d%02d%02d", date.year(), date.month(), date.day());
    ASSERT_EQ(packed->Parse(text)->date, date) << text;
    std::snprintf(text, sizeof(text), "%d.%d.%04d", date.day(), date.month(), date.year());
    ASSERT_EQ(german->Parse(text)->date, date) << text;
    if (date >= Date::Parse("2019-05-01").value()) {
      std::snprintf(text, sizeof(text), "R%d.%d.%d", date.year() - 2018, date.month(), date.day());
      ASSERT_EQ(era->Parse(text)->date, date) << text;
    }
  }
}

}  // namespace
}  // namespace crossbill
