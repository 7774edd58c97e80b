#include "base/date.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "base/civil.h"
#include "base/clock.h"

namespace crossbill {
namespace {

TEST(DateTest, EveryDayFrom1to9999CountsOn) {
  std::int32_t days = DaysFromCivil(1, 1, 1);
  EXPECT_EQ(days, -719162);
  for (int year = 1; year <= 9999; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= DaysInMonth(year, month); ++day, ++days) {
        const Civil civil = CivilFromDays(days);
        ASSERT_EQ(DaysFromCivil(year, month, day), days);
        ASSERT_TRUE(civil.year == year && civil.month == month && civil.day == day)
            << year << "-" << month << "-" << day;
      }
    }
  }
}

TEST(DateTest, DaysOfAnyMillenniumComeBack) {
  std::mt19937 chance(1);
  std::uniform_int_distribution<std::int32_t> any_day(-2'146'000'000, 2'146'000'000);
  for (int i = 0; i < 200'000; ++i) {
    const std::int32_t days = any_day(chance);
    const Civil civil = CivilFromDays(days);
    ASSERT_EQ(DaysFromCivil(civil.year, civil.month, civil.day), days);
    ASSERT_TRUE(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 &&
                civil.day <= DaysInMonth(civil.year, civil.month))
        << days;
  }
  EXPECT_EQ(Date(std::numeric_limits<std::int32_t>::max()).ToString(), "5881580-07-11");
  EXPECT_EQ(Date(std::numeric_limits<std::int32_t>::min()).ToString(), "-5877641-06-23");
}

TEST(DateTest, ParsesExactlyIso) {
  EXPECT_EQ(Date::Parse("1970-01-01")->days(), 0);
  EXPECT_EQ(Date::Parse("2026-10-31")->ToString(), "2026-10-31");
  EXPECT_EQ(Date::Parse("2024-02-29")->ToString(), "2024-02-29");
  for (const std::string_view bad :
       {"", "2026-02-31", "2026-13-01", "2026-00-10", "2026-01-00", "0000-00-00", "2023-02-29", "1900-02-29",
        "2026-1-1", "2026/10/31", " 2026-10-31", "2026-10-31 ", "20261031", "2026-10-3", "２０２６-10-31",
        "+026-10-31"}) {
    auto date = Date::Parse(bad);
    ASSERT_FALSE(date.ok()) << bad;
    EXPECT_EQ(date.error().code(), Code::kDate);
  }
}

TEST(DateTest, FarDatesAreWritten) {
  EXPECT_EQ(Date::Parse("9999-12-31")->PlusDays(1).ToString(), "10000-01-01");
  EXPECT_EQ(Date::Parse("0001-01-01")->PlusDays(-366).ToString(), "0000-01-01");
}

