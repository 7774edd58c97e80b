#include "transforms/reconcile/order_flow.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace crossbill::transforms {

std::vector<int> LinkedDocuments(const std::vector<GoldenDocument>& golden, int document, DocumentKind kind) {
  std::vector<int> linked;
  for (const LinkPlan& link : golden[static_cast<std::size_t>(document)].links) {
    const GoldenDocument& other = golden[static_cast<std::size_t>(link.document)];
    if (other.kind == kind && !other.credit_note && !link.proposed) {
      linked.push_back(link.document);
    }
  }
  std::sort(linked.begin(), linked.end(), [&](int a, int b) {
    const auto& date_a = golden[static_cast<std::size_t>(a)].date;
    const auto& date_b = golden[static_cast<std::size_t>(b)].date;
    return std::tie(date_a, a) < std::tie(date_b, b);
  });
  return linked;
}

bool HasRecordOf(const GoldenDocument& document, const std::string& system) {
  return std::any_of(document.records.begin(), document.records.end(),
                     [&](const SourceDocument* record) { return record->record.system == system; });
}

Decimal SumOf(const std::vector<GoldenDocument>& golden, const std::vector<FlowEntry>& entries,
              const std::string& system) {
  Decimal sum;
  for (const FlowEntry& entry : entries) {
    if (!entry.line->quantity || !HasRecordOf(golden[static_cast<std::size_t>(entry.document)], system)) {
      continue;
    }
    if (auto next = sum.Plus(*entry.line->quantity); next.ok()) {
      sum = *next;
    }
  }
  return sum;
}

std::string LargestSystem(const std::vector<GoldenDocument>& golden, const std::vector<FlowEntry>& entries) {
  std::set<std::string> systems;
  for (const FlowEntry& entry : entries) {
    for (const SourceDocument* record : golden[static_cast<std::size_t>(entry.document)].records) {
      systems.insert(record->record.system);
    }
  }
  std::string largest;
  Decimal most;
  for (const std::string& system : systems) {
    const Decimal sum = SumOf(golden, entries, system);
    if (largest.empty() || sum > most) {
      largest = system;
      most = sum;
    }
  }
  return largest;
}

Decimal SumOf(const std::vector<GoldenDocument>& golden, const std::vector<FlowEntry>& entries) {
  return SumOf(golden, entries, LargestSystem(golden, entries));
}

std::vector<OrderFlow> MakeOrderFlows(const std::vector<GoldenDocument>& golden, const OrderBook& book) {
  std::vector<OrderFlow> flows;
  std::vector<int> flow_of(golden.size(), -1);
  std::vector<int> followers;
  for (std::size_t i = 0; i < golden.size(); ++i) {
    const DocumentKind kind = golden[i].kind;
    if ((kind == v1::Document::SHIPMENT || kind == v1::Document::INVOICE) && !golden[i].credit_note) {
      followers.push_back(static_cast<int>(i));
    }
    if (kind != v1::Document::ORDER) {
      continue;
    }
    OrderFlow flow;
    flow.order = static_cast<int>(i);
    flow.lines.resize(book.LinesOf(flow.order).size());
    flow.shipments = LinkedDocuments(golden, flow.order, v1::Document::SHIPMENT);
    flow.invoices = LinkedDocuments(golden, flow.order, v1::Document::INVOICE);
    flow_of[i] = static_cast<int>(flows.size());
    flows.push_back(std::move(flow));
  }
  std::sort(followers.begin(), followers.end(), [&](int a, int b) {
    const auto& date_a = golden[static_cast<std::size_t>(a)].date;
    const auto& date_b = golden[static_cast<std::size_t>(b)].date;
    return std::tie(date_a, a) < std::tie(date_b, b);
  });
  for (const int document : followers) {
    const GoldenDocument& from = golden[static_cast<std::size_t>(document)];
    for (const Allocation& allocation : golden[static_cast<std::size_t>(document)].allocations) {
      OrderFlow& flow = flows[static_cast<std::size_t>(flow_of[static_cast<std::size_t>(allocation.order)])];
      LineFlow& line = flow.lines[static_cast<std::size_t>(allocation.order_line)];
      auto& entries = from.kind == v1::Document::SHIPMENT ? line.shipped : line.invoiced;
      entries.push_back({document, &from.lines[static_cast<std::size_t>(allocation.line)]});
    }
  }
  return flows;
}

}  // namespace crossbill::transforms
