// Quotes: by their number, else by lines that are just those of one order that followed, at the prices that
// it had at first.
#include <algorithm>
#include <utility>
#include <vector>

#include "transforms/reconcile/line_agreement.h"
#include "transforms/reconcile/linker.h"
#include "transforms/reconcile/nearest.h"
#include "transforms/reconcile/price_log.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestQuote = 120;     // days between a quote and its order
constexpr std::size_t kManyLines = 3;  // as many are no accident, whatever the article of the changed one

void LinkByNumber(Linker& linker, int order) {
  for (const SourceDocument* record : linker.At(order).records) {
    for (const Mention& mention : record->mentions) {
      if (mention.type != v1::Reference::QUOTE) {
        continue;
      }
      if (const int quote = linker.Resolve(v1::Document::QUOTE, mention, *record); quote >= 0) {
        linker.Link(quote, order, kQuoteOfOrder, EvidenceOf(mention));
      }
    }
  }
}

class QuotesByLines {
 public:
  explicit QuotesByLines(Linker& linker) : linker_(linker) {
    first_.resize(static_cast<std::size_t>(linker.size()));
    for (int i = 0; i < linker.size(); ++i) {
      if (linker.At(i).kind == v1::Document::ORDER) {
        first_[static_cast<std::size_t>(i)] = FirstLines(linker.At(i));
      }
    }
  }

  // `changed`: one line may have another price although no log says that it was changed.
  void Run(bool changed) {
    std::vector<NearestEntry> entries;
    for (int i = 0; i < linker_.size(); ++i) {
      const GoldenDocument& document = linker_.At(i);
      const bool quote = document.kind == v1::Document::QUOTE && !linker_.HasLink(i, v1::Document::ORDER);
      const bool order = document.kind == v1::Document::ORDER && !document.cancelled &&
                         !linker_.HasLink(i, v1::Document::QUOTE);
      if ((!quote && !order) || !document.date) {
        continue;
      }
      for (const std::uint64_t key : LineKeys(LinesOf(i), document.currency)) {
        entries.push_back({key, quote ? 0 : 1, document.date->days(), i});
      }
    }
    const auto fits = [&](int a, int b) { return Fits(std::min(a, b), std::max(a, b), changed); };
    for (const NearestPair& pair : MutualNearest(std::move(entries), kLongestQuote, fits)) {
      if (linker_.HasLink(pair.left, v1::Document::ORDER) ||
          linker_.HasLink(pair.right, v1::Document::QUOTE)) {
        continue;
      }
      linker_.Link(pair.left, pair.right, kQuoteOfOrder,
                   changed ? "the same lines but for one price" : "the same lines at the same prices");
    }
  }

 private:
  Lines LinesOf(int document) const {
    const std::vector<DocumentLine>& first = first_[static_cast<std::size_t>(document)];
    return first.empty() ? Lines(linker_.At(document).lines) : Lines(first);
  }

  // Quotes come before orders in the order of documents.
  bool Fits(int quote, int order, bool changed) const {
    const Lines quoted = linker_.At(quote).lines;
    const Lines ordered = LinesOf(order);
    if (*linker_.At(order).date < *linker_.At(quote).date || !LinesAgree(quoted, ordered, changed ? 1 : 0)) {
      return false;
    }
    return quoted.size() >= kManyLines ||
           (changed ? SameProducts(quote, order) : NoOtherProduct(quote, order));
  }

  // The products are known to be the same.
  bool SameProducts(int quote, int order) const {
    const GoldenDocument& from = linker_.At(quote);
    const std::vector<OrderLine>& lines = linker_.book().LinesOf(order);
    return std::all_of(from.lines.begin(), from.lines.end(), [&](const DocumentLine& line) {
      const std::vector<std::uint64_t> products = ProductKeys(line, from.lines_from->record.system);
      return std::any_of(lines.begin(), lines.end(),
                         [&](const OrderLine& ordered) { return SameProduct(ordered.products, products); });
    });
  }

  // Not known to be other ones: systems may have no name of a product in common.
  bool NoOtherProduct(int quote, int order) const {
    const std::vector<OrderLine>& lines = linker_.book().LinesOf(order);
    const bool named = std::all_of(lines.begin(), lines.end(),
                                   [](const OrderLine& ordered) { return ordered.products.size() > 1; });
    return !named || SameProducts(quote, order);
  }

  Linker& linker_;
  std::vector<std::vector<DocumentLine>> first_;  // of orders with a log of changed prices
};

}  // namespace

void LinkQuotes(Linker& linker) {
  bool any = false;
  for (int i = 0; i < linker.size(); ++i) {
    any |= linker.At(i).kind == v1::Document::QUOTE;
    if (linker.At(i).kind == v1::Document::ORDER) {
      LinkByNumber(linker, i);
    }
  }
  if (!any) {
    return;
  }
  QuotesByLines by_lines(linker);
  by_lines.Run(false);
  by_lines.Run(true);
}

}  // namespace crossbill::transforms
