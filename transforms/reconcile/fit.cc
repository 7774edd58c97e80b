// Shipments and invoices that name no order, and invoices that name no shipment: what fits in one way only.
// Anything less stays unlinked.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "transforms/reconcile/linker.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestDelivery = 120;  // days between an order and what follows from it
constexpr std::size_t kManyCandidates =
    256;  // more orders than this with one product: nothing is unique there
constexpr std::size_t kManyShipments =
    64;  // open ones of an order: a standing order, where quantities say nothing

enum class Fit { kNone, kPart, kWhole };

// What is left of the orders, of one kind of following documents, and which orders have a product.
class OpenOrders {
 public:
  OpenOrders(const Linker& linker, DocumentKind kind)
      : linker_(linker), kind_(kind), open_(static_cast<std::size_t>(linker.size())) {
    for (int i = 0; i < linker.size(); ++i) {
      if (linker.At(i).kind != v1::Document::ORDER || linker.At(i).cancelled) {
        continue;
      }
      for (const OrderLine& line : linker.book().LinesOf(i)) {
        open_[static_cast<std::size_t>(i)].push_back(line.quantity.value_or(Decimal()));
        for (const std::uint64_t product : line.products) {
          std::vector<int>& orders = by_product_[product];
          if (orders.empty() || orders.back() != i) {
            orders.push_back(i);
          }
        }
      }
    }
    for (int i = 0; i < linker.size(); ++i) {
      if (linker.At(i).kind == kind && !linker.At(i).credit_note) {
        Take(i);
      }
    }
  }

  // A document that was linked now takes its share.
  void Take(int document) {
    for (const Allocation& allocation : AllocateLines(linker_.golden(), linker_.book(), document)) {
      std::vector<Decimal>& open = open_[static_cast<std::size_t>(allocation.order)];
      const auto& quantity = linker_.At(document).lines[static_cast<std::size_t>(allocation.line)].quantity;
      if (open.empty() || !quantity) {
        continue;
      }
      Decimal& left = open[static_cast<std::size_t>(allocation.order_line)];
      if (auto rest = left.Minus(*quantity); rest.ok()) {
        left = *rest;
      }
    }
  }

  // The one order that the document fits: wholly, else in part. -1: none or several.
  int Find(int document) const {
    int whole = -1, part = -1;
    bool several_whole = false, several_part = false;
    for (const int order : Candidates(document)) {
      const Fit fit = Fits(document, order);
      if (fit == Fit::kWhole) {
        several_whole |= whole >= 0;
        whole = order;
      } else if (fit == Fit::kPart) {
        several_part |= part >= 0;
        part = order;
      }
    }
    if (whole >= 0) {
      return several_whole ? -1 : whole;
    }
    return several_part ? -1 : part;
  }

 private:
  // The orders that have the document's rarest product, in the time before it.
  std::vector<int> Candidates(int document) const {
    const GoldenDocument& from = linker_.At(document);
    if (from.lines_from == nullptr || !from.date) {
      return {};
    }
    const std::vector<int>* rarest = nullptr;
    for (const DocumentLine& line : from.lines) {
      std::size_t count = 0;
      const std::vector<int>* of_line = nullptr;
      for (const std::uint64_t product : ProductKeys(line, from.lines_from->record.system)) {
        const auto found = by_product_.find(product);
        if (found != by_product_.end() && found->second.size() > count) {
          of_line = &found->second;
          count = of_line->size();
        }
      }
      if (of_line == nullptr) {
        return {};
      }
      if (rarest == nullptr || of_line->size() < rarest->size()) {
        rarest = of_line;
      }
    }
    std::vector<int> candidates;
    for (std::size_t i = 0; rarest != nullptr && i < rarest->size(); ++i) {
      const GoldenDocument& order = linker_.At((*rarest)[i]);
      if (!order.date || *order.date > *from.date || order.date->PlusDays(kLongestDelivery) < *from.date) {
        continue;
      }
      candidates.push_back((*rarest)[i]);
    }
    if (candidates.size() > kManyCandidates) {
      candidates.clear();
    }
    return candidates;
  }

  Fit Fits(int document, int order) const {
    const GoldenDocument& from = linker_.At(document);
    const std::vector<OrderLine>& lines = linker_.book().LinesOf(order);
    std::vector<Decimal> open = open_[static_cast<std::size_t>(order)];
    if (kind_ == v1::Document::INVOICE && !from.currency.empty() &&
        from.currency != linker_.At(order).currency) {
      return Fit::kNone;
    }
    for (const DocumentLine& line : from.lines) {
      if (!line.quantity || !TakeLine(line, ProductKeys(line, from.lines_from->record.system), lines, open)) {
        return Fit::kNone;
      }
    }
    const bool whole =
        std::all_of(open.begin(), open.end(), [](const Decimal& left) { return left.IsZero(); });
    return whole ? Fit::kWhole : Fit::kPart;
  }

  bool TakeLine(const DocumentLine& line, const std::vector<std::uint64_t>& products,
                const std::vector<OrderLine>& lines, std::vector<Decimal>& open) const {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (open[i] < *line.quantity || !SameProduct(lines[i].products, products)) {
        continue;
      }
      if (kind_ == v1::Document::INVOICE && line.unit_price != lines[i].unit_price) {
        continue;
      }
      const auto rest = open[i].Minus(*line.quantity);
      if (!rest.ok()) {
        continue;
      }
      open[i] = *rest;
      return true;
    }
    return false;
  }

  const Linker& linker_;
  DocumentKind kind_;
  std::vector<std::vector<Decimal>> open_;  // by order and line
  std::unordered_map<std::uint64_t, std::vector<int>> by_product_;
};

