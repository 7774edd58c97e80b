// A document as all systems have it, before it is written out: its records and the facts that chain and
// exceptions compare.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "transforms/reconcile/survivorship.h"

namespace crossbill::transforms {

struct MatchPlan {
  const SourceDocument* left = nullptr;
  const SourceDocument* right = nullptr;
  std::string_view rule;
  std::string evidence;
};

struct LinkPlan {
  int document = 0;           // index of the other golden document
  std::string_view relation;  // "order of shipment" …: constants
  std::string evidence;
  bool proposed = false;           // for a person to confirm: no part of the chain
  std::optional<Decimal> settled;  // between an invoice and what pays or credits it
};

// Another document of the kind that may be the same one: for a person to say.
struct NearMatch {
  int document = 0;  // index of the other golden document
  std::string evidence;
};

// What a person said of a payment or a credit note and an invoice.
struct DecidedInvoice {
  int invoice = 0;
  bool settles = false;         // else it is not for this one
  std::optional<Decimal> most;  // of the invoice that it settles, where that was said
};

// A line of a shipment or an invoice that was found to be of a line of an order.
struct Allocation {
  int document = 0;
  int line = 0;  // index into the golden lines
  int order = 0;
  int order_line = 0;  // index into OrderBook::LinesOf(order)
};

struct GoldenDocument {
  DocumentKind kind = v1::Document::UNSPECIFIED;
  std::string name;
  Records records;  // sorted by record
  Records by_authority;
  std::vector<MatchPlan> matches;
  std::vector<LinkPlan> links;
  std::vector<NearMatch> near_matches;  // in order
  std::vector<DecidedInvoice> decided;  // of a payment or credit note
  std::string chain;
  std::vector<Allocation> allocations;  // of its lines, when all is linked

  // The values of the record with the most authority that has them.
  std::optional<Date> date;
  std::string currency;
  std::optional<Decimal> total;
  std::optional<Decimal> gross;
  std::span<const DocumentLine> lines;  // of lines_from
  const SourceDocument* lines_from = nullptr;
  std::string org_unit;
  std::optional<Decimal> open;  // of an invoice: left to pay; of a payment: left to allocate
  bool credit_note = false;
  bool property = false;
  bool cancelled = false;  // in all of its records
};

class Clusters;

// One golden document per cluster, in order of kind and smallest record; `index_of[i]`: the golden document
// of the i-th source document.
std::vector<GoldenDocument> MakeGoldenDocuments(std::span<const SourceDocument* const> documents,
                                                const Clusters& clusters, const ReconcileOptions& options,
                                                std::vector<int>& index_of);

}  // namespace crossbill::transforms
