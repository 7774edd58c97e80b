// What the configuration says of exceptions: what is tolerated, how bad it is and whose matter it is, by
// type, org unit and customer. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "crossbill/v1/exception.pb.h"
#include "transforms/reconcile/customer_facts.h"

namespace crossbill::transforms {

// One entry. What is empty applies to all, or says nothing.
struct Policy {
  std::vector<v1::Exception::Type> types;
  std::string org_unit;
  std::string customer;  // "customers/…" or "system/stream/key"
  std::string tax_id;    // as PlainTaxId

  std::optional<Decimal> absolute;
  std::optional<Decimal> percent;
  std::optional<int> days;
  std::optional<bool> off;
  v1::Exception::Severity severity = v1::Exception::SEVERITY_UNSPECIFIED;
  std::string unit;

  bool NeedsCustomer() const {
    return !tax_id.empty() || (!customer.empty() && !customer.starts_with("customers/"));
  }
};

// What holds of one finding.
struct Treatment {
  static constexpr int kAtOnce = -1;

  Decimal absolute;
  Decimal percent;
  int days = kAtOnce;  // it is no exception before the document is older than this
  bool off = false;
  v1::Exception::Severity severity = v1::Exception::MEDIUM;
  std::string unit;    // empty: the documents' org unit
  std::string policy;  // which policies had a say, in words; empty: none

  // They differ by more than is tolerated: the larger of `absolute` and `percent` of what was expected.
  bool Differ(const Decimal& found, const Decimal& expected) const;
};

// Of each setting the most specific policy that has it counts: customer before org unit before type; among
// equals the later one. `base`: what holds without any. `customer` is the key that the documents stand under;
// facts may be nullptr.
Treatment TreatmentOf(const std::vector<Policy>& policies, v1::Exception::Type type,
                      std::string_view org_unit, std::string_view customer, const CustomerFacts* facts,
                      Treatment base);

// "PRICE_MISMATCH, org unit 1000: absolute 0.05"
std::string ToString(const Policy& policy);
// The same for who reads an exception: the customer is "this customer", since it may be a person to be
// forgotten.
std::string Describe(const Policy& policy);

}  // namespace crossbill::transforms
