// Payments: by the numbers in their remittance text, else by an amount that one open invoice or order has.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "transforms/reconcile/linker.h"
#include "transforms/reconcile/near_numbers.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestCredit = 180;  // days between an invoice and its payment
constexpr int kPrepaidDays = 60;     // between an order and a payment before its invoice

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

// Mistyped numbers of invoices that the payment may be for.
void LinkByNearNumbers(Linker& linker, const NearNumbers& near, int payment) {
  const std::optional<Date>& paid_on = linker.At(payment).date;
  for (const SourceDocument* record : linker.At(payment).records) {
    for (const Mention& mention : record->mentions) {
      if (!MayMean(mention.type, v1::Document::INVOICE) ||
          linker.Resolve(v1::Document::INVOICE, mention, *record) >= 0) {
        continue;
      }
      const int invoice = near.Find(mention.number, [&](int document) { return linker.GoldenOf(document); });
      if (invoice < 0 || linker.At(invoice).credit_note || !paid_on || !linker.At(invoice).date) {
        continue;
      }
      if (*linker.At(invoice).date > *paid_on ||
          linker.At(invoice).date->PlusDays(kLongestCredit) < *paid_on) {
        continue;
      }
      linker.Link(invoice, payment, kInvoiceOfPayment, EvidenceOf(mention) + " is nearly its number");
    }
  }
}

bool NamesUnknown(const Linker& linker, int payment) {
  for (const SourceDocument* record : linker.At(payment).records) {
    for (const Mention& mention : record->mentions) {
      if (mention.type == v1::Reference::OTHER &&
          linker.Resolve(v1::Document::INVOICE, mention, *record) < 0) {
        return true;
      }
    }
  }
  return false;
}

// What is left to pay of an invoice or order: nothing where a payment is for several documents, as nobody
// says how it is shared.
std::optional<Decimal> OpenAmount(const Linker& linker, int document) {
  const GoldenDocument& from = linker.At(document);
  std::optional<Decimal> open = from.gross ? from.gross : from.total;
  for (const int payment : linker.Linked(document, v1::Document::PAYMENT)) {
    const std::optional<Decimal>& paid = linker.At(payment).total;
    if (!open || !paid || linker.At(payment).links.size() > 1) {
      return std::nullopt;
    }
    const auto rest = open->Minus(*paid);
    open = rest.ok() ? std::optional<Decimal>(*rest) : std::nullopt;
  }
  return open && *open > Decimal() ? open : std::nullopt;
}

// Documents by currency and amount, to be found by what was paid.
class OpenAmounts {
 public:
  OpenAmounts(const Linker& linker, DocumentKind kind) : linker_(linker) {
    for (int i = 0; i < linker.size(); ++i) {
      const GoldenDocument& document = linker.At(i);
      if (document.kind != kind || document.credit_note || document.cancelled || !document.date) {
        continue;
      }
      if (const std::optional<Decimal> open = OpenAmount(linker, i)) {
        by_amount_[{document.currency, *open}].push_back(i);
      }
    }
  }

  // The one of which this amount is open, at most `days` before the payment. -1: none or several.
  int Find(const std::string& currency, const Decimal& amount, Date paid_on, int days) const {
    const auto found = by_amount_.find({currency, amount});
    if (found == by_amount_.end()) {
      return -1;
    }
    int only = -1;
    for (const int document : found->second) {
      const Date date = *linker_.At(document).date;
      if (date > paid_on || date.PlusDays(days) < paid_on || OpenAmount(linker_, document) != amount) {
        continue;
      }
      if (only >= 0) {
        return -1;
      }
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
  if (!payment.total) {
    return amounts;
  }
  amounts.push_back(*payment.total);
  for (const SourceDocument* record : payment.by_authority) {
    if (!record->bank_fee || record->bank_fee->IsZero()) {
      continue;
    }
    if (auto sum = payment.total->Plus(*record->bank_fee); sum.ok()) {
      amounts.push_back(*sum);
    }
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
      if (const int invoice = invoices.Find(from.currency, amount, *from.date, kLongestCredit);
          invoice >= 0) {
        linker.Link(invoice, payment, kInvoiceOfPayment, "the only invoice of which this amount is open");
        break;
      }
      const int order = orders.Find(from.currency, amount, *from.date, kPrepaidDays);
      if (order >= 0 && !linker.HasLink(order, v1::Document::INVOICE)) {
        linker.Link(order, payment, kOrderOfPayment, "the only order of which this amount is open");
        break;
      }
    }
  }
}

}  // namespace

void LinkPayments(Linker& linker) {
  std::vector<int> without;
  std::vector<int> unknown;
  for (int i = 0; i < linker.size(); ++i) {
    if (linker.At(i).kind != v1::Document::PAYMENT) {
      continue;
    }
    LinkByNumbers(linker, i);
    if (NamesUnknown(linker, i)) {
      unknown.push_back(i);
    }
  }
  if (!unknown.empty()) {
    const NearNumbers near(linker.documents(), v1::Document::INVOICE);
    for (const int payment : unknown) {
      LinkByNearNumbers(linker, near, payment);
    }
  }
  for (int i = 0; i < linker.size(); ++i) {
    const GoldenDocument& payment = linker.At(i);
    if (payment.kind != v1::Document::PAYMENT || !payment.date || !payment.total) {
      continue;
    }
    if (!linker.HasLink(i, v1::Document::INVOICE) && !linker.HasLink(i, v1::Document::ORDER)) {
      without.push_back(i);
    }
  }
  std::stable_sort(without.begin(), without.end(),
                   [&](int a, int b) { return linker.At(a).date < linker.At(b).date; });
  if (!without.empty()) {
    LinkByAmount(linker, without);
  }
}

}  // namespace crossbill::transforms