TEST(TimestampTest, Golden) {
  EXPECT_EQ(Timestamp::Parse("1970-01-01T00:00:00Z")->micros(), 0);
  EXPECT_EQ(Timestamp::Parse("2026-10-31T09:00:00.5+08:00")->ToString(), "2026-10-31T09:00:00.5+08:00");
  EXPECT_EQ(Timestamp::Parse("2026-10-31T09:00:00.5+08:00")->micros(), 1793408400500000);
  EXPECT_EQ(Timestamp::Parse("2026-10-31 09:00:00.123456789-0330")->ToString(),
            "2026-10-31T09:00:00.123456-03:30");
  EXPECT_EQ(Timestamp::Parse("2026-10-31 09:00:00+08")->offset_minutes(), 480);
  EXPECT_EQ(Timestamp::Parse("1969-12-31T23:59:59.999999Z")->micros(), -1);
  EXPECT_EQ(Timestamp(-1).millis(), -1);
  EXPECT_EQ(Timestamp(-1000).millis(), -1);
  EXPECT_EQ(Timestamp(-1).ToString(), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(Timestamp::Parse("2016-12-31T23:59:60Z")->ToString(), "2017-01-01T00:00:00Z");
  EXPECT_EQ(Timestamp::Parse("2026-10-31T23:30:00-02:00")->date().ToString(), "2026-10-31");
  EXPECT_EQ(Timestamp::Parse("2026-01-01T09:00:00+08:00").value(),
            Timestamp::Parse("2026-01-01T01:00:00Z").value());
}

TEST(TimestampTest, Refuses) {
  for (const std::string_view bad :
       {"", "2026-10-31", "2026-10-31T09:00:00", "2026-10-31T24:00:00Z", "2026-10-31T09:60:00Z",
        "2026-10-31T09:00:61Z", "2026-02-30T00:00:00Z", "2026-10-31T09:00:00.Z", "2026-10-31T09:00:00+24:00",
        "2026-10-31T09:00:00+08:60", "2026-10-31T09:00:00+8", "2026-10-31T09:00Z", "2026-10-31T09:00:00Zx",
        "2026-10-31T09:00:00+08:"}) {
    auto instant = Timestamp::Parse(bad);
    ASSERT_FALSE(instant.ok()) << bad;
    EXPECT_EQ(instant.error().code(), Code::kDate) << bad;
  }
}

TEST(TimestampTest, TextRoundTrips) {
  const unsigned seed = 31;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> micros(-62135000000LL * 1000000, 253402000000LL * 1000000);
  for (int round = 0; round < 20000; ++round) {
    const Timestamp instant(micros(random),
                            static_cast<std::int16_t>(static_cast<int>(random() % 1681) - 840));
    const auto again = Timestamp::Parse(instant.ToString());
    if (!again.ok()) {  // the year 0 or 10000 at its offset
      continue;
    }
    ASSERT_EQ(again->micros(), instant.micros()) << instant.ToString();
    ASSERT_EQ(again->offset_minutes(), instant.offset_minutes());
    ASSERT_TRUE(instant.ToString().starts_with(instant.date().ToString()));
  }
  EXPECT_FALSE(Timestamp(INT64_MIN, -840).ToString().empty());
  EXPECT_FALSE(Timestamp(INT64_MAX, 840).ToString().empty());
}

std::string Local(const char* zone, const char* date, int hour, int minute) {
  auto opened = TimeZone::Open(zone);
  if (!opened.ok()) {
    return opened.error().message();
  }
  return opened->FromLocal(Date::Parse(date).value(), (hour * 60 + minute) * std::int64_t{60'000'000})
      .ToString();
}

TEST(TimeZoneTest, Golden) {
  EXPECT_EQ(Local("Asia/Shanghai", "2026-10-31", 9, 0), "2026-10-31T09:00:00+08:00");
  EXPECT_EQ(Local("Europe/Berlin", "2026-07-01", 12, 0), "2026-07-01T12:00:00+02:00");
  EXPECT_EQ(Local("UTC", "2026-07-01", 12, 0), "2026-07-01T12:00:00Z");
  EXPECT_EQ(Local("Europe/Berlin", "2026-10-25", 2, 30), "2026-10-25T02:30:00+02:00");  // repeated: the first
  EXPECT_EQ(Local("Europe/Berlin", "2026-03-29", 2, 30), "2026-03-29T03:30:00+02:00");  // skipped: the later
  EXPECT_EQ(Local("America/New_York", "2026-11-01", 1, 30), "2026-11-01T01:30:00-04:00");
  EXPECT_EQ(Local("America/New_York", "2026-03-08", 2, 15), "2026-03-08T03:15:00-04:00");
  EXPECT_EQ(Local("Asia/Kolkata", "2026-03-08", 0, 0), "2026-03-08T00:00:00+05:30");
  EXPECT_EQ(TimeZone().FromLocal(Date(0), 5).micros(), 5);
}

TEST(TimeZoneTest, UnknownNames) {
  for (const char* name : {"", "Mars/Olympus", "Asia/Shangai", "Etc/Unknown"}) {
    auto zone = TimeZone::Open(name);
    ASSERT_FALSE(zone.ok()) << name;
    EXPECT_EQ(zone.error().code(), Code::kConfigValue);
  }
}

TEST(ClockTest, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(Timestamp(1000));
  clock.Advance(500);
  EXPECT_EQ(clock.Now().micros(), 1500);
  EXPECT_EQ(clock.MonotonicMicros(), 1500);
  const SystemClock system;
  EXPECT_GT(system.Now().micros(), 1'700'000'000'000'000);
  const std::int64_t before = system.MonotonicMicros();
  EXPECT_LE(before, system.MonotonicMicros());
}

}  // namespace
}  // namespace crossbill
