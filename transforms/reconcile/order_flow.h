// What was shipped and invoiced of each line of an order. Built from the links; credit notes are left out.
// Private to the exceptions.
#pragma once

#include <string>
#include <vector>

#include "transforms/reconcile/order_book.h"

namespace crossbill::transforms {

// A line of a shipment or invoice, on the order line that it is of.
struct FlowEntry {
  int document = 0;
  const DocumentLine* line = nullptr;
};

struct LineFlow {
  std::vector<FlowEntry> shipped;  // by date, then by document
  std::vector<FlowEntry> invoiced;
};

struct OrderFlow {
  int order = 0;
  std::vector<LineFlow> lines;  // as OrderBook::LinesOf
  std::vector<int> shipments;   // linked documents, by date, then by document
  std::vector<int> invoices;
};

// One per order, in their order.
std::vector<OrderFlow> MakeOrderFlows(const std::vector<GoldenDocument>& golden, const OrderBook& book);

// Of one system's documents only, or, without a system, of the system that has most: a shipment that two
// systems have and that was not recognised as one must not count twice.
Decimal SumOf(const std::vector<GoldenDocument>& golden, const std::vector<FlowEntry>& entries,
              const std::string& system);
Decimal SumOf(const std::vector<GoldenDocument>& golden, const std::vector<FlowEntry>& entries);
// The system that has most of it, the first by name of several.
std::string LargestSystem(const std::vector<GoldenDocument>& golden, const std::vector<FlowEntry>& entries);
bool HasRecordOf(const GoldenDocument& document, const std::string& system);

// The documents of a kind that are linked with this one; credit notes are left out. By date, then by index.
std::vector<int> LinkedDocuments(const std::vector<GoldenDocument>& golden, int document, DocumentKind kind);

}  // namespace crossbill::transforms
