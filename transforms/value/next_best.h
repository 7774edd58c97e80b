// The product that a customer is likely to buy next: what is sold together with what the customer bought, and
// why. Nothing where it is less likely than the thresholds say. Pure, but for what the look-up reads; any
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/result.h"
#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/value_service.pb.h"

namespace crossbill::transforms {

// What is known of products that are sold together.
class AffinityLookup {
 public:
  virtual ~AffinityLookup() = default;
  // By AffinityFigures.name.
  virtual Result<std::optional<v1::AffinityFigures>> Find(std::string_view name) = 0;
  // The products that are sold together with this one, and in how many sales.
  virtual Status VisitPairs(std::string_view product,
                            const std::function<void(std::string_view other, std::int64_t sales)>& visit) = 0;
};

// Of the products that were bought last, this many speak for others.
inline constexpr int kProductsThatSpeak = 50;

// The highest confidence wins, then the highest lift, then the names.
Result<std::optional<v1::NextBestProduct>> NextBestProductOf(const v1::CustomerValue& value,
                                                             AffinityLookup& lookup);

// How many times as often as by chance: together * sales / (left * right), rounded half up.
Decimal LiftOf(std::int64_t together, std::int64_t sales, std::int64_t left, std::int64_t right, int digits);
// The least number of sales together that says something: the thresholds of the figures of all sales.
std::int64_t LeastTogether(const v1::AffinityFigures& all);
// part / whole, rounded half up; 0 of nothing.
Decimal PartOf(const Decimal& part, const Decimal& whole, int digits);

}  // namespace crossbill::transforms
