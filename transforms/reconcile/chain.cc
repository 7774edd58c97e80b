#include "transforms/reconcile/chain.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "transforms/reconcile/linker.h"
#include "transforms/reconcile/settlement.h"

namespace crossbill::transforms {
namespace {

constexpr bool NamesOurOrder(v1::Reference::Type type) {
  return type == v1::Reference::ORDER || type == v1::Reference::CONTRACT ||
         type == v1::Reference::MARKETPLACE_ORDER;
}

// Calls visit(record, mention) for all mentions of the header and the lines.
template <class Visit>
void ForEachMention(const GoldenDocument& document, const Visit& visit) {
  for (const SourceDocument* record : document.records) {
    for (const Mention& mention : record->mentions) {
      visit(*record, mention);
    }
    for (const DocumentLine& line : record->lines) {
      for (const Mention& mention : line.mentions) {
        visit(*record, mention);
      }
    }
  }
}

// To the orders that are named; the customer's own number and numbers of unknown meaning only count where no
// order of ours is named.
void LinkToOrders(Linker& linker, int document, std::string_view relation) {
  for (const bool ours : {true, false}) {
    if (linker.HasLink(document, v1::Document::ORDER)) {
      return;
    }
    ForEachMention(linker.At(document), [&](const SourceDocument& record, const Mention& mention) {
      if (NamesOurOrder(mention.type) != ours) {
        return;
      }
      if (const int order = linker.Resolve(v1::Document::ORDER, mention, record); order >= 0) {
        linker.Link(order, document, relation, EvidenceOf(mention));
      }
    });
  }
}

void LinkInvoice(Linker& linker, int invoice) {
  const bool credit_note = linker.At(invoice).credit_note;
  ForEachMention(linker.At(invoice), [&](const SourceDocument& record, const Mention& mention) {
    if (const int shipment = linker.Resolve(v1::Document::SHIPMENT, mention, record); shipment >= 0) {
      linker.Link(shipment, invoice, kShipmentOfInvoice, EvidenceOf(mention));
    }
    if (!credit_note) {
      return;
    }
    const int credited = linker.Resolve(v1::Document::INVOICE, mention, record);
    if (credited >= 0 && credited != invoice && !linker.At(credited).credit_note) {
      linker.Link(credited, invoice, kInvoiceOfCreditNote, EvidenceOf(mention));
    }
  });
  LinkToOrders(linker, invoice, kOrderOfInvoice);
}

// An invoice line that names an order and a shipment says that the shipment is of that order.
void LinkShipmentsThroughInvoiceLines(Linker& linker, int invoice) {
  for (const SourceDocument* record : linker.At(invoice).records) {
    for (const DocumentLine& line : record->lines) {
      int order = -1;
      int shipment = -1;
      for (const Mention& mention : line.mentions) {
        if (order < 0) {
          order = linker.Resolve(v1::Document::ORDER, mention, *record);
        }
        if (shipment < 0) {
          shipment = linker.Resolve(v1::Document::SHIPMENT, mention, *record);
        }
      }
      if (order < 0 || shipment < 0 || linker.HasLink(shipment, v1::Document::ORDER)) {
        continue;
      }
      linker.Link(order, shipment, kOrderOfShipment, "a line of " + linker.At(invoice).name + " names both");
    }
  }
}

// An invoice that names shipments only is of their orders.
void LinkInvoiceThroughShipments(Linker& linker, int invoice) {
  if (linker.HasLink(invoice, v1::Document::ORDER)) {
    return;
  }
  for (const int shipment : linker.Linked(invoice, v1::Document::SHIPMENT)) {
    for (const int order : linker.Linked(shipment, v1::Document::ORDER)) {
      linker.Link(order, invoice, kOrderOfInvoice, "the order of " + linker.At(shipment).name);
    }
  }
}

template <class Step>
void ForKind(Linker& linker, DocumentKind kind, const Step& step) {
  for (int i = 0; i < linker.size(); ++i) {
    if (linker.At(i).kind == kind) {
      step(i);
    }
  }
}

bool IsOfChain(DocumentKind kind) {
  return kind == v1::Document::ORDER || kind == v1::Document::SHIPMENT || kind == v1::Document::INVOICE ||
         kind == v1::Document::PAYMENT;
}

std::string ChainName(const GoldenDocument& smallest) {
  const RecordRef& record = smallest.records.front()->record;
  return "chains/" +
         ShortId(Hash128Of({"chain", KindName(smallest.kind), record.system, record.stream, record.key}));
}

// A chain is a connected component; its name is that of its smallest record. A quote is of its order's chain
// but connects nothing.
void NameChains(std::vector<GoldenDocument>& golden) {
  std::vector<std::size_t> root(golden.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](std::size_t i) {
    while (root[i] != i) {
      i = root[i] = root[root[i]];
    }
    return i;
  };
  for (std::size_t i = 0; i < golden.size(); ++i) {
    if (!IsOfChain(golden[i].kind)) {
      continue;
    }
    for (const LinkPlan& link : golden[i].links) {
      const auto other = static_cast<std::size_t>(link.document);
      if (link.proposed || !IsOfChain(golden[other].kind)) {
        continue;
      }
      const std::size_t a = find(i);
      const std::size_t b = find(other);
      root[std::max(a, b)] = std::min(a, b);
    }
  }
  for (std::size_t i = 0; i < golden.size(); ++i) {
    if (IsOfChain(golden[i].kind)) {
      golden[i].chain = ChainName(golden[find(i)]);
    }
  }
  for (GoldenDocument& quote : golden) {
    if (quote.kind != v1::Document::QUOTE || quote.links.empty()) {
      continue;
    }
    quote.chain = golden[static_cast<std::size_t>(quote.links.front().document)].chain;
  }
}

}  // namespace

std::string EvidenceOf(const Mention& mention) {
  std::string text = v1::Reference::Type_Name(mention.type) + " " + mention.number;
  return mention.line.empty() ? text : text + " line " + mention.line;
}

void Linker::Add(int earlier, int later, std::string_view relation, std::string evidence, bool proposed) {
  std::vector<int>& of_earlier = linked_[static_cast<std::size_t>(earlier)];
  std::vector<int>& of_later = linked_[static_cast<std::size_t>(later)];
  const auto place = std::lower_bound(of_earlier.begin(), of_earlier.end(), later);
  if (earlier == later || (place != of_earlier.end() && *place == later) || IsRefused(earlier, later)) {
    return;
  }
  if (!proposed) {
    of_earlier.insert(place, later);
    of_later.insert(std::lower_bound(of_later.begin(), of_later.end(), earlier), earlier);
  }
  golden_[static_cast<std::size_t>(earlier)].links.push_back({later, relation, evidence, proposed, {}});
  golden_[static_cast<std::size_t>(later)].links.push_back(
      {earlier, relation, std::move(evidence), proposed, {}});
}

void Linker::Decide(int invoice, int document, std::string evidence, std::optional<Decimal> most) {
  const std::string_view relation =
      At(document).kind == v1::Document::PAYMENT ? kInvoiceOfPayment : kInvoiceOfCreditNote;
  Add(invoice, document, relation, std::move(evidence), false);
  golden_[static_cast<std::size_t>(document)].decided.push_back({invoice, true, most});
}

void Linker::Refuse(int invoice, int document) {
  golden_[static_cast<std::size_t>(document)].decided.push_back({invoice, false, std::nullopt});
}

bool Linker::IsRefused(int invoice, int document) const {
  const std::vector<DecidedInvoice>& decided = At(document).decided;
  return std::any_of(decided.begin(), decided.end(),
                     [&](const DecidedInvoice& each) { return each.invoice == invoice && !each.settles; });
}

std::vector<int> Linker::Linked(int document, DocumentKind kind) const {
  std::vector<int> result;
  for (const int other : linked_[static_cast<std::size_t>(document)]) {
    if (At(other).kind == kind) {
      result.push_back(other);
    }
  }
  return result;
}

bool Linker::HasLink(int document, DocumentKind kind) const {
  const std::vector<int>& others = linked_[static_cast<std::size_t>(document)];
  return std::any_of(others.begin(), others.end(), [&](int other) { return At(other).kind == kind; });
}

void LinkChain(const ChainInput& input, std::vector<GoldenDocument>& golden) {
  Linker linker(input, golden);
  LinkDecided(linker, input.decisions);
  LinkQuotes(linker);
  ForKind(linker, v1::Document::SHIPMENT,
          [&](int shipment) { LinkToOrders(linker, shipment, kOrderOfShipment); });
  ForKind(linker, v1::Document::INVOICE, [&](int invoice) { LinkInvoice(linker, invoice); });
  ForKind(linker, v1::Document::INVOICE,
          [&](int invoice) { LinkShipmentsThroughInvoiceLines(linker, invoice); });
  FitShipments(linker);
  ForKind(linker, v1::Document::INVOICE, [&](int invoice) { LinkInvoiceThroughShipments(linker, invoice); });
  FitConsolidated(linker);
  FitInvoices(linker);
  FitInvoicesToShipments(linker);
  FitCredits(linker);
  LinkPayments(linker);
  for (GoldenDocument& document : golden) {
    std::sort(document.links.begin(), document.links.end(),
              [](const LinkPlan& a, const LinkPlan& b) { return a.document < b.document; });
  }
  SettleInvoices(golden);
  NameChains(golden);
}

}  // namespace crossbill::transforms
