#include "runtime/exception_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/reader.h"
#include "crossbill/config/v1/project.pb.h"
#include "transforms/reconcile/publish.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr int kMostDays = 36'500;
constexpr int kHundredths = 2;

// What a type's tolerance can be about.
constexpr std::array kWithDays = {v1::Exception::SHIPPED_NOT_INVOICED, v1::Exception::INVOICED_NOT_SHIPPED,
                                  v1::Exception::INVOICE_WITHOUT_ORDER, v1::Exception::PAYMENT_UNMATCHED};
constexpr std::array kWithAmounts = {v1::Exception::PRICE_MISMATCH,
                                     v1::Exception::QUANTITY_MISMATCH,
                                     v1::Exception::OVER_SHIPPED,
                                     v1::Exception::OVER_INVOICED,
                                     v1::Exception::UNAPPROVED_PRICE_CHANGE,
                                     v1::Exception::OVERPAID,
                                     v1::Exception::AMOUNT_CONFLICT_BETWEEN_SYSTEMS};

class PolicyChecker {
 public:
  PolicyChecker(const config::File& file, const config::Node& node, config::Problems& problems)
      : file_(file), node_(node), problems_(problems) {}

  void Check(const config::v1::ExceptionPolicy& policy) {
    if (!policy.absolute().empty()) {
      const auto amount = Decimal::Parse(policy.absolute());
      if (!amount.ok() || amount->IsNegative()) {
        Add("absolute", fmt::format("\"{}\" is not a number such as 0.05", policy.absolute()));
      }
      OnlyFor("absolute", policy, kWithAmounts);
    }
    if (!policy.percent().empty()) {
      OnlyFor("percent", policy, kWithAmounts);
    }
    if (policy.has_days()) {
      if (policy.days() < 0 || policy.days() > kMostDays) {
        Add("days", fmt::format("{} is not between 0 and {}", policy.days(), kMostDays));
      }
      OnlyFor("days", policy, kWithDays);
    }
    if (!policy.severity().empty() && !SeverityOf(policy.severity())) {
      Add("severity", fmt::format("\"{}\" is none of low, medium, high", policy.severity()));
    }
    CheckCustomer(policy);
    if (policy.absolute().empty() && policy.percent().empty() && !policy.has_days() && !policy.has_off() &&
        policy.severity().empty() && policy.unit().empty()) {
      problems_.Add(
          config::ProblemAt(file_, node_.at, Code::kConfigMissing,
                            "exceptions.policies: says nothing; give one of absolute, percent, days, "
                            "off, severity, unit"));
    }
  }

 private:
  void Add(const char* key, std::string message) {
    const config::Node* at = node_.Find(key);
    problems_.Add(config::ProblemAt(file_, at != nullptr ? at->at : node_.at, Code::kConfigValue,
                                    fmt::format("exceptions.policies: {}: {}", key, message)));
  }

  template <class Types>
  void OnlyFor(const char* key, const config::v1::ExceptionPolicy& policy, const Types& allowed) {
    for (const int type : policy.types()) {
      if (std::find(allowed.begin(), allowed.end(), static_cast<v1::Exception::Type>(type)) !=
          allowed.end()) {
        continue;
      }
      std::string names;
      for (const v1::Exception::Type each : allowed) {
        names += (names.empty() ? "" : ", ") + v1::Exception::Type_Name(each);
      }
      Add(key, fmt::format("means nothing for {}; it is for {}",
                           v1::Exception::Type_Name(static_cast<v1::Exception::Type>(type)), names));
    }
  }

  void CheckCustomer(const config::v1::ExceptionPolicy& policy) {
    if (policy.customer().empty()) {
      return;
    }
    if (!policy.tax_id().empty()) {
      Add("tax_id", "not together with \"customer\"; keep one of the two");
    }
    transforms::SourceKey parts;
    if (!policy.customer().starts_with("customers/") &&
        !transforms::SplitSourceKey(policy.customer(), parts)) {
      Add("customer", fmt::format("\"{}\" is neither customers/ID nor SYSTEM/STREAM/KEY", policy.customer()));
    }
  }

  const config::File& file_;
  const config::Node& node_;
  config::Problems& problems_;
};

}  // namespace

void CheckExceptions(const config::File& file, const config::v1::Project& project,
                     config::Problems& problems) {
  const config::Node* exceptions = file.root.Find("exceptions");
  if (exceptions == nullptr || !exceptions->IsMapping()) {
    return;
  }
  const config::Node* keep = exceptions->Find("keep_resolved");
  if (keep != nullptr && KeepResolvedDays(project.exceptions()) < 1) {
    problems.Add(config::ProblemAt(file, keep->at, Code::kConfigValue,
                                   "exceptions.keep_resolved: a day or more, such as 400d"));
  }
  const config::Node* policies = exceptions->Find("policies");
  if (policies == nullptr || !policies->IsSequence()) {
    return;
  }
  for (std::size_t i = 0;
       i < policies->items.size() && static_cast<int>(i) < project.exceptions().policies_size(); ++i) {
    PolicyChecker(file, policies->items[i], problems)
        .Check(project.exceptions().policies(static_cast<int>(i)));
  }
}

std::optional<v1::Exception::Severity> SeverityOf(std::string_view word) {
  if (word == "low") {
    return v1::Exception::LOW;
  }
  if (word == "medium") {
    return v1::Exception::MEDIUM;
  }
  if (word == "high") {
    return v1::Exception::HIGH;
  }
  return std::nullopt;
}

std::vector<transforms::Policy> PoliciesOf(const config::v1::Exceptions& exceptions) {
  std::vector<transforms::Policy> policies;
  for (const config::v1::ExceptionPolicy& config : exceptions.policies()) {
    transforms::Policy& policy = policies.emplace_back();
    for (const int type : config.types()) {
      policy.types.push_back(static_cast<v1::Exception::Type>(type));
    }
    policy.org_unit = config.org_unit();
    policy.customer = config.customer();
    policy.tax_id = transforms::PlainTaxId(config.tax_id());
    if (auto amount = Decimal::Parse(config.absolute()); amount.ok()) {
      policy.absolute = *amount;
    }
    if (auto percent = config::ParsePercent(config.percent()); percent.ok()) {
      policy.percent = Decimal(*percent, kHundredths);
    }
    if (config.has_days()) {
      policy.days = config.days();
    }
    if (config.has_off()) {
      policy.off = config.off();
    }
    policy.severity = SeverityOf(config.severity()).value_or(v1::Exception::SEVERITY_UNSPECIFIED);
    policy.unit = config.unit();
  }
  return policies;
}

int KeepResolvedDays(const config::v1::Exceptions& exceptions) {
  const auto duration = config::ParseDuration(exceptions.keep_resolved());
  const std::int64_t days =
      duration.ok() ? *duration / kDayMs : transforms::PublishOptions().keep_resolved_days;
  return static_cast<int>(std::min<std::int64_t>(days, kMostDays));
}

}  // namespace crossbill::runtime
