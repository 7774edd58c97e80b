// Payments: by the numbers in their remittance text; what names none goes by its amount.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "transforms/reconcile/linker.h"
#include "transforms/reconcile/near_numbers.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestCredit = 180;  // days between an invoice and its payment

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
    LinkPaymentsByAmount(linker, without);
  }
}

}  // namespace crossbill::transforms
