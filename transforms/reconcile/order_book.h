// The lines of all orders of a customer, and which of them a line of a shipment or an invoice means. Built
// once; read only afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transforms/reconcile/golden.h"

namespace crossbill::transforms {

struct OrderLine {
  std::string id;
  std::optional<Decimal> quantity;
  std::optional<Decimal> unit_price;
  std::string currency;
  std::vector<std::uint64_t> products;  // hashes of all names that the systems have for the product
};

// The names by which lines find each other: SKU and EAN (which people type for each other), the system's own
// id, and the text.
std::vector<std::uint64_t> ProductKeys(const DocumentLine& line, const std::string& system);

// One of the names is the same.
bool SameProduct(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);

class OrderBook {
 public:
  explicit OrderBook(const std::vector<GoldenDocument>& golden);

  // Lines of the golden document, as its record with the most authority has them; empty for what is no order.
  const std::vector<OrderLine>& LinesOf(int order) const { return lines_[static_cast<std::size_t>(order)]; }
  // The order's line that `line` of `from` means: by the number of the line, else by the product, else by
  // quantity and price. -1: none.
  int Match(int order, const SourceDocument& from, const DocumentLine& line) const;
  // The line names one of the order's numbers.
  bool Names(const DocumentLine& line, int order) const;

 private:
  int ByLineNumber(int order, const DocumentLine& line) const;
  int ByProduct(int order, const std::vector<std::uint64_t>& products, const DocumentLine& line) const;
  int ByQuantityAndPrice(int order, const DocumentLine& line) const;
  void AddOtherNames(const GoldenDocument& order, std::vector<OrderLine>& lines) const;

  const std::vector<GoldenDocument>& golden_;
  std::vector<std::vector<OrderLine>> lines_;
};

// Of the document's golden lines, by the orders that it is linked with.
std::vector<Allocation> AllocateLines(const std::vector<GoldenDocument>& golden, const OrderBook& book,
                                      int document);
// The same for all shipments and invoices, into their `allocations`: when everything is linked.
void AllocateAllLines(std::vector<GoldenDocument>& golden, const OrderBook& book);

}  // namespace crossbill::transforms
