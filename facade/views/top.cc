#include "facade/views/top.h"

#include <fmt/format.h>

#include <set>

#include "crossbill/v1/customer.pb.h"
#include "facade/views/standing.h"

namespace crossbill::facade {
namespace {

Result<std::string> OnlyCurrencyOf(Views& views, const std::string& org_unit) {
  std::set<std::string> currencies;
  CROSSBILL_RETURN_IF_ERROR(views.VisitMarkets([&](const v1::MarketFigures& market) {
    if (market.org_unit() == org_unit) {
      currencies.insert(market.currency());
    }
  }));
  if (currencies.size() > 1) {
    return Error(Code::kRequestField,
                 fmt::format("is required: there are figures in {}", fmt::join(currencies, ", ")),
                 "currency");
  }
  return currencies.empty() ? std::string() : *currencies.begin();
}

}  // namespace

Result<RankScope> ScopeOf(Views& views, const std::string& org_unit, const std::string& currency, int period,
                          int measure) {
  if (!v1::ValuePeriod_IsValid(period)) {
    return Error(Code::kRequestField, fmt::format("{} is no period", period), "period");
  }
  if (!v1::ValueMeasure_IsValid(measure)) {
    return Error(Code::kRequestField, fmt::format("{} is no measure", measure), "measure");
  }
  RankScope scope{org_unit, currency, period == 0 ? static_cast<int>(v1::LAST_YEAR) : period,
                  measure == 0 ? static_cast<int>(v1::AMOUNT) : measure};
  if (currency.empty()) {
    CROSSBILL_TRY(scope.currency, OnlyCurrencyOf(views, org_unit));
  }
  return scope;
}

Result<v1::ListTopCustomersResponse::Entry> TopEntryOf(Views& views, const std::string& customer,
                                                       const RankScope& scope) {
  CROSSBILL_TRY(const v1::Customer known, views.GetCustomer(customer));
  CROSSBILL_TRY(const std::optional<v1::CustomerValue> value, views.FindValue(customer));
  if (!value) {
    return Error(Code::kNotFound, customer + " has no value");
  }
  v1::ListTopCustomersResponse::Entry entry;
  entry.set_customer(customer);
  entry.set_display_name(known.display_name());
  CROSSBILL_TRY(*entry.mutable_standing(), StandingIn(views, *value, scope));
  for (const v1::SalesFigures& figures : value->figures()) {
    if (figures.org_unit() == scope.org_unit && figures.currency() == scope.currency) {
      *entry.mutable_segment() = figures.segment();
    }
  }
  return entry;
}

}  // namespace crossbill::facade
