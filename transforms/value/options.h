// How value is counted: what a sale is, currencies and their rates, the bounds of segments and affinity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/decimal.h"
#include "base/id.h"

namespace crossbill::transforms {

// What one unit of a currency is in the base currency, since when. Immutable once filled; any thread.
class Rates {
 public:
  // Without a date: always, until another rate begins.
  void Add(std::string_view currency, std::optional<Date> from, const Decimal& rate);
  // The last rate that began on the date or before; nothing: there is none, and none is guessed.
  std::optional<Decimal> At(std::string_view currency, Date date) const;
  const std::map<std::string, std::map<std::int32_t, Decimal>, std::less<>>& all() const { return rates_; }

 private:
  std::map<std::string, std::map<std::int32_t, Decimal>, std::less<>> rates_;  // by the day that they begin
};

enum class SalesBy : std::uint8_t { kOrders, kInvoices };

struct ValueOptions {
  SalesBy sales = SalesBy::kOrders;
  std::string currency;  // empty: each by itself
  Rates rates;
  int dormant_days = 180;
  // Parts in hundredths of a percent.
  int class_a = 8000;
  int class_b = 9500;
  std::optional<Decimal> buying_power;  // nothing: the median
  std::optional<Decimal> contribution;
  int affinity_days = 730;
  std::int64_t least_sales = 5;
  int least_support = 5;
  int least_confidence = 1000;
  Decimal least_lift{15, 1};
  // A customer with more is counted by days: a change then costs the sales of its day. No figure depends on
  // it.
  std::size_t many_sales = 2000;
};

// Other options make everything anew.
Hash128 FingerprintOf(const ValueOptions& options);

}  // namespace crossbill::transforms
