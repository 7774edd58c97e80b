#include "facade/views/standing.h"

#include "facade/views/ranks.h"
#include "transforms/value/market.h"
#include "transforms/value/next_best.h"

namespace crossbill::facade {
namespace {

constexpr int kShareDigits = 4;

class ViewsAffinity final : public transforms::AffinityLookup {
 public:
  explicit ViewsAffinity(Views& views) : views_(views) {}
  Result<std::optional<v1::AffinityFigures>> Find(std::string_view name) override {
    return views_.FindAffinity(name);
  }
  Status VisitPairs(std::string_view product,
                    const std::function<void(std::string_view other, std::int64_t sales)>& visit) override {
    return views_.VisitPairs(product, visit);
  }

 private:
  Views& views_;
};

// Of a market: how many have a figure above zero, and what they come to.
struct Total {
  std::int64_t customers = 0;
  std::string amount;
};

Total TotalOf(const v1::MarketFigures& market, const RankScope& scope) {
  const v1::MarketPeriod& period =
      scope.period == v1::LAST_TWO_YEARS ? market.last_two_years() : market.last_year();
  return scope.measure == v1::MARGIN ? Total{period.customers_with_margin(), period.margin()}
                                     : Total{period.customers(), period.amount()};
}

Result<v1::Standing> StandingOfEntry(Views& views, const RankEntry& entry) {
  CROSSBILL_TRY(const std::optional<v1::MarketFigures> market,
                views.FindMarket(transforms::MarketName(entry.scope.org_unit, entry.scope.currency)));
  CROSSBILL_TRY(const std::int64_t above, views.CountAbove(entry.scope, entry.amount));
  v1::Standing standing;
  standing.set_org_unit(entry.scope.org_unit);
  standing.set_currency(entry.scope.currency);
  standing.set_period(static_cast<v1::ValuePeriod>(entry.scope.period));
  standing.set_measure(static_cast<v1::ValueMeasure>(entry.scope.measure));
  standing.set_amount(entry.amount.ToString());
  standing.set_rank(above + 1);
  if (market) {
    const Total total = TotalOf(*market, entry.scope);
    standing.set_customers(total.customers);
    if (const auto sum = Decimal::Parse(total.amount); sum.ok()) {
      standing.set_share(transforms::PartOf(entry.amount, *sum, kShareDigits).ToString());
    }
  }
  return standing;
}

}  // namespace

Result<v1::CustomerStanding> StandingOf(Views& views, std::string_view customer) {
  v1::CustomerStanding standing;
  CROSSBILL_TRY(const std::string name, views.ResolveCustomer(customer));
  CROSSBILL_TRY(std::optional<v1::CustomerValue> value, views.FindValue(name));
  if (!value) {
    standing.mutable_value()->set_name(name);
    return standing;
  }
  for (const RankEntry& entry : RanksOf(*value)) {
    CROSSBILL_TRY(*standing.add_standings(), StandingOfEntry(views, entry));
  }
  ViewsAffinity affinity(views);
  CROSSBILL_TRY(const std::optional<v1::NextBestProduct> next,
                transforms::NextBestProductOf(*value, affinity));
  if (next) {
    *standing.mutable_next_best_product() = *next;
  }
  *standing.mutable_value() = std::move(*value);
  return standing;
}

Result<v1::Standing> StandingIn(Views& views, const v1::CustomerValue& value, const RankScope& scope) {
  for (const RankEntry& entry : RanksOf(value)) {
    if (entry.scope == scope) {
      return StandingOfEntry(views, entry);
    }
  }
  return Error(Code::kNotFound, value.name() + " has no figure there");
}

}  // namespace crossbill::facade
