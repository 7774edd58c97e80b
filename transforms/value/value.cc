#include "transforms/value/value.h"

#include <algorithm>
#include <tuple>

#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::transforms {
namespace {

// What a product is called in most systems, else its number.
const std::string& NameOf(const v1::ProductRef& product) {
  return !product.sku().empty() ? product.sku() : !product.ean().empty() ? product.ean() : product.id();
}

// Compares the lifts of two pairs exactly: together/(left*right), without dividing.
bool HigherLift(const Affinity& a, const Affinity& b) {
  const __int128 left = static_cast<__int128>(a.together) * b.left_orders * b.right_orders;
  const __int128 right = static_cast<__int128>(b.together) * a.left_orders * a.right_orders;
  return left != right ? left > right : std::tie(a.left, a.right) < std::tie(b.left, b.right);
}

}  // namespace

Status ValueLedger::Add(const v1::UnifiedDocument& order) {
  const v1::Document& document = order.document();
  const auto date = Date::Parse(document.date());
  if (document.status() == "CANCELLED" || !date.ok() || *date > as_of_) {
    return Ok();
  }
  AddBasket(order);
  if (order.customer().empty()) {
    return Ok();
  }
  CustomerValue& value = customers_[order.customer()];
  const int days = as_of_.days() - date->days();
  value.recency_days = std::min(value.recency_days.value_or(days), days);
  if (days >= window_days_) {
    return Ok();
  }
  ++value.frequency;
  if (const auto amount = Decimal::Parse(document.total().amount()); amount.ok()) {
    Decimal& sum = value.monetary[document.total().currency()];
    CROSSBILL_TRY(sum, sum.Plus(*amount));
  }
  return Ok();
}

void ValueLedger::AddBasket(const v1::UnifiedDocument& order) {
  std::vector<std::string> basket;
  for (const v1::Line& line : order.document().lines()) {
    if (const std::string& name = NameOf(line.product()); !name.empty()) {
      basket.push_back(name);
    }
  }
  std::sort(basket.begin(), basket.end());
  basket.erase(std::unique(basket.begin(), basket.end()), basket.end());
  if (!basket.empty()) {
    baskets_.push_back(std::move(basket));
  }
}

AffinityReport ValueLedger::Affinities(std::int64_t least_orders, std::size_t limit) const {
  std::map<std::string, std::int64_t> single;
  std::map<std::pair<std::string, std::string>, std::int64_t> together;
  for (const std::vector<std::string>& basket : baskets_) {
    for (std::size_t i = 0; i < basket.size(); ++i) {
      ++single[basket[i]];
      for (std::size_t j = i + 1; j < basket.size(); ++j) {
        ++together[{basket[i], basket[j]}];
      }
    }
  }
  AffinityReport report;
  report.orders = orders();
  for (const auto& [pair, count] : together) {
    if (count >= least_orders) {
      report.pairs.push_back({pair.first, pair.second, count, single[pair.first], single[pair.second]});
    }
  }
  std::sort(report.pairs.begin(), report.pairs.end(), HigherLift);
  if (report.pairs.size() > limit) {
    report.pairs.resize(limit);
  }
  return report;
}

Decimal LiftOf(const Affinity& pair, std::int64_t orders, int digits) {
  const Decimal numerator(static_cast<__int128>(pair.together) * orders, 0);
  const Decimal denominator(static_cast<__int128>(pair.left_orders) * pair.right_orders, 0);
  const auto lift = numerator.DividedBy(denominator, digits, Rounding::kHalfUp);
  return lift.ok() ? *lift : Decimal();
}

}  // namespace crossbill::transforms
