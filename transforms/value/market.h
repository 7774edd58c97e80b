// All customers of one org unit and currency together: sums, and the bounds of the segments. What it comes to
// depends on the customers that are in it alone, and not on those that were. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "crossbill/v1/customer_value.pb.h"
#include "transforms/value/buckets.h"
#include "transforms/value/options.h"

namespace crossbill::transforms {

// "org unit|currency"
std::string MarketName(std::string_view org_unit, std::string_view currency);

v1::Segment SegmentOf(const v1::SalesFigures& figures, const v1::MarketFigures& market);

// State: "M" name → MarketFigures; "h" name \0 kind bucket → customers and amount; "b" name \0 kind bucket
// customer → nothing: who is in a bucket.
class Market {
 public:
  static Result<Market> Load(bus::StateStore& state, const std::string& name);

  // times: 1 puts a customer's figures in, -1 takes them out.
  void Take(bus::StateStore& state, const std::string& customer, const v1::SalesFigures& figures, int times);
  // The bounds as they are now. Gives the customers between an old and a new bound.
  Result<std::vector<std::string>> MoveBounds(bus::StateStore& state, const ValueOptions& options);
  void Store(bus::StateStore& state) const;

  const v1::MarketFigures& figures() const { return figures_; }
  bool empty() const;

 private:
  explicit Market(const std::string& name) { figures_.set_name(name); }
  void TakeInto(bus::StateStore& state, const std::string& customer, char kind, const std::string& amount,
                int times);
  std::string Prefix(char space, char kind) const;
  Histogram& HistogramOf(char kind) { return kind == kContributions ? contributions_ : powers_; }
  Status ListBetween(bus::StateStore& state, char kind, const std::string& before, const std::string& now,
                     std::vector<std::string>& customers);

  static constexpr char kContributions = 'C';
  static constexpr char kPowers = 'P';

  v1::MarketFigures figures_;
  Histogram contributions_, powers_;
};

}  // namespace crossbill::transforms
