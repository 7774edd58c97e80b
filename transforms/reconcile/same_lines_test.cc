#include "transforms/reconcile/same_lines.h"

#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

// "10=70 product" for each line that was found.
std::vector<std::string> Found(const World& world, const std::string& record) {
  std::vector<std::string> found;
  for (const v1::SameLine& same : world.Of(record).same_lines()) {
    found.push_back(same.line() + "=" + same.record_line() + " " + same.rule());
  }
  return found;
}

Doc Order(std::string_view system) {
  return Doc(kOrder, system, "1")
      .Number(system == "crm" ? "SO-1" : "4500001")
      .On("2026-01-05")
      .Total("100", "EUR");
}

TEST(SameLines, UnderOtherNumbersAndProducts) {
  const World world = Reconcile({
      Order("crm").Line("A", "2", "10").Line("", "3", "20").Line("", "1", "20").Line("", "5", "7"),
      Order("erp").Line("", "5", "8").Line("", "1", "20").Line("A", "2", "11").Line("", "3", "20"),
  });
  ASSERT_TRUE(world.Same("crm/1", "erp/1"));
  // The ERP's lines are the golden ones.
  EXPECT_EQ(Found(world, "crm/1"), (std::vector<std::string>{"10=40 quantity", "20=30 quantity and price",
                                                             "30=10 product", "40=20 quantity and price"}));
}

TEST(SameLines, WhatTellsNothingApartStaysAlone) {
  const World world = Reconcile({
      Order("crm").Line("A", "2", "10").Line("B", "2", "10"),
      Order("erp").Line("", "2", "10").Line("", "2", "10"),
  });
  ASSERT_TRUE(world.Same("crm/1", "erp/1"));
  EXPECT_TRUE(Found(world, "crm/1").empty());
}

TEST(SameLines, AnotherArticleIsAnotherLine) {
  const World world = Reconcile({
      Order("crm").Line("A", "2", "10"),
      Order("erp").Line("B", "2", "10"),
  });
  ASSERT_TRUE(world.Same("crm/1", "erp/1"));
  EXPECT_TRUE(Found(world, "crm/1").empty());
}

}  // namespace
}  // namespace crossbill::transforms
