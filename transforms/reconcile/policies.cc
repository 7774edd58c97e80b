#include "transforms/reconcile/policies.h"

#include <algorithm>
#include <array>

namespace crossbill::transforms {
namespace {

constexpr int kNothing = -1;

// -1: the policy is about something else; else how specific it is.
int Specificity(const Policy& policy, v1::Exception::Type type, std::string_view org_unit,
                std::string_view customer, const CustomerFacts* facts) {
  int specificity = 0;
  if (!policy.types.empty()) {
    if (std::find(policy.types.begin(), policy.types.end(), type) == policy.types.end()) {
      return kNothing;
    }
    specificity += 1;
  }
  if (!policy.org_unit.empty()) {
    if (policy.org_unit != org_unit) {
      return kNothing;
    }
    specificity += 2;
  }
  if (!policy.customer.empty()) {
    if (policy.customer != customer && (facts == nullptr || !facts->records.contains(policy.customer))) {
      return kNothing;
    }
    specificity += 4;
  }
  if (!policy.tax_id.empty()) {
    if (facts == nullptr || !facts->tax_ids.contains(policy.tax_id)) {
      return kNothing;
    }
    specificity += 4;
  }
  return specificity;
}

// Of one setting: the policy that counts.
struct Best {
  int specificity = kNothing;
  const Policy* policy = nullptr;
  void Offer(int offered, const Policy& from, bool has) {
    if (has && offered >= specificity) {
      specificity = offered;
      policy = &from;
    }
  }
};

void AddWord(std::string& text, std::string_view separator, std::string_view word) {
  if (!text.empty()) {
    text += separator;
  }
  text += word;
}

std::string Scope(const Policy& policy, const std::string& customer) {
  std::string scope;
  for (const v1::Exception::Type type : policy.types) {
    AddWord(scope, " ", v1::Exception::Type_Name(type));
  }
  if (!policy.org_unit.empty()) {
    AddWord(scope, ", ", "org unit " + policy.org_unit);
  }
  if (!customer.empty()) {
    AddWord(scope, ", ", customer);
  }
  return scope.empty() ? "all" : scope;
}

std::string Settings(const Policy& policy) {
  std::string says;
  if (policy.absolute) {
    AddWord(says, ", ", "absolute " + policy.absolute->ToString());
  }
  if (policy.percent) {
    AddWord(says, ", ", policy.percent->Normalised().ToString() + "%");
  }
  if (policy.days) {
    AddWord(says, ", ", std::to_string(*policy.days) + " days");
  }
  if (policy.off) {
    AddWord(says, ", ", *policy.off ? "off" : "on");
  }
  if (policy.severity != v1::Exception::SEVERITY_UNSPECIFIED) {
    AddWord(says, ", ", "severity " + v1::Exception::Severity_Name(policy.severity));
  }
  if (!policy.unit.empty()) {
    AddWord(says, ", ", "unit " + policy.unit);
  }
  return says;
}

}  // namespace

bool Treatment::Differ(const Decimal& found, const Decimal& expected) const {
  const auto gap = found.Minus(expected);
  if (!gap.ok()) {
    return true;
  }
  Decimal tolerance = absolute.Abs();
  if (!percent.IsZero()) {
    constexpr int kPercentScale = 2;
    const auto part = expected.Abs().Times(Decimal(percent.coefficient(), percent.scale() + kPercentScale));
    if (part.ok() && *part > tolerance) {
      tolerance = *part;
    }
  }
  return gap->Abs() > tolerance;
}

Treatment TreatmentOf(const std::vector<Policy>& policies, v1::Exception::Type type,
                      std::string_view org_unit, std::string_view customer, const CustomerFacts* facts,
                      Treatment base) {
  Best absolute, percent, days, off, severity, unit;
  for (const Policy& policy : policies) {
    const int specificity = Specificity(policy, type, org_unit, customer, facts);
    if (specificity == kNothing) {
      continue;
    }
    absolute.Offer(specificity, policy, policy.absolute.has_value());
    percent.Offer(specificity, policy, policy.percent.has_value());
    days.Offer(specificity, policy, policy.days.has_value());
    off.Offer(specificity, policy, policy.off.has_value());
    severity.Offer(specificity, policy, policy.severity != v1::Exception::SEVERITY_UNSPECIFIED);
    unit.Offer(specificity, policy, !policy.unit.empty());
  }
  if (absolute.policy != nullptr) {
    base.absolute = *absolute.policy->absolute;
  }
  if (percent.policy != nullptr) {
    base.percent = *percent.policy->percent;
  }
  if (days.policy != nullptr) {
    base.days = *days.policy->days;
  }
  if (off.policy != nullptr) {
    base.off = *off.policy->off;
  }
  if (severity.policy != nullptr) {
    base.severity = severity.policy->severity;
  }
  if (unit.policy != nullptr) {
    base.unit = unit.policy->unit;
  }
  const std::array<const Policy*, 6> counted = {absolute.policy, percent.policy,  days.policy,
                                                off.policy,      severity.policy, unit.policy};
  for (const Policy& policy : policies) {
    if (std::find(counted.begin(), counted.end(), &policy) != counted.end()) {
      AddWord(base.policy, "; ", Describe(policy));
    }
  }
  return base;
}

std::string ToString(const Policy& policy) {
  std::string customer = policy.customer;
  if (!policy.tax_id.empty()) {
    AddWord(customer, ", ", "tax id " + policy.tax_id);
  }
  return Scope(policy, customer) + ": " + Settings(policy);
}

std::string Describe(const Policy& policy) {
  const bool one = !policy.customer.empty() || !policy.tax_id.empty();
  return Scope(policy, one ? "this customer" : "") + ": " + Settings(policy);
}

}  // namespace crossbill::transforms
