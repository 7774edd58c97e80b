#include "transforms/reconcile/exceptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/id.h"
#include "transforms/reconcile/exception_builder.h"

namespace crossbill::transforms {
namespace {

// One invoice stands twice in one system: the rows themselves, not the whole document.
void FindDuplicateInvoices(const ExceptionInput& input, ExceptionResult& result) {
  for (const GoldenDocument& invoice : input.golden) {
    if (invoice.kind != v1::Document::INVOICE || invoice.credit_note || invoice.records.size() < 2) {
      continue;
    }
    for (std::size_t begin = 0; begin < invoice.records.size();) {
      std::size_t end = begin;
      const RecordRef& first = invoice.records[begin]->record;
      while (end < invoice.records.size() && invoice.records[end]->record.system == first.system &&
             invoice.records[end]->record.stream == first.stream) {
        ++end;
      }
      if (end - begin > 1) {
        const Treatment treatment = TreatmentOf(input, v1::Exception::DUPLICATE_INVOICE, {&invoice});
        if (treatment.off) {
          break;
        }
        ExceptionBuilder builder(v1::Exception::DUPLICATE_INVOICE, input.customer,
                                 "one invoice stands twice in one system");
        builder.Document(invoice);
        for (std::size_t i = begin; i < end; ++i) {
          builder.Record(invoice.records[i]->record);
        }
        const std::optional<Decimal>& amount = invoice.gross ? invoice.gross : invoice.total;
        builder.Found(amount, invoice.currency)
            .AtStake(amount, invoice.currency)
            .Since(invoice.date)
            .Treat(treatment)
            .Detail(fmt::format("{} was entered {} times in {}", DisplayName(invoice), end - begin,
                                first.system));
        result.open.push_back(std::move(builder).Build());
      }
      begin = end;
    }
  }
}

// The systems do not agree on the net total of one order.
void FindAmountConflicts(const ExceptionInput& input, ExceptionResult& result) {
  for (const GoldenDocument& order : input.golden) {
    if (order.kind != v1::Document::ORDER || !order.total) {
      continue;
    }
    for (const SourceDocument* record : order.by_authority) {
      if (!record->total || record->currency != order.currency || *record->total == *order.total) {
        continue;
      }
      const Treatment treatment =
          TreatmentOf(input, v1::Exception::AMOUNT_CONFLICT_BETWEEN_SYSTEMS, {&order});
      if (treatment.off || !treatment.Differ(*record->total, *order.total)) {
        continue;
      }
      result.open.push_back(
          ExceptionBuilder(v1::Exception::AMOUNT_CONFLICT_BETWEEN_SYSTEMS, input.customer,
                           "net totals of one order differ between systems")
              .Whole(order)
              .Expected(order.total, order.currency)
              .Found(record->total, record->currency)
              .AtStake(ValueOfGap(record->total, order.total, Decimal(1)), order.currency)
              .Since(order.date)
              .Treat(treatment)
              .Detail(fmt::format("net total of {} is {} in {}, {} in {}", DisplayName(order),
                                  order.total->ToString(), order.by_authority.front()->record.system,
                                  record->total->ToString(), record->record.system))
              .Build());
      break;
    }
  }
}

}  // namespace

ExceptionResult FindExceptions(const ExceptionInput& input) {
  ExceptionResult result;
  FindDuplicateInvoices(input, result);
  FindAmountConflicts(input, result);
  FindChainExceptions(input, result);
  FindQuoteExceptions(input, result);
  FindPaymentExceptions(input, result);
  FindOwnRuleExceptions(input, result);
  return result;
}

}  // namespace crossbill::transforms
