// What somebody should look at, in one customer's documents. Credit notes are ignored in all rules. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "crossbill/v1/exception.pb.h"
#include "transforms/reconcile/golden.h"
#include "transforms/reconcile/order_book.h"

namespace crossbill::transforms {

struct ExceptionInput {
  const std::vector<GoldenDocument>& golden;  // linked
  const OrderBook& book;
  std::string_view customer;
  const ReconcileOptions& options;
  Date as_of;
  const CustomerFacts* facts = nullptr;  // nothing: not known
};

struct ExceptionResult {
  std::vector<v1::Exception> open;
  std::optional<Date> next_due;  // the next date on which an ageing rule may find something
};

ExceptionResult FindExceptions(const ExceptionInput& input);

}  // namespace crossbill::transforms
