// The chain: which order a shipment, an invoice or a payment belongs to, which shipments an invoice bills,
// which invoices a payment settles. References first, then what fits in one way only. Pure.
#pragma once

#include <span>
#include <vector>

#include "transforms/reconcile/clusters.h"
#include "transforms/reconcile/document_decisions.h"
#include "transforms/reconcile/golden.h"
#include "transforms/reconcile/number_index.h"
#include "transforms/reconcile/order_book.h"

namespace crossbill::transforms {

inline constexpr std::string_view kOrderOfShipment = "order of shipment";
inline constexpr std::string_view kOrderOfInvoice = "order of invoice";
inline constexpr std::string_view kShipmentOfInvoice = "shipment of invoice";
inline constexpr std::string_view kInvoiceOfPayment = "invoice of payment";
inline constexpr std::string_view kOrderOfPayment = "order of payment";
inline constexpr std::string_view kQuoteOfOrder = "quote of order";
inline constexpr std::string_view kInvoiceOfCreditNote = "invoice of credit note";

struct ChainInput {
  DocumentSpan documents;
  const Clusters& clusters;
  const DocumentDecisions& decisions;
  const std::vector<int>& index_of;  // golden document of a source document
  const ReconcileOptions& options;
  const OrderBook& book;
};

// Sets links and chain of the golden documents. Links stand on both documents, sorted.
void LinkChain(const ChainInput& input, std::vector<GoldenDocument>& golden);

}  // namespace crossbill::transforms
