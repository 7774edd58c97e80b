// Payments: by the numbers in their remittance text, else by an amount that one open invoice or order has.
#include <algorithm>
#include <map>
#include <tuple>

#include "transforms/reconcile/linker.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestCredit = 180;      // days between an invoice and its payment
constexpr int kPrepaidDays = 60;         // between an order and a payment before its invoice

void LinkByNumbers(Linker& linker, int payment) {
  for (const SourceDocument* record : linker.At(payment).records) {
    for (const Mention& mention : record->mentions) {
      if (const int invoice = linker.Resolve(v1::Document::INVOICE, mention, *record); invoice >= 0) {
        linker.Link(invoice, payment, kInvoiceOfPayment, EvidenceOf(mention));
      } else if (const int order = linker.Resolve(v1::Document::ORDER, mention, *record); order >= 0) {
        linker.Link(order, payment, kOrderOfPayment, EvidenceOf(mention));
      }
    }
  }
}

// Documents by currency and amount, to be found by what was paid.
class OpenAmounts {
 public:
  OpenAmounts(const Linker& linker, DocumentKind kind) : linker_(linker) {
    for (int i = 0; i < linker.size(); ++i) {
      const GoldenDocument& document = linker.At(i);
      if (document.kind != kind || document.credit_note || document.cancelled || linker.HasLink(i, v1::Document::PAYMENT)) { continue; }
      const std::optional<Decimal>& amount = document.gross ? document.gross : document.total;
      if (amount && !amount->IsZero() && document.date) { by_amount_[{document.currency, *amount}].push_back(i); }
    }
  }

  // The one that is still open, at most `days` before the payment. -1: none or several.
  int Find(const std::string& currency, const Decimal& amount, Date paid_on, int days) const {
    const auto found = by_amount_.find({currency, amount});
    if (found == by_amount_.end()) { return -1; }
    int only = -1;
    for (const int document : found->second) {
      const Date date = *linker_.At(document).date;
      if (date > paid_on || date.PlusDays(days) < paid_on || linker_.HasLink(document, v1::Document::PAYMENT)) { continue; }
      if (only >= 0) { return -1; }
      only = document;
    }
    return only;
  }

 private:
  const Linker& linker_;
  std::map<std::pair<std::string, Decimal>, std::vector<int>> by_amount_;
};

// What the payer meant to pay: what came in, or that and what a bank kept back.
std::vector<Decimal> AmountsOf(const GoldenDocument& payment) {
  std::vector<Decimal> amounts;
  if (!payment.total) { return amounts; }
  amounts.push_back(*payment.total);
  for (const SourceDocument* record : payment.by_authority) {
    if (!record->bank_fee || record->bank_fee->IsZero()) { continue; }
    if (auto sum = payment.total->Plus(*record->bank_fee); sum.ok()) { amounts.push_back(*sum); }
    break;
  }
  return amounts;
}

void LinkByAmount(Linker& linker, const std::vector<int>& payments) {
  const OpenAmounts invoices(linker, v1::Document::INVOICE);
  const OpenAmounts orders(linker, v1::Document::ORDER);
  for (const int payment : payments) {
    const GoldenDocument& from = linker.At(payment);
    for (const Decimal& amount : AmountsOf(from)) {
      if (const int invoice = invoices.Find(from.currency, amount, *from.date, kLongestCredit); invoice >= 0) {
        linker.Link(invoice, payment, kInvoiceOfPayment, "the only open invoice of this amount");
        break;
      }
      const int order = orders.Find(from.currency, amount, *from.date, kPrepaidDays);
      if (order >= 0 && !linker.HasLink(order, v1::Document::INVOICE)) {
        linker.Link(order, payment, kOrderOfPayment, "the only open order of this amount");
        break;
      }
    }
  }
}

}  // namespace

void LinkPayments(Linker& linker) {
  std::vector<int> without;
  for (int i = 0; i < linker.size(); ++i) {
    if (linker.At(i).kind == v1::Document::PAYMENT) { LinkByNumbers(linker, i); }
  }
  for (int i = 0; i < linker.size(); ++i) {
    const GoldenDocument& payment = linker.At(i);
    if (payment.kind != v1::Document::PAYMENT || !payment.date || !payment.total) { continue; }
    if (!linker.HasLink(i, v1::Document::INVOICE) && !linker.HasLink(i, v1::Document::ORDER)) { without.push_back(i); }
  }
  std::stable_sort(without.begin(), without.end(), [&](int a, int b) { return linker.At(a).date < linker.At(b).date; });
  if (!without.empty()) { LinkByAmount(linker, without); }
}

}  // namespace crossbill::transforms
