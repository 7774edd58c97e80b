#include "transforms/reconcile/order_book.h"

#include <algorithm>

#include "base/id.h"

namespace crossbill::transforms {
namespace {

enum : std::uint64_t { kArticleSeed = 1, kIdSeed = 2, kNameSeed = 3 };

OrderLine LineOf(const DocumentLine& from, const std::string& system) {
  return {from.id, from.quantity, from.unit_price, from.currency, ProductKeys(from, system)};
}

}  // namespace

std::vector<std::uint64_t> ProductKeys(const DocumentLine& line, const std::string& system) {
  std::vector<std::uint64_t> keys;
  if (!line.sku.empty()) {
    keys.push_back(HashOf(line.sku, kArticleSeed));
  }
  if (!line.ean.empty()) {
    keys.push_back(HashOf(line.ean, kArticleSeed));
  }
  if (!line.product_id.empty()) {
    keys.push_back(HashOf(line.product_id, HashOf(system, kIdSeed)));
  }
  if (!line.product_name.empty()) {
    keys.push_back(HashOf(line.product_name, kNameSeed));
  }
  return keys;
}

bool SameProduct(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](std::uint64_t key) { return std::find(b.begin(), b.end(), key) != b.end(); });
}

OrderBook::OrderBook(const std::vector<GoldenDocument>& golden) : golden_(golden), lines_(golden.size()) {
  for (std::size_t i = 0; i < golden.size(); ++i) {
    if (golden[i].kind != v1::Document::ORDER || golden[i].lines_from == nullptr) {
      continue;
    }
    for (const DocumentLine& line : golden[i].lines) {
      lines_[i].push_back(LineOf(line, golden[i].lines_from->record.system));
    }
    AddOtherNames(golden[i], lines_[i]);
  }
}

// What other systems call the products: their line of the same product, else the one in the same place with
// the same quantity and price.
void OrderBook::AddOtherNames(const GoldenDocument& order, std::vector<OrderLine>& lines) const {
  for (const SourceDocument* record : order.records) {
    if (record == order.lines_from) {
      continue;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const DocumentLine* same = nullptr;
      for (const DocumentLine& other : record->lines) {
        if (SameProduct(lines[i].products, ProductKeys(other, record->record.system))) {
          same = &other;
        }
      }
      if (same == nullptr && record->lines.size() == lines.size() &&
          record->lines[i].quantity == lines[i].quantity &&
          record->lines[i].unit_price == lines[i].unit_price) {
        same = &record->lines[i];
      }
      if (same == nullptr) {
        continue;
      }
      for (const std::uint64_t key : ProductKeys(*same, record->record.system)) {
        if (std::find(lines[i].products.begin(), lines[i].products.end(), key) == lines[i].products.end()) {
          lines[i].products.push_back(key);
        }
      }
    }
  }
}

// The line's own reference: "order 4500012, line 20". The line number is that of the system whose order
// number it names.
int OrderBook::ByLineNumber(int order, const DocumentLine& line) const {
  const GoldenDocument& golden = golden_[static_cast<std::size_t>(order)];
  for (const Mention& mention : line.mentions) {
    if (mention.line.empty()) {
      continue;
    }
    for (const SourceDocument* record : golden.records) {
      if (record->number != mention.number) {
        continue;
      }
      const auto found = std::find_if(record->lines.begin(), record->lines.end(),
                                      [&](const DocumentLine& l) { return l.id == mention.line; });
      if (found == record->lines.end()) {
        continue;
      }
      if (record == golden.lines_from) {
        return static_cast<int>(found - record->lines.begin());
      }
      const int same = ByProduct(order, ProductKeys(*found, record->record.system), *found);
      if (same >= 0) {
        return same;
      }
    }
  }
  return -1;
}

// The best of the lines with the product: at the same price, then with the same quantity, then the first.
int OrderBook::ByProduct(int order, const std::vector<std::uint64_t>& products,
                         const DocumentLine& line) const {
  const std::vector<OrderLine>& lines = LinesOf(order);
  int best = -1;
  int best_score = -1;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!SameProduct(lines[i].products, products)) {
      continue;
    }
    const int score = (line.unit_price && lines[i].unit_price == line.unit_price ? 2 : 0) +
                      (lines[i].quantity == line.quantity ? 1 : 0);
    if (score > best_score) {
      best = static_cast<int>(i);
      best_score = score;
    }
  }
  return best;
}

