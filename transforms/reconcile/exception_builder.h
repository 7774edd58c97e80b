// Makes Exception messages: names, records and amounts in one way for all rules. Private to the exceptions.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "transforms/reconcile/exceptions.h"

namespace crossbill::transforms {

class ExceptionBuilder {
 public:
  ExceptionBuilder(v1::Exception::Type type, std::string_view customer, std::string_view rule);
  ExceptionBuilder& Document(const GoldenDocument& document);
  ExceptionBuilder& Record(const RecordRef& record);
  ExceptionBuilder& Whole(const GoldenDocument& document);  // the document and all of its records
  ExceptionBuilder& Expected(const std::optional<Decimal>& amount, const std::string& currency);
  ExceptionBuilder& Found(const std::optional<Decimal>& amount, const std::string& currency);
  ExceptionBuilder& ExpectedText(std::string text);
  ExceptionBuilder& FoundText(std::string text);
  ExceptionBuilder& Since(const std::optional<Date>& date);
  ExceptionBuilder& Detail(std::string text);
  // How much money it is about; nothing: not known.
  ExceptionBuilder& AtStake(const std::optional<Decimal>& amount, const std::string& currency);
  // The name is made of type and records: the same finding has the same name, whatever was before.
  v1::Exception Build() const;

 private:
  v1::Exception exception_;
  std::set<RecordRef> records_;
};

bool Differ(const Decimal& a, const Decimal& b, const Decimal& tolerance);

// |a - b| times the quantity, and quantity times price; nothing when one of them is not known.
std::optional<Decimal> ValueOfGap(const std::optional<Decimal>& a, const std::optional<Decimal>& b,
                                  const std::optional<Decimal>& quantity);
std::optional<Decimal> ValueOf(const std::optional<Decimal>& quantity, const std::optional<Decimal>& price);

// "invoice 90000216": the kind and the number as its first record writes it, or its key.
std::string DisplayName(const GoldenDocument& document);

// The rules over order lines, those over quotes, and those over payments.
void FindChainExceptions(const ExceptionInput& input, ExceptionResult& result);
void FindQuoteExceptions(const ExceptionInput& input, ExceptionResult& result);
void FindPaymentExceptions(const ExceptionInput& input, ExceptionResult& result);

}  // namespace crossbill::transforms
