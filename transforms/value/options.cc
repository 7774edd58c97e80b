#include "transforms/value/options.h"

#include <fmt/format.h>

namespace crossbill::transforms {
namespace {

// Changes whenever the same sales come to something else by a change of the code.
constexpr int kValueVersion = 1;

std::string TextOf(const std::optional<Decimal>& number) { return number ? number->ToString() : "-"; }

}  // namespace

void Rates::Add(std::string_view currency, std::optional<Date> from, const Decimal& rate) {
  rates_[std::string(currency)][from ? from->days() : INT32_MIN] = rate;
}

std::optional<Decimal> Rates::At(std::string_view currency, Date date) const {
  const auto of_currency = rates_.find(currency);
  if (of_currency == rates_.end()) {
    return std::nullopt;
  }
  const auto after = of_currency->second.upper_bound(date.days());
  if (after == of_currency->second.begin()) {
    return std::nullopt;
  }
  return std::prev(after)->second;
}

Hash128 FingerprintOf(const ValueOptions& options) {
  std::string text = fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {}", kValueVersion, static_cast<int>(options.sales),
      options.currency, options.dormant_days, options.class_a, options.class_b, TextOf(options.buying_power),
      TextOf(options.contribution), options.affinity_days, options.least_sales, options.least_support,
      options.least_confidence, options.least_lift.ToString());
  for (const auto& [currency, rates] : options.rates.all()) {
    for (const auto& [from, rate] : rates) {
      text += fmt::format(" {} {} {}", currency, from, rate.ToString());
    }
  }
  return Hash128Of(text);
}

}  // namespace crossbill::transforms
