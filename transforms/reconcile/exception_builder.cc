#include "transforms/reconcile/exception_builder.h"

#include <utility>

#include "base/id.h"

namespace crossbill::transforms {
namespace {

void SetMoney(const std::optional<Decimal>& amount, const std::string& currency, v1::Money* money) {
  if (!amount) {
    return;
  }
  money->set_amount(amount->ToString());
  money->set_currency(currency);
}

}  // namespace

ExceptionBuilder::ExceptionBuilder(v1::Exception::Type type, std::string_view customer,
                                   std::string_view rule) {
  exception_.set_type(type);
  exception_.set_state(v1::Exception::OPEN);
  if (customer.starts_with("customers/")) {
    exception_.set_customer(std::string(customer));
  }
  exception_.set_severity(v1::Exception::MEDIUM);
  exception_.set_rule(std::string(rule));
}

ExceptionBuilder& ExceptionBuilder::Document(const GoldenDocument& document) {
  exception_.add_documents(document.name);
  if (exception_.org_unit().empty()) {
    exception_.set_org_unit(document.org_unit);
  }
  return *this;
}

ExceptionBuilder& ExceptionBuilder::Record(const RecordRef& record) {
  records_.insert(record);
  return *this;
}

ExceptionBuilder& ExceptionBuilder::Whole(const GoldenDocument& document) {
  for (const SourceDocument* record : document.records) {
    records_.insert(record->record);
  }
  return Document(document);
}

ExceptionBuilder& ExceptionBuilder::Expected(const std::optional<Decimal>& amount,
                                             const std::string& currency) {
  SetMoney(amount, currency, exception_.mutable_expected());
  return *this;
}

ExceptionBuilder& ExceptionBuilder::Found(const std::optional<Decimal>& amount, const std::string& currency) {
  SetMoney(amount, currency, exception_.mutable_found());
  return *this;
}

ExceptionBuilder& ExceptionBuilder::ExpectedText(std::string text) {
  exception_.set_expected_text(std::move(text));
  return *this;
}

ExceptionBuilder& ExceptionBuilder::FoundText(std::string text) {
  exception_.set_found_text(std::move(text));
  return *this;
}

ExceptionBuilder& ExceptionBuilder::Since(const std::optional<Date>& date) {
  if (date) {
    exception_.set_since(date->ToString());
  }
  return *this;
}

ExceptionBuilder& ExceptionBuilder::Detail(std::string text) {
  exception_.set_detail(std::move(text));
  return *this;
}

ExceptionBuilder& ExceptionBuilder::AtStake(const std::optional<Decimal>& amount,
                                            const std::string& currency) {
  if (amount) {
    SetMoney(amount->Abs().Normalised(), currency, exception_.mutable_at_stake());
  }
  return *this;
}

ExceptionBuilder& ExceptionBuilder::Treat(const Treatment& treatment) {
  exception_.set_severity(treatment.severity);
  exception_.set_unit(treatment.unit);
  exception_.set_policy(treatment.policy);
  return *this;
}

ExceptionBuilder& ExceptionBuilder::OwnRuleName(const std::string& name) {
  exception_.set_own_rule(name);
  return *this;
}

v1::Exception ExceptionBuilder::Build() const {
  v1::Exception exception = exception_;
  if (exception.unit().empty()) {
    exception.set_unit(exception.org_unit());
  }
  std::string identity = v1::Exception::Type_Name(exception_.type());
  if (!exception.own_rule().empty()) {
    identity += '\0' + exception.own_rule();
  }
  for (const RecordRef& record : records_) {
    v1::SourceRef& ref = *exception.add_records();
    ref.set_system(record.system);
    ref.set_stream(record.stream);
    ref.set_key(record.key);
    for (const std::string* part : {&record.system, &record.stream, &record.key}) {
      identity += '\0';
      identity += std::to_string(part->size()) + ":" + *part;
    }
  }
  exception.set_name("exceptions/" + ShortId(Hash128Of(identity)));
  return exception;
}

Treatment TreatmentOf(const ExceptionInput& input, v1::Exception::Type type, Documents documents) {
  Treatment base;
  switch (type) {
    case v1::Exception::PRICE_MISMATCH:
    case v1::Exception::UNAPPROVED_PRICE_CHANGE:
      base.absolute = input.options.price_tolerance;
      break;
    case v1::Exception::AMOUNT_CONFLICT_BETWEEN_SYSTEMS:
    case v1::Exception::OVERPAID:
      base.absolute = input.options.amount_tolerance;
      break;
    case v1::Exception::SHIPPED_NOT_INVOICED:
      base.days = input.options.shipped_not_invoiced_days;
      break;
    default:
      break;
  }
  return TreatmentOf(input, type, documents, std::move(base));
}

Treatment TreatmentOf(const ExceptionInput& input, v1::Exception::Type type, Documents documents,
                      Treatment base) {
  if (input.options.policies.empty()) {
    return base;
  }
  std::string_view org_unit;
  for (const GoldenDocument* document : documents) {
    if (org_unit.empty()) {
      org_unit = document->org_unit;
    }
  }
  return TreatmentOf(input.options.policies, type, org_unit, input.customer, input.facts, std::move(base));
}

bool IsDue(const ExceptionInput& input, const Treatment& treatment, const std::optional<Date>& date,
           ExceptionResult& result) {
  if (treatment.days == Treatment::kAtOnce || !date) {
    return true;
  }
  const Date due = date->PlusDays(treatment.days + 1);
  if (due <= input.as_of) {
    return true;
  }
  if (!result.next_due || due < *result.next_due) {
    result.next_due = due;
  }
  return false;
}

std::optional<Decimal> ValueOfGap(const std::optional<Decimal>& a, const std::optional<Decimal>& b,
                                  const std::optional<Decimal>& quantity) {
  if (!a || !b) {
    return std::nullopt;
  }
  const auto gap = a->Minus(*b);
  return gap.ok() ? ValueOf(quantity, gap->Abs()) : std::nullopt;
}

std::optional<Decimal> ValueOf(const std::optional<Decimal>& quantity, const std::optional<Decimal>& price) {
  if (!quantity || !price) {
    return std::nullopt;
  }
  const auto value = quantity->Times(*price);
  return value.ok() ? std::optional<Decimal>(*value) : std::nullopt;
}

std::string DisplayName(const GoldenDocument& document) {
  const SourceDocument& record = *document.by_authority.front();
  return std::string(KindName(document.kind)) + " " +
         (record.number_text.empty() ? record.record.key : record.number_text);
}

}  // namespace crossbill::transforms
