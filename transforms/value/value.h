// Customer value and product affinity from unified orders: recency, frequency and money of each customer, and
// which products are bought together. Pure: the result is a function of the orders and the as-of date, in any
// order. Amounts are kept by currency: there is no rates table here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/decimal.h"
#include "base/result.h"

namespace crossbill::v1 {
class UnifiedDocument;
}

namespace crossbill::transforms {

struct CustomerValue {
  std::optional<int> recency_days;          // from the last order to the as-of date; nothing: no order
  std::int64_t frequency = 0;               // orders within the window
  std::map<std::string, Decimal> monetary;  // their totals without tax, by currency
};

struct Affinity {
  std::string left;  // left < right
  std::string right;
  std::int64_t together = 0;  // orders with both
  std::int64_t left_orders = 0;
  std::int64_t right_orders = 0;
};

struct AffinityReport {
  std::int64_t orders = 0;      // orders with at least one product
  std::vector<Affinity> pairs;  // highest lift first, ties by names
};

// One thread.
class ValueLedger {
 public:
  explicit ValueLedger(Date as_of, int window_days = 365) : as_of_(as_of), window_days_(window_days) {}
  // Orders that are cancelled, or dated after the as-of date, do not count. kDecimal when a total cannot be
  // added.
  Status Add(const v1::UnifiedDocument& order);
  const std::map<std::string, CustomerValue>& customers() const { return customers_; }
  // Pairs in at least `least_orders` orders, at most `limit` of them.
  AffinityReport Affinities(std::int64_t least_orders, std::size_t limit) const;
  std::int64_t orders() const { return static_cast<std::int64_t>(baskets_.size()); }

 private:
  void AddBasket(const v1::UnifiedDocument& order);

  Date as_of_;
  int window_days_;
  std::map<std::string, CustomerValue> customers_;
  std::vector<std::vector<std::string>> baskets_;  // each sorted, without repeats
};

// lift(pair) = together * orders / (left_orders * right_orders), rounded half up to `digits`: 1 is chance.
Decimal LiftOf(const Affinity& pair, std::int64_t orders, int digits);

}  // namespace crossbill::transforms
