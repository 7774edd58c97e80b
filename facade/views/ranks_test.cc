// Ranks against sorting: whatever came, changed and went, through a reopening.
#include "facade/views/ranks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/value_service.pb.h"
#include "facade/views/standing.h"
#include "facade/views/test_views.h"
#include "facade/views/top.h"

namespace crossbill::facade {
namespace {

const RankScope kScope{"", "EUR", v1::LAST_YEAR, v1::AMOUNT};

class RanksTest : public testing::Test {
 protected:
  void PutValue(const std::string& customer, const std::string& amount) {
    v1::CustomerValue value;
    value.set_name(customer);
    v1::SalesFigures& figures = *value.add_figures();
    figures.set_currency("EUR");
    figures.mutable_last_year()->set_amount(amount);
    figures.mutable_segment()->set_class_(v1::Segment::B);
    world_.Put(world_.topics().Value(), customer, value.SerializeAsString());
    world_.Put(MakeCustomer(customer, "Name of " + customer));
  }
  void RemoveValue(const std::string& customer) {
    world_.Put(world_.topics().Value(), customer, std::nullopt);
  }

  TestViews world_;
};

TEST_F(RanksTest, AreThoseOfSorting) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(seed);
    std::map<std::string, Decimal> known;
    for (int i = 0; i < 400; ++i) {
      const std::string customer = "customers/" + std::to_string(dice() % 60);
      // Many alike in their first digits, some the same, some nothing or below it.
      const __int128 coefficient = dice() % 4 == 0   ? static_cast<int>(dice() % 20) - 4
                                   : dice() % 2 == 0 ? 1'234'500 + dice() % 100
                                                     : dice() % 1'000'000'000;
      const Decimal amount(coefficient, static_cast<int>(dice() % 3));
      if (dice() % 6 == 0) {
        known.erase(customer);
        RemoveValue(customer);
      } else {
        known.insert_or_assign(customer, amount);
        PutValue(customer, amount.ToString());
      }
    }
    world_.Reopen();
    std::vector<std::pair<Decimal, std::string>> sorted;
    for (const auto& [customer, amount] : known) {
      if (amount > Decimal()) {
        sorted.emplace_back(amount, customer);
      }
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    const Page all = Must(world_.views().ListTop(kScope, 1000, ""));
    ASSERT_EQ(all.names.size(), sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      EXPECT_EQ(all.names[i], sorted[i].second);
      const auto above = std::count_if(sorted.begin(), sorted.end(),
                                       [&](const auto& other) { return other.first > sorted[i].first; });
      EXPECT_EQ(Must(world_.views().CountAbove(kScope, sorted[i].first)), above)
          << sorted[i].first.ToString();
    }
    std::vector<std::string> paged;
    std::string after;
    do {
      const Page page = Must(world_.views().ListTop(kScope, 7, after));
      paged.insert(paged.end(), page.names.begin(), page.names.end());
      after = page.next;
    } while (!after.empty());
    EXPECT_EQ(paged, all.names);
    for (const auto& [customer, amount] : known) {
      RemoveValue(customer);
    }
  }
}

TEST_F(RanksTest, StandingsHaveSharesOfTheMarket) {
  PutValue("customers/a", "300");
  PutValue("customers/b", "100");
  v1::MarketFigures market;
  market.set_name("|EUR");
  market.set_currency("EUR");
  market.mutable_last_year()->set_customers(2);
  market.mutable_last_year()->set_amount("400");
  world_.Put(world_.topics().Markets(), market.name(), market.SerializeAsString());
  const v1::CustomerStanding standing = Must(StandingOf(world_.views(), "customers/b"));
  ASSERT_EQ(standing.standings_size(), 1);
  EXPECT_EQ(standing.standings(0).rank(), 2);
  EXPECT_EQ(standing.standings(0).customers(), 2);
  EXPECT_EQ(standing.standings(0).share(), "0.2500");
  const RankScope scope = Must(ScopeOf(world_.views(), "", "", 0, 0));
  EXPECT_EQ(scope, kScope);
  const auto entry = Must(TopEntryOf(world_.views(), "customers/a", scope));
  EXPECT_EQ(entry.display_name(), "Name of customers/a");
  EXPECT_EQ(entry.standing().rank(), 1);
  EXPECT_EQ(entry.segment().class_(), v1::Segment::B);
}

TEST_F(RanksTest, TheNextProductHasAReasonOrIsAbsent) {
  v1::CustomerValue value;
  value.set_name("customers/a");
  v1::BoughtProduct& bought = *value.add_products();
  bought.set_product("tea");
  bought.set_last_bought_on("2026-10-01");
  world_.Put(MakeCustomer("customers/a", "A"));
  world_.Put(world_.topics().Value(), value.name(), value.SerializeAsString());
  const auto put = [&](const std::string& name, const std::string& product, const std::string& other,
                       std::int64_t sales) {
    v1::AffinityFigures figures;
    figures.set_name(name);
    figures.set_product(product);
    figures.set_other_product(other);
    figures.set_sales(sales);
    figures.set_least_sales(5);
    figures.set_least_support("0.0005");
    figures.set_least_confidence("0.1");
    figures.set_least_lift("1.5");
    world_.Put(world_.topics().Affinity(), name, figures.SerializeAsString());
  };
  EXPECT_FALSE(Must(StandingOf(world_.views(), "customers/a")).has_next_best_product());
  put("=", "", "", 100);
  put("= tea", "tea", "", 20);
  put("= cup", "cup", "", 10);
  put("= bag", "bag", "", 60);
  put("= bag\ntea", "bag", "tea", 15);  // more confident, but hardly more often than by chance
  put("= cup\ntea", "cup", "tea", 8);
  const auto next = Must(StandingOf(world_.views(), "customers/a")).next_best_product();
  EXPECT_EQ(next.product(), "cup");
  EXPECT_EQ(next.because_of(), "tea");
  EXPECT_EQ(next.support(), "0.080000");
  EXPECT_EQ(next.confidence(), "0.4000");
  EXPECT_EQ(next.lift(), "4.0000");
  EXPECT_NE(next.reason().find("8 of 20 sales of tea"), std::string::npos) << next.reason();
  put("= cup\ntea", "cup", "tea", 4);
  EXPECT_FALSE(Must(StandingOf(world_.views(), "customers/a")).has_next_best_product());
}

}  // namespace
}  // namespace crossbill::facade
