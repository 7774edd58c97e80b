#include "runtime/position.h"

#include <gtest/gtest.h>

namespace crossbill::runtime {
namespace {

TEST(PositionTest, WhatIsWrittenIsRead) {
  for (const std::string json :
       {R"({"after":["2026-10-31","42"],"pass":3})", "", R"({"file":"a}b","offset":7})"}) {
    const StreamPosition written{42, json};
    const auto read = ParsePosition(ToJson(written));
    ASSERT_TRUE(read.ok()) << read.error().ToString();
    EXPECT_EQ(read->sequence, 42);
    EXPECT_EQ(read->position, json);
  }
}

TEST(PositionTest, DamageIsAnErrorAndNotABeginning) {
  for (const std::string_view json : {"", "{}", "{\"sequence\":x,\"position\":null}", "{\"sequence\":1",
                                      "{\"sequence\":1,\"position\":{}"}) {
    EXPECT_FALSE(ParsePosition(json).ok()) << json;
  }
}

}  // namespace
}  // namespace crossbill::runtime
