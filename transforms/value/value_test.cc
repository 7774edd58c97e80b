#include "transforms/value/value.h"

#include <gtest/gtest.h>

#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::transforms {
namespace {

v1::UnifiedDocument Order(std::string customer, std::string date, std::string total,
                          std::vector<std::string> skus) {
  v1::UnifiedDocument order;
  order.set_customer(std::move(customer));
  order.mutable_document()->set_date(std::move(date));
  order.mutable_document()->mutable_total()->set_amount(std::move(total));
  order.mutable_document()->mutable_total()->set_currency("EUR");
  for (std::string& sku : skus) {
    order.mutable_document()->add_lines()->mutable_product()->set_sku(std::move(sku));
  }
  return order;
}

Date AsOf() { return *Date::Parse("2026-10-31"); }

TEST(ValueTest, CountsTheWindowAndRemembersTheLastOrderBeyondIt) {
  ValueLedger ledger(AsOf());
  ASSERT_TRUE(ledger.Add(Order("customers/a", "2026-10-21", "10.10", {"x"})).ok());
  ASSERT_TRUE(ledger.Add(Order("customers/a", "2025-11-01", "0.20", {"x"})).ok());
  ASSERT_TRUE(ledger.Add(Order("customers/b", "2025-10-31", "5.00", {"x"})).ok());
  const CustomerValue& a = ledger.customers().at("customers/a");
  EXPECT_EQ(a.recency_days, 10);
  EXPECT_EQ(a.frequency, 2);
  EXPECT_EQ(a.monetary.at("EUR").ToString(), "10.30");
  const CustomerValue& b = ledger.customers().at("customers/b");
  EXPECT_EQ(b.recency_days, 365);
  EXPECT_EQ(b.frequency, 0);
  EXPECT_TRUE(b.monetary.empty());
}

TEST(ValueTest, CancelledAndFutureOrdersDoNotCount) {
  ValueLedger ledger(AsOf());
  v1::UnifiedDocument cancelled = Order("customers/a", "2026-10-21", "10.00", {"x", "y"});
  cancelled.mutable_document()->set_status("CANCELLED");
  ASSERT_TRUE(ledger.Add(cancelled).ok());
  ASSERT_TRUE(ledger.Add(Order("customers/a", "2026-11-01", "10.00", {"x", "y"})).ok());
  EXPECT_TRUE(ledger.customers().empty());
  EXPECT_EQ(ledger.orders(), 0);
}

TEST(ValueTest, AffinityIsByLiftAndNotByCount) {
  ValueLedger ledger(AsOf());
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(ledger.Add(Order("", "2026-10-01", "1", {"common", "often"})).ok());
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(ledger.Add(Order("", "2026-10-01", "1", {"rare", "odd", "odd"})).ok());
  }
  const AffinityReport report = ledger.Affinities(2, 10);
  ASSERT_EQ(report.pairs.size(), 2U);
  EXPECT_EQ(report.pairs[0].left, "odd");
  EXPECT_EQ(report.pairs[0].right, "rare");
  EXPECT_EQ(LiftOf(report.pairs[0], report.orders, 2).ToString(), "5.00");
  EXPECT_EQ(LiftOf(report.pairs[1], report.orders, 2).ToString(), "1.25");
  EXPECT_TRUE(ledger.Affinities(9, 10).pairs.empty());
}

}  // namespace
}  // namespace crossbill::transforms
