// What people said that payments and credit notes are for, before anything else is looked at.
#include <set>
#include <utility>

#include "transforms/reconcile/document_decisions.h"
#include "transforms/reconcile/linker.h"

namespace crossbill::transforms {
namespace {

bool MaySettle(const GoldenDocument& document, const GoldenDocument& invoice) {
  const bool pays = document.kind == v1::Document::PAYMENT ||
                    (document.kind == v1::Document::INVOICE && document.credit_note);
  return pays && invoice.kind == v1::Document::INVOICE && !invoice.credit_note;
}

}  // namespace

void LinkDecided(Linker& linker, const DocumentDecisions& decisions) {
  std::set<std::pair<int, int>> known;  // the newest comes first, on whichever records of the two
  for (const PairDecision& decision : decisions.settlement()) {
    const int document = linker.GoldenOf(decision.left);
    const int invoice = linker.GoldenOf(decision.right);
    if (!MaySettle(linker.At(document), linker.At(invoice)) || !known.emplace(document, invoice).second) {
      continue;
    }
    if (decision.verdict == v1::DocumentDecision::SETTLES) {
      const std::string& currency = linker.At(document).currency;
      const bool other_currency = !decision.currency.empty() && decision.currency != currency;
      linker.Decide(invoice, document, std::string(kDecided) + ": " + decision.text,
                    other_currency ? Decimal() : decision.most);
    } else {
      linker.Refuse(invoice, document);
    }
  }
}

}  // namespace crossbill::transforms
