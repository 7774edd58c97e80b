// Makes Exception messages: names, records and amounts in one way for all rules. Private to the exceptions.
#pragma once

#include <initializer_list>
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
  // Severity, unit and the policies that had a say.
  ExceptionBuilder& Treat(const Treatment& treatment);
  ExceptionBuilder& OwnRuleName(const std::string& name);
  // The name is made of type and records: the same finding has the same name, whatever was before.
  v1::Exception Build() const;

 private:
  v1::Exception exception_;
  std::set<RecordRef> records_;
};

// What the policies say of a finding in these documents; the first org unit among them counts.
using Documents = std::initializer_list<const GoldenDocument*>;
Treatment TreatmentOf(const ExceptionInput& input, v1::Exception::Type type, Documents documents);
Treatment TreatmentOf(const ExceptionInput& input, v1::Exception::Type type, Documents documents,
                      Treatment base);
// It is old enough to be an exception; else the result gets the date on which it will be.
bool IsDue(const ExceptionInput& input, const Treatment& treatment, const std::optional<Date>& date,
           ExceptionResult& result);

// |a - b| times the quantity, and quantity times price; nothing when one of them is not known.
std::optional<Decimal> ValueOfGap(const std::optional<Decimal>& a, const std::optional<Decimal>& b,
                                  const std::optional<Decimal>& quantity);
std::optional<Decimal> ValueOf(const std::optional<Decimal>& quantity, const std::optional<Decimal>& price);

// "invoice 90000216": the kind and the number as its first record writes it, or its key.
std::string DisplayName(const GoldenDocument& document);

// The rules over order lines, those over quotes, those over payments, and the configuration's own.
void FindChainExceptions(const ExceptionInput& input, ExceptionResult& result);
void FindQuoteExceptions(const ExceptionInput& input, ExceptionResult& result);
void FindPaymentExceptions(const ExceptionInput& input, ExceptionResult& result);
void FindOwnRuleExceptions(const ExceptionInput& input, ExceptionResult& result);

}  // namespace crossbill::transforms
