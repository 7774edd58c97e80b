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

v1::Exception ExceptionBuilder::Build() const {
  v1::Exception exception = exception_;
  std::string identity = v1::Exception::Type_Name(exception_.type());
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

bool Differ(const Decimal& a, const Decimal& b, const Decimal& tolerance) {
  const auto gap = a.Minus(b);
  return !gap.ok() || gap->Abs() > tolerance.Abs();
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
