// Credit notes that name no invoice: the one earlier invoice that has every line of it, at its price and in
// no lesser quantity. Two such invoices prove nothing.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "transforms/reconcile/linker.h"

namespace crossbill::transforms {
namespace {

// Articles of one name may differ in their numbers.
bool OtherArticle(const DocumentLine& a, const DocumentLine& b) {
  return !a.sku.empty() && !b.sku.empty() && a.sku != b.sku;
}

// What of each invoice's lines was not taken back yet, and which invoices have a product.
class Creditable {
 public:
  explicit Creditable(const Linker& linker)
      : linker_(linker), products_(static_cast<std::size_t>(linker.size())), left_(products_.size()) {
    for (int i = 0; i < linker.size(); ++i) {
      const GoldenDocument& document = linker.At(i);
      if (document.kind != v1::Document::INVOICE || document.lines_from == nullptr) {
        continue;
      }
      std::vector<std::vector<std::uint64_t>>& products = products_[Index(i)];
      for (const DocumentLine& line : document.lines) {
        products.push_back(ProductKeys(line, document.lines_from->record.system));
        left_[Index(i)].push_back(line.quantity ? line.quantity->Abs() : Decimal());
      }
      if (!document.credit_note && !document.cancelled) {
        AddToIndex(i);
      }
    }
  }

  // The one invoice that the credit note can be of; -1: none or several.
  int Find(int credit) const {
    int found = -1;
    for (const int invoice : Candidates(credit)) {
      std::vector<Decimal> left = left_[Index(invoice)];
      if (!IsEarlier(invoice, credit) || linker_.IsRefused(invoice, credit) ||
          !TakeLines(credit, invoice, left)) {
        continue;
      }
      if (found >= 0) {
        return -1;
      }
      found = invoice;
    }
    return found;
  }

  // A credit note that was linked takes its lines, as far as they are the invoice's.
  void Take(int credit, int invoice) {
    std::vector<Decimal> left = left_[Index(invoice)];
    if (TakeLines(credit, invoice, left)) {
      left_[Index(invoice)] = std::move(left);
    }
  }

 private:
  static std::size_t Index(int document) { return static_cast<std::size_t>(document); }

  void AddToIndex(int invoice) {
    for (const std::vector<std::uint64_t>& line : products_[Index(invoice)]) {
      for (const std::uint64_t product : line) {
        std::vector<int>& invoices = by_product_[product];
        if (invoices.empty() || invoices.back() != invoice) {
          invoices.push_back(invoice);
        }
      }
    }
  }

  // Those with the product of its first line.
  std::vector<int> Candidates(int credit) const {
    std::vector<int> candidates;
    if (products_[Index(credit)].empty()) {
      return candidates;
    }
    for (const std::uint64_t product : products_[Index(credit)].front()) {
      const auto found = by_product_.find(product);
      if (found != by_product_.end()) {
        candidates.insert(candidates.end(), found->second.begin(), found->second.end());
      }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    return candidates;
  }

  // On one day the hour decides, where both have it.
  bool IsEarlier(int invoice, int credit) const {
    const GoldenDocument& from = linker_.At(invoice);
    const GoldenDocument& to = linker_.At(credit);
    if (!from.date || !to.date || *from.date != *to.date) {
      return from.date && to.date && *from.date < *to.date;
    }
    const std::int64_t issued = from.lines_from->entered_at;
    const std::int64_t credited = to.lines_from->entered_at;
    return issued == INT64_MIN || credited == INT64_MIN || issued < credited;
  }

  bool TakeLines(int credit, int invoice, std::vector<Decimal>& left) const {
    const GoldenDocument& from = linker_.At(credit);
    const GoldenDocument& to = linker_.At(invoice);
    if (from.currency != to.currency) {
      return false;
    }
    for (std::size_t i = 0; i < from.lines.size(); ++i) {
      if (!TakeLine(from.lines[i], products_[Index(credit)][i], invoice, left)) {
        return false;
      }
    }
    return !from.lines.empty();
  }

  bool TakeLine(const DocumentLine& line, const std::vector<std::uint64_t>& products, int invoice,
                std::vector<Decimal>& left) const {
    if (!line.quantity || line.quantity->IsZero() || !line.unit_price) {
      return false;
    }
    const std::span<const DocumentLine> lines = linker_.At(invoice).lines;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (left[i] < line.quantity->Abs() || !lines[i].unit_price ||
          lines[i].unit_price->Abs() != line.unit_price->Abs() || OtherArticle(lines[i], line) ||
          !SameProduct(products_[Index(invoice)][i], products)) {
        continue;
      }
      const auto rest = left[i].Minus(line.quantity->Abs());
      if (!rest.ok()) {
        continue;
      }
      left[i] = *rest;
      return true;
    }
    return false;
  }

  const Linker& linker_;
  std::vector<std::vector<std::vector<std::uint64_t>>> products_;  // by document and line
  std::vector<std::vector<Decimal>> left_;                         // the same
  std::unordered_map<std::uint64_t, std::vector<int>> by_product_;
};

std::pair<std::optional<Date>, std::int64_t> When(const GoldenDocument& document) {
  return {document.date, document.lines_from->entered_at};
}

bool CreditsAnInvoice(const Linker& linker, int credit) {
  const std::vector<int> invoices = linker.Linked(credit, v1::Document::INVOICE);
  return std::any_of(invoices.begin(), invoices.end(),
                     [&](int invoice) { return !linker.At(invoice).credit_note; });
}

}  // namespace

void FitCredits(Linker& linker) {
  std::vector<int> credits;
  for (int i = 0; i < linker.size(); ++i) {
    const GoldenDocument& document = linker.At(i);
    if (document.kind == v1::Document::INVOICE && document.credit_note && document.lines_from != nullptr) {
      credits.push_back(i);
    }
  }
  if (credits.empty()) {
    return;
  }
  std::stable_sort(credits.begin(), credits.end(),
                   [&](int a, int b) { return When(linker.At(a)) < When(linker.At(b)); });
  Creditable creditable(linker);
  std::vector<int> without;
  for (const int credit : credits) {
    if (!CreditsAnInvoice(linker, credit)) {
      without.push_back(credit);
      continue;
    }
    for (const int invoice : linker.Linked(credit, v1::Document::INVOICE)) {
      creditable.Take(credit, invoice);
    }
  }
  for (const int credit : without) {
    if (const int invoice = creditable.Find(credit); invoice >= 0) {
      linker.Link(invoice, credit, kInvoiceOfCreditNote, "the only earlier invoice with its lines");
      creditable.Take(credit, invoice);
    }
  }
}

}  // namespace crossbill::transforms
