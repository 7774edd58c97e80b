// Reconcile: all documents of one customer are in one place, so same-document matching, the
// order-shipment-invoice-payment chain and exceptions are local work. Reads <prefix>.internal.reconcile;
// with policies or rules about customers also <prefix>.unified.customer;
// writes <prefix>.unified.{quote,order,shipment,invoice,payment,interaction} and <prefix>.exception.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "bus/topics.h"
#include "transforms/reconcile/own_rules.h"
#include "transforms/reconcile/policies.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

struct ReconcileOptions {
  std::vector<std::string> authority;  // systems whose values win, the first most
  int shipped_not_invoiced_days = 45;
  Decimal price_tolerance;
  Decimal amount_tolerance;
  int same_document_days = 5;
  // A customer with more documents is a crowd: what amounts, dates and lines say counts only among those that
  // numbers or people's decisions tie together (crowds.h), at most so many of them.
  std::size_t crowd = 20'000;
  std::size_t part_documents = 4096;
  // A flush reconciles customers until they have this many documents; the others wait for the next one.
  // Bounds memory and does not change what comes out.
  std::size_t flush_documents = 4096;
  std::vector<Policy> policies;  // of exceptions
  OwnRules rules;
  // Policies or rules are about customers: the stage then reads who they are.
  bool NeedsCustomers() const;
};

Stage ReconcileStage(const bus::Topics& topics, const ReconcileOptions& options);

}  // namespace crossbill::transforms
