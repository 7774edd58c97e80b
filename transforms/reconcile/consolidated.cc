// Invoices that name no shipment, such as one a month for all that left in it: when their lines are just
// those of some shipments that nothing bills yet, and of no others.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "transforms/reconcile/linker.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestWait = 120;           // days between a shipment and its invoice
constexpr std::size_t kManyShipments = 64;  // more open ones than this: quantities say nothing
constexpr std::size_t kManyInTheTime = 2048;
constexpr int kMostSteps = 20000;  // of the search for one invoice; beyond it is given up

// A line as shipments and invoices of one system have it in common.
struct Item {
  std::uint64_t product = 0;
  Decimal quantity;
  std::optional<Decimal> price;
};

// Ways to cover the lines of an invoice with whole shipments; stops at the second one.
class Cover {
 public:
  Cover(std::vector<Item> lines, std::vector<std::vector<Item>> shipments)
      : lines_(std::move(lines)), shipments_(std::move(shipments)), covered_(lines_.size(), false) {}

  // The shipments, when there is one way.
  std::optional<std::vector<int>> Run() {
    Search();
    return found_.size() == 1 && steps_ < kMostSteps ? std::optional(found_.front()) : std::nullopt;
  }

 private:
  void Search() {
    if (found_.size() > 1 || ++steps_ >= kMostSteps) {
      return;
    }
    const auto first = std::find(covered_.begin(), covered_.end(), false);
    if (first == covered_.end()) {
      std::vector<int> sorted = chosen_;
      std::sort(sorted.begin(), sorted.end());
      if (std::find(found_.begin(), found_.end(), sorted) == found_.end()) {
        found_.push_back(std::move(sorted));
      }
      return;
    }
    const auto line = static_cast<std::size_t>(first - covered_.begin());
    for (std::size_t i = 0; i < shipments_.size(); ++i) {
      if (std::find(chosen_.begin(), chosen_.end(), static_cast<int>(i)) != chosen_.end()) {
        continue;
      }
      const std::optional<std::vector<std::size_t>> places = PlacesOf(shipments_[i], line);
      if (!places) {
        continue;
      }
      Mark(*places, true);
      chosen_.push_back(static_cast<int>(i));
      Search();
      chosen_.pop_back();
      Mark(*places, false);
    }
  }

  void Mark(const std::vector<std::size_t>& places, bool covered) {
    for (const std::size_t place : places) {
      covered_[place] = covered;
    }
  }

  // The open lines that the shipment takes, the given one among them: the first that fit.
  std::optional<std::vector<std::size_t>> PlacesOf(const std::vector<Item>& shipment,
                                                   std::size_t with) const {
    std::vector<std::size_t> places;
    bool has = false;
    for (const Item& item : shipment) {
      std::size_t place = with;
      const auto fits = [&](std::size_t i) {
        return !covered_[i] && std::find(places.begin(), places.end(), i) == places.end() &&
               Same(lines_[i], item);
      };
      while (place < lines_.size() && !fits(place)) {
        ++place;
      }
      if (place == lines_.size()) {
        return std::nullopt;
      }
      has |= place == with;
      places.push_back(place);
    }
    return has ? std::optional(places) : std::nullopt;
  }

  static bool Same(const Item& line, const Item& item) {
    return line.product == item.product && line.quantity == item.quantity &&
           (!item.price || !line.price || *item.price == *line.price);
  }

  std::vector<Item> lines_;
  std::vector<std::vector<Item>> shipments_;
  std::vector<bool> covered_;
  std::vector<int> chosen_;
  std::vector<std::vector<int>> found_;
  int steps_ = 0;
};

// The golden lines, each by its first product key; empty when one cannot be compared.
std::vector<Item> ItemsOf(const GoldenDocument& document) {
  std::vector<Item> items;
  for (const DocumentLine& line : document.lines) {
    const std::vector<std::uint64_t> products = ProductKeys(line, document.lines_from->record.system);
    if (products.empty() || !line.quantity) {
      return {};
    }
    items.push_back({products.front(), *line.quantity, line.unit_price});
  }
  return items;
}

class Consolidated {
 public:
  explicit Consolidated(Linker& linker) : linker_(linker) {
    for (int i = 0; i < linker.size(); ++i) {
      const GoldenDocument& shipment = linker.At(i);
      if (shipment.kind == v1::Document::SHIPMENT && shipment.date && !shipment.lines.empty() &&
          !linker.HasLink(i, v1::Document::INVOICE)) {
        open_.emplace_back(*shipment.date, i);
      }
    }
    std::sort(open_.begin(), open_.end());
  }

