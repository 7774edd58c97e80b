#include "transforms/value/worth.h"

#include <gtest/gtest.h>

namespace crossbill::transforms {
namespace {

const Date kAsOf = *Date::FromCivil(2026, 10, 31);

v1::Sale Sale(std::string document, std::string date, std::string amount, std::string currency = "EUR",
              std::string org_unit = {}) {
  v1::Sale sale;
  sale.set_document(std::move(document));
  sale.set_kind(v1::Document::ORDER);
  sale.set_customer("customers/a");
  sale.set_date(std::move(date));
  sale.mutable_amount()->set_amount(std::move(amount));
  sale.mutable_amount()->set_currency(std::move(currency));
  sale.set_org_unit(std::move(org_unit));
  return sale;
}

v1::Sale Credit(std::string document, std::string date, std::string amount) {
  v1::Sale sale = Sale(std::move(document), std::move(date), std::move(amount));
  sale.set_kind(v1::Document::INVOICE);
  sale.set_credit(true);
  return sale;
}

const v1::SalesFigures& Of(const Worth& worth, const std::string& org_unit, const std::string& currency) {
  for (const v1::SalesFigures& figures : worth.value.figures()) {
    if (figures.org_unit() == org_unit && figures.currency() == currency) {
      return figures;
    }
  }
  ADD_FAILURE() << "no figures of " << org_unit << " in " << currency;
  return worth.value.figures(0);
}

TEST(Worth, WindowsEndAtTheAsOfDate) {
  const Worth worth = WorthOf(
      "customers/a",
      {Sale("1", "2026-10-31", "10.10"), Sale("2", "2025-11-01", "0.20"), Sale("3", "2025-10-31", "5.00"),
       Sale("4", "2024-11-01", "3"), Sale("5", "2024-10-31", "100"), Sale("6", "2026-11-01", "1000")},
      {}, kAsOf);
  const v1::SalesFigures& all = Of(worth, "", "EUR");
  EXPECT_EQ(all.last_year().sales(), 2);
  EXPECT_EQ(all.last_year().amount(), "10.30");
  EXPECT_EQ(all.last_two_years().sales(), 4);
  EXPECT_EQ(all.last_two_years().sold(), "18.30");
  EXPECT_EQ(all.average_sale(), "4.58");
  EXPECT_EQ(all.first_sale_on(), "2024-10-31");
  EXPECT_EQ(all.last_sale_on(), "2026-10-31");
  EXPECT_FALSE(all.segment().dormant());
  EXPECT_EQ(worth.next_due->ToString(), "2026-11-01");
}

TEST(Worth, WhatIsGivenBackTakesAway) {
  const Worth worth =
      WorthOf("customers/a", {Sale("1", "2026-10-01", "100"), Credit("2", "2026-10-05", "-30")}, {}, kAsOf);
  const v1::SalesFigures& all = Of(worth, "", "EUR");
  EXPECT_EQ(all.last_year().sales(), 1);
  EXPECT_EQ(all.last_year().returns(), 1);
  EXPECT_EQ(all.last_year().sold(), "100");
  EXPECT_EQ(all.last_year().returned(), "30");
  EXPECT_EQ(all.last_year().amount(), "70");
  EXPECT_EQ(all.last_sale_on(), "2026-10-01");
}

TEST(Worth, EachSaleIsConvertedAtTheRateOfItsDay) {
  ValueOptions options;
  options.currency = "EUR";
  options.rates.Add("USD", *Date::FromCivil(2026, 1, 1), Decimal(905, 3));
  options.rates.Add("USD", *Date::FromCivil(2026, 6, 1), Decimal(5, 1));
  const Worth worth = WorthOf("customers/a",
                              {Sale("1", "2026-05-31", "1.01", "USD"), Sale("2", "2026-06-01", "1.01", "USD"),
                               Sale("3", "2025-12-31", "7", "USD"), Sale("4", "2026-06-01", "500", "JPY")},
                              options, kAsOf);
  EXPECT_EQ(Of(worth, "", "EUR").last_year().amount(), "1.42");  // 0.91 + 0.51
  EXPECT_EQ(Of(worth, "", "USD").last_year().amount(), "7");
  EXPECT_EQ(Of(worth, "", "JPY").last_year().amount(), "500");
  EXPECT_EQ(std::vector<std::string>(worth.value.without_rate().begin(), worth.value.without_rate().end()),
            (std::vector<std::string>{"JPY", "USD"}));
}

TEST(Worth, OrgUnitsHaveFiguresOfTheirOwn) {
  const Worth worth = WorthOf("customers/a",
                              {Sale("1", "2026-10-01", "10", "EUR", "HQ"),
                               Sale("2", "2026-10-02", "20", "EUR", "branch"), Sale("3", "2026-10-03", "40")},
                              {}, kAsOf);
  EXPECT_EQ(Of(worth, "", "EUR").last_year().amount(), "70");
  EXPECT_EQ(Of(worth, "HQ", "EUR").last_year().amount(), "10");
  EXPECT_EQ(Of(worth, "branch", "EUR").last_year().amount(), "20");
  EXPECT_EQ(worth.value.figures_size(), 3);
}

TEST(Worth, MarginIsOfWhatHasACost) {
  v1::Sale known = Sale("1", "2026-10-01", "100");
  known.set_cost("60");
  known.set_cost_of("90");
  const Worth worth = WorthOf("customers/a", {known, Sale("2", "2026-10-02", "50")}, {}, kAsOf);
  EXPECT_EQ(Of(worth, "", "EUR").last_year().margin(), "30");
  EXPECT_EQ(Of(worth, "", "EUR").last_year().margin_of(), "90");
  const Worth unknown = WorthOf("customers/a", {Sale("2", "2026-10-02", "50")}, {}, kAsOf);
  EXPECT_EQ(Of(unknown, "", "EUR").last_year().margin(), "");
}

TEST(Worth, DormantFromTheDayOn) {
  ValueOptions options;
  options.dormant_days = 30;
  const std::vector<v1::Sale> sales = {Sale("1", "2026-10-02", "1")};
  const Worth before = WorthOf("customers/a", sales, options, kAsOf);
  EXPECT_FALSE(Of(before, "", "EUR").segment().dormant());
  EXPECT_EQ(before.next_due->ToString(), "2026-11-01");
  EXPECT_TRUE(Of(WorthOf("customers/a", sales, options, kAsOf.PlusDays(1)), "", "EUR").segment().dormant());
}

TEST(Worth, InvoicesCountWhereTheyAreTheSales) {
  ValueOptions options;
  options.sales = SalesBy::kInvoices;
  v1::Sale invoice = Sale("2", "2026-10-02", "50");
  invoice.set_kind(v1::Document::INVOICE);
  const Worth worth = WorthOf("customers/a", {Sale("1", "2026-10-01", "100"), invoice}, options, kAsOf);
  EXPECT_EQ(Of(worth, "", "EUR").last_year().amount(), "50");
}

}  // namespace
}  // namespace crossbill::transforms
