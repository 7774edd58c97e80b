// The rules over payments: money that belongs to nothing, and too much of it.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "transforms/reconcile/exception_builder.h"
#include "transforms/reconcile/order_flow.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestCredit = 180;  // days between an invoice or order and its payment

// What is open per currency: what is left to pay of invoices, and orders without a payment or an invoice,
// that may be paid before it.
class OpenTotals {
 public:
  explicit OpenTotals(const ExceptionInput& input) {
    for (std::size_t i = 0; i < input.golden.size(); ++i) {
      const GoldenDocument& document = input.golden[i];
      const bool order = document.kind == v1::Document::ORDER && !document.cancelled;
      if (!order && document.kind != v1::Document::INVOICE) {
        continue;
      }
      const std::optional<Decimal>& amount = document.gross ? document.gross : document.total;
      const int index = static_cast<int>(i);
      if (document.credit_note || !document.date || !amount) {
        continue;
      }
      if (order && (!LinkedDocuments(input.golden, index, v1::Document::PAYMENT).empty() ||
                    !LinkedDocuments(input.golden, index, v1::Document::INVOICE).empty())) {
        continue;
      }
      const Decimal left = order ? *amount : document.open.value_or(Decimal());
      if (left > Decimal()) {
        open_[document.currency].push_back({*document.date, left});
      }
    }
  }

  // Whether a payment of this amount may be for some of it: then it is not allocated, but it does not belong
  // to nothing.
  bool MayBeFor(const GoldenDocument& payment) const {
    const auto found = open_.find(payment.currency);
    if (found == open_.end() || !payment.date || !payment.total) {
      return false;
    }
    Decimal sum;
    for (const auto& [date, amount] : found->second) {
      if (date > *payment.date || date.PlusDays(kLongestCredit) < *payment.date) {
        continue;
      }
      if (auto next = sum.Plus(amount); next.ok()) {
        sum = *next;
      }
    }
    return sum >= *payment.total;
  }

 private:
  std::map<std::string, std::vector<std::pair<Date, Decimal>>, std::less<>> open_;
};

bool HasProposal(const GoldenDocument& payment) {
  return std::any_of(payment.links.begin(), payment.links.end(),
                     [](const LinkPlan& link) { return link.proposed; });
}

void FindUnmatched(const ExceptionInput& input, const GoldenDocument& payment, ExceptionResult& result) {
  const Treatment treatment = TreatmentOf(input, v1::Exception::PAYMENT_UNMATCHED, {&payment});
  if (treatment.off || !IsDue(input, treatment, payment.date, result)) {
    return;
  }
  result.open.push_back(
      ExceptionBuilder(v1::Exception::PAYMENT_UNMATCHED, input.customer,
                       "a payment belongs to no invoice and no order")
          .Whole(payment)
          .Found(payment.total, payment.currency)
          .AtStake(payment.total, payment.currency)
          .Since(payment.date)
          .Treat(treatment)
          .Detail(fmt::format("{} belongs to no invoice and no order", DisplayName(payment)))
          .Build());
}

// A person said how much of it is for an invoice: the rest is for something else.
bool IsSharedOut(const GoldenDocument& payment) {
  return std::any_of(payment.decided.begin(), payment.decided.end(),
                     [](const DecidedInvoice& each) { return each.most.has_value(); });
}

// A single payment of a single invoice. What several payments or several invoices share out is no matter of
// one pair.
void FindOverpaid(const ExceptionInput& input, const GoldenDocument& payment, int invoice_index,
                  ExceptionResult& result) {
  const GoldenDocument& invoice = input.golden[static_cast<std::size_t>(invoice_index)];
  if (!payment.total || !invoice.gross || payment.currency != invoice.currency) {
    return;
  }
  if (LinkedDocuments(input.golden, invoice_index, v1::Document::PAYMENT).size() != 1) {
    return;
  }
  if (*payment.total <= *invoice.gross || IsSharedOut(payment)) {
    return;
  }
  const Treatment treatment = TreatmentOf(input, v1::Exception::OVERPAID, {&payment, &invoice});
  if (treatment.off || !treatment.Differ(*payment.total, *invoice.gross)) {
    return;
  }
  const auto too_much = payment.total->Minus(*invoice.gross);
  if (!too_much.ok()) {
    return;
  }
  result.open.push_back(ExceptionBuilder(v1::Exception::OVERPAID, input.customer,
                                         "a payment is larger than the gross amount of its invoice")
                            .Whole(payment)
                            .Whole(invoice)
                            .Expected(invoice.gross, invoice.currency)
                            .Found(payment.total, payment.currency)
                            .AtStake(*too_much, payment.currency)
                            .Since(payment.date)
                            .Treat(treatment)
                            .Detail(fmt::format("{} {} too much for {}", too_much->ToString(),
                                                payment.currency, DisplayName(invoice)))
                            .Build());
}

}  // namespace

void FindPaymentExceptions(const ExceptionInput& input, ExceptionResult& result) {
  std::optional<OpenTotals> open;  // made when it is needed
  for (std::size_t i = 0; i < input.golden.size(); ++i) {
    const GoldenDocument& payment = input.golden[i];
    if (payment.kind != v1::Document::PAYMENT) {
      continue;
    }
    const std::vector<int> invoices =
        LinkedDocuments(input.golden, static_cast<int>(i), v1::Document::INVOICE);
    const std::vector<int> orders = LinkedDocuments(input.golden, static_cast<int>(i), v1::Document::ORDER);
    if (invoices.empty() && orders.empty()) {
      if (!open) {
        open.emplace(input);
      }
      if (!HasProposal(payment) && !open->MayBeFor(payment)) {
        FindUnmatched(input, payment, result);
      }
    }
    if (invoices.size() == 1 && orders.empty()) {
      FindOverpaid(input, payment, invoices.front(), result);
    }
  }
}

}  // namespace crossbill::transforms
