#include "app/versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crossbill::app {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Document Order(const std::string& price, const std::string& status) {
  v1::Document order;
  order.mutable_source()->set_system("erp");
  order.set_number("4500001");
  order.set_status(status);
  order.set_changed_by("WEBERK");
  v1::Line& line = *order.add_lines();
  line.set_id("10");
  line.set_quantity("2");
  line.mutable_unit_price()->set_amount(price);
  line.mutable_unit_price()->set_currency("EUR");
  return order;
}

TEST(Versions, OnlyWhatChangedIsAChange) {
  const auto changes = ChangesBetween(Order("28.59", "OPEN"), Order("32.02", "OPEN"));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].field, "lines[10].unit_price");
  EXPECT_EQ(changes[0].before, "28.59 EUR");
  EXPECT_EQ(changes[0].after, "32.02 EUR");
  EXPECT_TRUE(ChangesBetween(Order("1", "OPEN"), Order("1", "OPEN")).empty());
}

TEST(Versions, FieldsComeAndGo) {
  const auto gone = ChangesBetween(Order("1", "OPEN"), Order("1", ""));
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].after, "");
  EXPECT_EQ(ChangesBetween(std::nullopt, Order("1", "OPEN")).size(), FieldsOf(Order("1", "OPEN")).size());
  EXPECT_EQ(FieldsOf(Order("1", "")).count("source.system"), 0u) << "where it is from never changes";
}

TEST(Versions, SaysWhoAndHow) {
  const Version version{7, "2026-10-31T00:00:00Z", Order("32.02", "OPEN")};
  const std::string text =
      ShowVersion(version, ChangesBetween(Order("28.59", "OPEN"), version.document), false);
  EXPECT_THAT(text, HasSubstr("version 7"));
  EXPECT_THAT(text, HasSubstr("changed by WEBERK"));
  EXPECT_THAT(text, HasSubstr("28.59 EUR -> 32.02 EUR"));
  EXPECT_THAT(ShowVersion({8, "", std::nullopt}, {}, false), HasSubstr("deleted"));
  EXPECT_THAT(VersionJson("erp/vbak/1", {8, "", std::nullopt}, {}), HasSubstr("\"deleted\":true"));
}

}  // namespace
}  // namespace crossbill::app