void FitToOrders(Linker& linker, DocumentKind kind, std::string_view relation) {
  std::vector<int> without;
  for (int i = 0; i < linker.size(); ++i) {
    const GoldenDocument& document = linker.At(i);
    if (document.kind == kind && !document.credit_note && document.lines_from != nullptr &&
        !linker.HasLink(i, v1::Document::ORDER)) {
      without.push_back(i);
    }
  }
  if (without.empty()) {
    return;
  }
  std::stable_sort(without.begin(), without.end(),
                   [&](int a, int b) { return linker.At(a).date < linker.At(b).date; });
  OpenOrders open(linker, kind);
  for (const int document : without) {
    const int order = open.Find(document);
    if (order < 0) {
      continue;
    }
    linker.Link(order, document, relation, "its lines fit no other order");
    open.Take(document);
  }
}

// An invoice that names no order and the one order of the same total of which nothing was invoiced.
void FitByTotal(Linker& linker) {
  struct Alike {
    std::vector<int> orders, invoices;
  };
  std::map<std::pair<std::string, Decimal>, Alike> by_total;
  for (int i = 0; i < linker.size(); ++i) {
    const GoldenDocument& document = linker.At(i);
    if (!document.total || !document.date || document.cancelled || document.credit_note) {
      continue;
    }
    if (document.kind == v1::Document::ORDER && !linker.HasLink(i, v1::Document::INVOICE)) {
      by_total[{document.currency, *document.total}].orders.push_back(i);
    }
    if (document.kind == v1::Document::INVOICE && !linker.HasLink(i, v1::Document::ORDER)) {
      by_total[{document.currency, *document.total}].invoices.push_back(i);
    }
  }
  for (const auto& [total, alike] : by_total) {
    if (alike.orders.size() != 1 || alike.invoices.size() != 1) {
      continue;
    }
    const Date ordered_on = *linker.At(alike.orders[0]).date;
    const Date issued_on = *linker.At(alike.invoices[0]).date;
    if (ordered_on <= issued_on && ordered_on.PlusDays(kLongestDelivery) >= issued_on) {
      linker.Link(alike.orders[0], alike.invoices[0], kOrderOfInvoice,
                  "the only order of this total that nothing bills");
    }
  }
}

// Quantities by (order, line of the order).
using Quantities = std::map<std::pair<int, int>, Decimal>;

void AddQuantities(const Linker& linker, int document, Quantities& quantities) {
  for (const Allocation& allocation : AllocateLines(linker.golden(), linker.book(), document)) {
    const auto& quantity = linker.At(document).lines[static_cast<std::size_t>(allocation.line)].quantity;
    if (!quantity) {
      continue;
    }
    Decimal& sum = quantities[{allocation.order, allocation.order_line}];
    if (auto next = sum.Plus(*quantity); next.ok()) {
      sum = *next;
    }
  }
}

void FitInvoiceToShipments(Linker& linker, int invoice) {
  std::vector<int> open;
  std::size_t shipments = 0, invoices = 0;
  for (const int order : linker.Linked(invoice, v1::Document::ORDER)) {
    for (const int shipment : linker.Linked(order, v1::Document::SHIPMENT)) {
      ++shipments;
      if (!linker.HasLink(shipment, v1::Document::INVOICE)) {
        open.push_back(shipment);
      }
    }
    for (const int other : linker.Linked(order, v1::Document::INVOICE)) {
      invoices += linker.At(other).credit_note ? 0 : 1;
    }
  }
  if (open.empty() || open.size() > kManyShipments) {
    return;
  }
  if (shipments == 1 && invoices == 1) {
    linker.Link(open[0], invoice, kShipmentOfInvoice, "the only ones of the order");
    return;
  }
  Quantities billed;
  AddQuantities(linker, invoice, billed);
  if (billed.empty()) {
    return;
  }
  std::vector<int> same;
  Quantities all;
  for (const int shipment : open) {
    Quantities shipped;
    AddQuantities(linker, shipment, shipped);
    if (shipped == billed) {
      same.push_back(shipment);
    }
    AddQuantities(linker, shipment, all);
  }
  if (same.size() == 1) {
    linker.Link(same[0], invoice, kShipmentOfInvoice, "the same quantities of the same order");
  } else if (same.empty() && all == billed) {
    for (const int shipment : open) {
      linker.Link(shipment, invoice, kShipmentOfInvoice, "together the same quantities of the same order");
    }
  }
}

}  // namespace

void FitShipments(Linker& linker) { FitToOrders(linker, v1::Document::SHIPMENT, kOrderOfShipment); }
void FitInvoices(Linker& linker) {
  FitToOrders(linker, v1::Document::INVOICE, kOrderOfInvoice);
  FitByTotal(linker);
}

void FitInvoicesToShipments(Linker& linker) {
  for (int i = 0; i < linker.size(); ++i) {
    if (linker.At(i).kind != v1::Document::INVOICE || linker.At(i).credit_note ||
        linker.HasLink(i, v1::Document::SHIPMENT)) {
      continue;
    }
    FitInvoiceToShipments(linker, i);
  }
}

}  // namespace crossbill::transforms
