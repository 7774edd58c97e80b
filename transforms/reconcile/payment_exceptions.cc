// The rules over payments: money that belongs to nothing, and too much of it.
#include <fmt/format.h>

#include "transforms/reconcile/exception_builder.h"
#include "transforms/reconcile/order_flow.h"

namespace crossbill::transforms {
namespace {

void FindUnmatched(const ExceptionInput& input, const GoldenDocument& payment, ExceptionResult& result) {
  result.open.push_back(ExceptionBuilder(v1::Exception::PAYMENT_UNMATCHED, input.customer, "a payment belongs to no invoice and no order")
                            .Whole(payment)
                            .Found(payment.total, payment.currency)
                            .Since(payment.date)
                            .Detail(fmt::format("{} belongs to no invoice and no order", DisplayName(payment)))
                            .Build());
}

// A single payment of a single invoice. What several payments or several invoices share out is no matter of one pair.
void FindOverpaid(const ExceptionInput& input, const GoldenDocument& payment, int invoice_index, ExceptionResult& result) {
  const GoldenDocument& invoice = input.golden[static_cast<std::size_t>(invoice_index)];
  if (!payment.total || !invoice.gross || payment.currency != invoice.currency) { return; }
  if (LinkedDocuments(input.golden, invoice_index, v1::Document::PAYMENT).size() != 1) { return; }
  if (*payment.total <= *invoice.gross || !Differ(*payment.total, *invoice.gross, input.options.amount_tolerance)) { return; }
  const auto too_much = payment.total->Minus(*invoice.gross);
  if (!too_much.ok()) { return; }
  result.open.push_back(ExceptionBuilder(v1::Exception::OVERPAID, input.customer, "a payment is larger than the gross amount of its invoice")
                            .Whole(payment)
                            .Whole(invoice)
                            .Expected(invoice.gross, invoice.currency)
                            .Found(payment.total, payment.currency)
                            .Since(payment.date)
                            .Detail(fmt::format("{} {} too much for {}", too_much->ToString(), payment.currency, DisplayName(invoice)))
                            .Build());
}

}  // namespace

void FindPaymentExceptions(const ExceptionInput& input, ExceptionResult& result) {
  for (std::size_t i = 0; i < input.golden.size(); ++i) {
    const GoldenDocument& payment = input.golden[i];
    if (payment.kind != v1::Document::PAYMENT) { continue; }
    const std::vector<int> invoices = LinkedDocuments(input.golden, static_cast<int>(i), v1::Document::INVOICE);
    const std::vector<int> orders = LinkedDocuments(input.golden, static_cast<int>(i), v1::Document::ORDER);
    if (invoices.empty() && orders.empty()) { FindUnmatched(input, payment, result); }
    if (invoices.size() == 1 && orders.empty()) { FindOverpaid(input, payment, invoices.front(), result); }
  }
}

}  // namespace crossbill::transforms
