// The links found so far between one customer's golden documents, and what the steps of the chain share.
// Private to the chain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transforms/reconcile/chain.h"

namespace crossbill::transforms {

class Linker {
 public:
  Linker(const ChainInput& input, std::vector<GoldenDocument>& golden)
      : input_(input), golden_(golden), resolver_(input.documents, input.clusters), linked_(golden.size()) {}

  const GoldenDocument& At(int document) const { return golden_[static_cast<std::size_t>(document)]; }
  const std::vector<GoldenDocument>& golden() const { return golden_; }
  int size() const { return static_cast<int>(golden_.size()); }
  const OrderBook& book() const { return input_.book; }
  const ReconcileOptions& options() const { return input_.options; }

  // The golden document of the kind that a mention means; -1: none or several.
  int Resolve(DocumentKind kind, const Mention& mention, const SourceDocument& from) const {
    const int root = resolver_.Resolve(kind, mention, from);
    return root < 0 ? -1 : input_.index_of[static_cast<std::size_t>(root)];
  }

  DocumentSpan documents() const { return input_.documents; }
  int GoldenOf(int source_document) const {
    return input_.index_of[static_cast<std::size_t>(source_document)];
  }

  // The first evidence stays.
  void Link(int earlier, int later, std::string_view relation, std::string evidence) {
    Add(earlier, later, relation, std::move(evidence), false);
  }
  // What a person may confirm: it is shown, and counts for nothing else.
  void Propose(int earlier, int later, std::string_view relation, std::string evidence) {
    Add(earlier, later, relation, std::move(evidence), true);
  }
  // What a person said of a payment or a credit note: that it settles the invoice, at most so much of it; or
  // that it is not for it, whatever else says so. At most once of a pair, before all other links.
  void Decide(int invoice, int document, std::string evidence, std::optional<Decimal> most);
  void Refuse(int invoice, int document);
  bool IsRefused(int invoice, int document) const;
  // The documents of a kind that this one is linked with, sorted; proposals are left out.
  std::vector<int> Linked(int document, DocumentKind kind) const;
  bool HasLink(int document, DocumentKind kind) const;

 private:
  void Add(int earlier, int later, std::string_view relation, std::string evidence, bool proposed);

  const ChainInput& input_;
  std::vector<GoldenDocument>& golden_;
  Resolver resolver_;
  std::vector<std::vector<int>> linked_;  // sorted
};

// "ORDER 4500012"
std::string EvidenceOf(const Mention& mention);

// The steps that need no references; each in its own file.
void LinkDecided(Linker& linker, const DocumentDecisions& decisions);  // before all others
void LinkQuotes(Linker& linker);                                       // to orders, by numbers and by lines
void FitShipments(Linker& linker);                                     // to orders, by lines
void FitConsolidated(Linker& linker);         // invoices to shipments of several orders, by lines
void FitInvoices(Linker& linker);             // to orders, by lines and prices
void FitInvoicesToShipments(Linker& linker);  // of the same order, by lines
void FitCredits(Linker& linker);              // to the invoices that they credit, by lines and prices
void LinkPayments(Linker& linker);
void LinkPaymentsByAmount(Linker& linker, const std::vector<int>& payments);  // by date; none has a link

}  // namespace crossbill::transforms
