// What was shipped and invoiced of each line of an order. Built from the links; credit notes are left out. Private to the exceptions.
#pragma once

#include <vector>

#include "transforms/reconcile/order_book.h"

namespace crossbill::transforms {

// A line of a shipment or invoice, on the order line that it is of.
struct FlowEntry {
  int document = 0;
  const DocumentLine* line = nullptr;
};

struct LineFlow {
  std::vector<FlowEntry> shipped;      // by date, then by document
  std::vector<FlowEntry> invoiced;
};

struct OrderFlow {
  int order = 0;
  std::vector<LineFlow> lines;         // as OrderBook::LinesOf
  std::vector<int> shipments;          // linked documents, by date, then by document
  std::vector<int> invoices;
};

// One per order, in their order.
std::vector<OrderFlow> MakeOrderFlows(const std::vector<GoldenDocument>& golden, const OrderBook& book);

Decimal SumOf(const std::vector<FlowEntry>& entries);

// The documents of a kind that are linked with this one; credit notes are left out. By date, then by index.
std::vector<int> LinkedDocuments(const std::vector<GoldenDocument>& golden, int document, DocumentKind kind);

}  // namespace crossbill::transforms