  void Link(int invoice) {
    const GoldenDocument& from = linker_.At(invoice);
    const std::vector<Item> lines = ItemsOf(from);
    const std::vector<int> open = OpenFor(from, lines);
    if (open.empty() || lines.empty()) {
      return;
    }
    for (const bool with_prices : {true, false}) {
      std::vector<std::vector<Item>> items;
      for (const int shipment : open) {
        items.push_back(ShippedItems(shipment, with_prices));
      }
      const auto found = Cover(lines, std::move(items)).Run();
      if (!found) {
        continue;
      }
      std::vector<int> covered;
      for (const int i : *found) {
        covered.push_back(open[static_cast<std::size_t>(i)]);
      }
      if (OfAllItsOrders(invoice, covered)) {
        LinkTo(invoice, covered);
      }
      return;
    }
  }

 private:
  // In the time before the invoice, of the same system's lines and of its products only, with nothing that
  // bills them. Empty too when there are too many to look at.
  std::vector<int> OpenFor(const GoldenDocument& invoice, const std::vector<Item>& lines) const {
    std::vector<std::uint64_t> products;
    for (const Item& line : lines) {
      products.push_back(line.product);
    }
    std::sort(products.begin(), products.end());
    std::vector<int> open;
    std::size_t seen = 0;
    const auto begin =
        std::lower_bound(open_.begin(), open_.end(), std::pair(invoice.date->PlusDays(-kLongestWait), 0));
    for (auto at = begin; at != open_.end() && at->first <= *invoice.date; ++at) {
      if (++seen > kManyInTheTime || open.size() > kManyShipments) {
        return {};
      }
      if (IsOf(at->second, invoice, products)) {
        open.push_back(at->second);
      }
    }
    return open;
  }

  bool IsOf(int document, const GoldenDocument& invoice, const std::vector<std::uint64_t>& products) const {
    const GoldenDocument& shipment = linker_.At(document);
    const std::vector<Item> items = ItemsOf(shipment);
    return shipment.lines_from->record.system == invoice.lines_from->record.system && !items.empty() &&
           !linker_.HasLink(document, v1::Document::INVOICE) &&
           std::all_of(items.begin(), items.end(), [&](const Item& item) {
             return std::binary_search(products.begin(), products.end(), item.product);
           });
  }

  // With the prices of the order's lines, as an invoice has them.
  std::vector<Item> ShippedItems(int shipment, bool with_prices) const {
    std::vector<Item> items = ItemsOf(linker_.At(shipment));
    if (!with_prices || items.empty()) {
      return items;
    }
    for (const Allocation& allocation : AllocateLines(linker_.golden(), linker_.book(), shipment)) {
      const std::vector<OrderLine>& lines = linker_.book().LinesOf(allocation.order);
      items[static_cast<std::size_t>(allocation.line)].price =
          lines[static_cast<std::size_t>(allocation.order_line)].unit_price;
    }
    return items;
  }

  // The orders that the invoice names are among those of the shipments.
  bool OfAllItsOrders(int invoice, const std::vector<int>& shipments) const {
    std::set<int> orders;
    for (const int shipment : shipments) {
      for (const int order : linker_.Linked(shipment, v1::Document::ORDER)) {
        orders.insert(order);
      }
    }
    const std::vector<int> named = linker_.Linked(invoice, v1::Document::ORDER);
    return std::all_of(named.begin(), named.end(), [&](int order) { return orders.contains(order); });
  }

  void LinkTo(int invoice, const std::vector<int>& shipments) {
    for (const int shipment : shipments) {
      linker_.Link(shipment, invoice, kShipmentOfInvoice, "its lines are just those of the shipments");
      for (const int order : linker_.Linked(shipment, v1::Document::ORDER)) {
        linker_.Link(order, invoice, kOrderOfInvoice, "the order of " + linker_.At(shipment).name);
      }
    }
  }

  Linker& linker_;
  std::vector<std::pair<Date, int>> open_;  // shipments, by date
};

}  // namespace

void FitConsolidated(Linker& linker) {
  std::vector<int> invoices;
  for (int i = 0; i < linker.size(); ++i) {
    const GoldenDocument& document = linker.At(i);
    if (document.kind == v1::Document::INVOICE && !document.credit_note && document.date &&
        document.lines_from != nullptr && !linker.HasLink(i, v1::Document::SHIPMENT)) {
      invoices.push_back(i);
    }
  }
  if (invoices.empty()) {
    return;
  }
  std::stable_sort(invoices.begin(), invoices.end(),
                   [&](int a, int b) { return linker.At(a).date < linker.At(b).date; });
  Consolidated consolidated(linker);
  for (const int invoice : invoices) {
    consolidated.Link(invoice);
  }
}

}  // namespace crossbill::transforms
