// Rules of the configuration's own over golden documents and their chains. How their conditions are written
// and evaluated is no matter of this library: whoever makes the stage gives them. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/decimal.h"
#include "crossbill/v1/document.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "transforms/reconcile/customer_facts.h"

namespace crossbill::transforms {

// Of one line of the document; what is not known is empty.
struct LineFacts {
  std::optional<Decimal> ordered;  // quantities: of an order's line
  std::optional<Decimal> shipped;
  std::optional<Decimal> invoiced;
};

// The document and what stands around it. Amounts are net, in the document's currency, over the documents of
// its chain that have that currency.
struct RuleSubject {
  const v1::Document& document;  // golden
  const CustomerFacts* customer = nullptr;
  Date as_of;
  std::optional<Decimal> open;  // of an invoice: left to pay; of a payment: left to allocate
  Decimal ordered, shipped, invoiced, paid;
  std::int64_t orders = 0, shipments = 0, invoices = 0, payments = 0, quotes = 0;
  std::int64_t systems = 0;      // that have the document
  std::vector<LineFacts> lines;  // as the document's
};

class OwnRule {
 public:
  virtual ~OwnRule() = default;

  struct Finding {
    std::optional<Decimal> at_stake;  // nothing: the document's amount
  };
  // Nothing where the rule does not hold, and where it cannot be told (a value is missing).
  virtual std::optional<Finding> Look(const RuleSubject& subject) const = 0;

  std::string name;
  v1::Document::Kind on = v1::Document::UNSPECIFIED;
  v1::Exception::Severity severity = v1::Exception::MEDIUM;
  std::string unit;
  std::string why;
  std::string text;  // of its condition and amount: another text, another outcome
  bool needs_customer = false;
  bool changes_with_time = false;  // it has to be looked at anew each day
};

using OwnRules = std::vector<std::shared_ptr<const OwnRule>>;

}  // namespace crossbill::transforms