// Where one of the two sides has no product that could be compared.
int OrderBook::ByQuantityAndPrice(int order, const DocumentLine& line) const {
  const std::vector<OrderLine>& lines = LinesOf(order);
  if (!line.quantity || !line.unit_price) {
    return -1;
  }
  int found = -1;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].quantity != line.quantity || lines[i].unit_price != line.unit_price) {
      continue;
    }
    if (found >= 0) {
      return -1;
    }
    found = static_cast<int>(i);
  }
  return found;
}

int OrderBook::Match(int order, const SourceDocument& from, const DocumentLine& line) const {
  if (const int by_number = ByLineNumber(order, line); by_number >= 0) {
    return by_number;
  }
  const std::vector<std::uint64_t> products = ProductKeys(line, from.record.system);
  if (const int by_product = ByProduct(order, products, line); by_product >= 0) {
    return by_product;
  }
  return ByQuantityAndPrice(order, line);
}

bool OrderBook::Names(const DocumentLine& line, int order) const {
  const GoldenDocument& golden = golden_[static_cast<std::size_t>(order)];
  return std::any_of(line.mentions.begin(), line.mentions.end(), [&](const Mention& mention) {
    return std::any_of(golden.records.begin(), golden.records.end(),
                       [&](const SourceDocument* record) { return record->number == mention.number; });
  });
}

namespace {

// Spreads the lines of one document over the lines of the orders that it is linked with.
class Allocator {
 public:
  Allocator(const std::vector<GoldenDocument>& golden, const OrderBook& book, int document)
      : book_(book), document_(document), from_(golden[static_cast<std::size_t>(document)]) {
    for (const LinkPlan& link : from_.links) {
      if (golden[static_cast<std::size_t>(link.document)].kind == v1::Document::ORDER) {
        orders_.push_back(link.document);
      }
    }
    std::sort(orders_.begin(), orders_.end());
  }

  std::vector<Allocation> Run() {
    for (std::size_t i = 0; i < from_.lines.size() && !orders_.empty(); ++i) {
      const DocumentLine& line = from_.lines[i];
      const auto named =
          std::find_if(orders_.begin(), orders_.end(), [&](int order) { return book_.Names(line, order); });
      if (named != orders_.end()) {
        Take(i, *named, book_.Match(*named, *from_.lines_from, line));
      } else {
        TakeBest(i);
      }
    }
    return std::move(allocations_);
  }

 private:
  // The order with the line's price, then the one of which enough is left, then the first.
  void TakeBest(std::size_t line) {
    int best = -1, best_line = -1, best_score = -1;
    for (const int order : orders_) {
      const int order_line = book_.Match(order, *from_.lines_from, from_.lines[line]);
      const int score = order_line < 0 ? -1 : Score(from_.lines[line], order, order_line);
      if (score > best_score) {
        best = order;
        best_line = order_line;
        best_score = score;
      }
    }
    Take(line, best, best_line);
  }

  int Score(const DocumentLine& line, int order, int order_line) const {
    const OrderLine& ordered = book_.LinesOf(order)[static_cast<std::size_t>(order_line)];
    const bool price = line.unit_price && ordered.unit_price == line.unit_price;
    std::optional<Decimal> sum = line.quantity;
    for (const Allocation& taken : allocations_) {
      const auto& quantity = from_.lines[static_cast<std::size_t>(taken.line)].quantity;
      if (sum && quantity && taken.order == order && taken.order_line == order_line) {
        const auto next = sum->Plus(*quantity);
        sum = next.ok() ? std::optional<Decimal>(*next) : std::nullopt;
      }
    }
    const bool left = sum && ordered.quantity && *sum <= *ordered.quantity;
    return (price ? 2 : 0) + (left ? 1 : 0);
  }

  void Take(std::size_t line, int order, int order_line) {
    if (order_line >= 0) {
      allocations_.push_back({document_, static_cast<int>(line), order, order_line});
    }
  }

  const OrderBook& book_;
  int document_;
  const GoldenDocument& from_;
  std::vector<int> orders_;
  std::vector<Allocation> allocations_;
};

}  // namespace

std::vector<Allocation> AllocateLines(const std::vector<GoldenDocument>& golden, const OrderBook& book,
                                      int document) {
  return Allocator(golden, book, document).Run();
}

void AllocateAllLines(std::vector<GoldenDocument>& golden, const OrderBook& book) {
  for (std::size_t i = 0; i < golden.size(); ++i) {
    if (golden[i].kind == v1::Document::SHIPMENT || golden[i].kind == v1::Document::INVOICE) {
      golden[i].allocations = AllocateLines(golden, book, static_cast<int>(i));
    }
  }
}

}  // namespace crossbill::transforms
