#include "bus/progress.h"

#include <gtest/gtest.h>

namespace crossbill::bus {
namespace {

TEST(ProgressTest, IsReadAsItWasWritten) {
  for (const Progress& progress :
       {Progress{"2026-10-31", true}, Progress{"2026-10-31T08:15:00.250Z", false}, Progress{"", false}}) {
    const auto parsed = ParseProgress(ToJson(progress));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, progress);
  }
  EXPECT_EQ(ToJson({"2026-10-31", true}), "{\"at\":\"2026-10-31\",\"owes\":true}");
}

TEST(ProgressTest, WhatIsDamagedIsAnError) {
  for (const char* json :
       {"", "{}", "{\"at\":\"2026", "{\"at\":\"2026-10-31\",\"owes\":maybe}", "\",\"owes\":true}"}) {
    const auto parsed = ParseProgress(json);
    ASSERT_FALSE(parsed.ok()) << json;
    EXPECT_EQ(parsed.error().code(), Code::kBusCorrupt);
  }
}

}  // namespace
}  // namespace crossbill::bus
