// A customer's own figures: a pure function of the customer's sales, the options and the as-of date. Any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/value/options.h"

namespace crossbill::transforms {

inline constexpr int kYear = 365;
inline constexpr int kTwoYears = 730;
inline constexpr int kMostProducts = 1000;

struct Worth {
  v1::CustomerValue value;       // without classes and quadrants: those depend on the others
  std::optional<Date> next_due;  // the as-of date on which it may be another without a new sale
  bool empty() const { return value.figures().empty(); }
};

// The order of the sales does not matter.
Worth WorthOf(const std::string& customer, const std::vector<v1::Sale>& sales, const ValueOptions& options,
              Date as_of);

// A customer with very many sales is counted by days. `sales`: all of the date; without parts: none of them
// counts.
v1::SalesDay SalesDayOf(Date date, const std::vector<v1::Sale>& sales, const ValueOptions& options);
// The same as of all their sales.
Worth WorthOf(const std::string& customer, const std::vector<v1::SalesDay>& days, const ValueOptions& options,
              Date as_of);

// The kinds of sales that are counted: orders or invoices as the options say, and credit notes.
bool Counts(const v1::Sale& sale, const ValueOptions& options);

}  // namespace crossbill::transforms
