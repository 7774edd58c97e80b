#include "transforms/reconcile/same_document.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"
#include "transforms/reconcile/duplicate_invoice.h"
#include "transforms/reconcile/line_agreement.h"
#include "transforms/reconcile/nearest.h"
#include "transforms/reconcile/number_index.h"

namespace crossbill::transforms {
namespace {

constexpr int kSameNumberDays = 31;        // numbers repeat over the years, and between systems
constexpr int kTrackingDays = 60;          // carriers use their numbers again
constexpr int kSharedReferenceDays = 120;  // of records that agree on a reference and on the total
constexpr std::size_t kManyWithOneNumber = 64;
constexpr std::size_t kLeastNumberLength = 4;
constexpr std::size_t kLeastOtherLength = 6;  // "2025" in "2025/5304" is shared by all of a year's orders

// The matching of one customer's documents; each method is a rule.
class Matcher {
 public:
  Matcher(DocumentSpan documents, const DocumentDecisions& decisions, const ReconcileOptions& options)
      : documents_(documents),
        decisions_(decisions),
        options_(options),
        clusters_(documents),
        orders_of_(documents.size()) {}

  Clusters Run();

 private:
  const SourceDocument& At(int i) const { return *documents_[static_cast<std::size_t>(i)]; }
  std::int32_t DayOf(const SourceDocument& document) const {
    return document.date ? document.date->days() : 0;
  }
  void MatchKind(DocumentKind kind);
  void ByDecisions();
  void ByOwnReference();
  void BySameNumber();
  void ByTracking();
  void BySharedReferenceAndTotal();
  void BySharedReferenceAndDate();
  void ByAmountAndDate();
  void ByOrderAndTotal();
  void ByPricesAndDate();
  void ByLinesAndDate();
  void ByMostLinesAndDate();
  void ShipmentsByOrder(bool with_quantities);
  void ShipmentsThatAreLeft();
  void ShipmentsByQuantities();
  void FindOrders();
  bool ShipmentsAgree(int a, int b) const;
  void Pair(std::vector<NearestEntry> entries, int max_days, std::string_view rule, std::string_view what,
            const std::function<bool(int, int)>& also);
  void AddAmounts(int document, std::uint64_t seed, std::vector<NearestEntry>& entries) const;

  bool Compatible(int a, int b) const;

  DocumentSpan documents_;
  const DocumentDecisions& decisions_;
  const ReconcileOptions& options_;
  Clusters clusters_;
  std::vector<std::vector<int>> orders_of_;  // the orders that a shipment, invoice or payment names
  int begin_ = 0, end_ = 0;                  // the documents of the kind in work
};

// Both name numbers of one kind that mean the same in all systems, and none of them agrees.
bool DisjointMentions(const SourceDocument& a, const SourceDocument& b, v1::Reference::Type type) {
  bool both = false;
  for (const Mention& x : a.mentions) {
    if (x.type != type) {
      continue;
    }
    for (const Mention& y : b.mentions) {
      if (y.type != type) {
        continue;
      }
      both = true;
      if (NearlySame(x.number, y.number)) {
        return false;
      }
    }
  }
  return both;
}

bool Disjoint(const std::vector<int>& a, const std::vector<int>& b) {
  return !a.empty() && !b.empty() &&
         std::none_of(a.begin(), a.end(), [&](int x) { return std::binary_search(b.begin(), b.end(), x); });
}

Decimal TotalQuantity(const SourceDocument& document) {
  Decimal sum;
  for (const DocumentLine& line : document.lines) {
    if (!line.quantity) {
      continue;
    }
    if (auto next = sum.Plus(*line.quantity); next.ok()) {
      sum = *next;
    }
  }
  return sum;
}

bool HasAmount(const SourceDocument& document) { return document.total || document.gross; }

// Whether two records that both have this number are likely to mean the same by it.
bool TellsApart(const Mention& mention) {
  return mention.type != v1::Reference::OTHER || mention.number.size() >= kLeastOtherLength;
}

bool Matcher::Compatible(int a, int b) const {
  return clusters_.CanUnite(a, b, [&](int x, int y) {
    return !Contradict(At(x), At(y)) &&
           !Disjoint(orders_of_[static_cast<std::size_t>(x)], orders_of_[static_cast<std::size_t>(y)]);
  });
}

void Matcher::Pair(std::vector<NearestEntry> entries, int max_days, std::string_view rule,
                   std::string_view what, const std::function<bool(int, int)>& also) {
  const auto compatible = [&](int a, int b) { return Compatible(a, b) && also(a, b); };
  // Of two rows of one document in one stream, the first speaks for both.
  std::erase_if(entries,
                [&](const NearestEntry& entry) { return clusters_.IsSecondOfStream(entry.document); });
  for (const NearestPair& pair : MutualNearest(std::move(entries), max_days, compatible)) {
    if (!compatible(pair.left, pair.right)) {
      continue;
    }
    const int days = std::abs(DayOf(At(pair.left)) - DayOf(At(pair.right)));
    clusters_.Unite(pair.left, pair.right, rule, fmt::format("{}, {} days apart", what, days));
  }
}

// (a) One record names the other's own number.
void Matcher::ByOwnReference() {
  struct Edge {
    int days = 0, left = 0, right = 0;
    const std::string* number = nullptr;
  };
  NumberIndex numbers;
  for (int i = begin_; i < end_; ++i) {
    numbers.Add(At(i).kind, At(i).number, i);
  }
  numbers.Finish();
  std::vector<Edge> edges;
  for (int i = begin_; i < end_; ++i) {
    for (const Mention& mention : At(i).mentions) {
      if (!MayMean(mention.type, At(i).kind) || mention.number.size() < kLeastNumberLength) {
        continue;
      }
      std::size_t count = 0;
      numbers.ForEach(At(i).kind, mention.number, [&](int other) {
        if (other == i || ++count > kManyWithOneNumber || At(i).credit_note != At(other).credit_note) {
          return;
        }
        edges.push_back({std::abs(DayOf(At(i)) - DayOf(At(other))), std::min(i, other), std::max(i, other),
                         &mention.number});
      });
    }
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::tie(a.days, a.left, a.right, *a.number) < std::tie(b.days, b.left, b.right, *b.number);
  });
  for (const Edge& edge : edges) {
    const bool fits = clusters_.CanUnite(
        edge.left, edge.right, [&](int x, int y) { return At(x).credit_note == At(y).credit_note; });
    if (fits) {
      clusters_.Unite(edge.left, edge.right, "reference", *edge.number);
    }
  }
}

void Matcher::BySameNumber() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    if (At(i).number.size() < kLeastNumberLength) {
      continue;
    }
    entries.push_back({HashOf(At(i).number), clusters_.StreamOf(i), DayOf(At(i)), i});
  }
  Pair(std::move(entries), kSameNumberDays, "same number", "the same number", [&](int a, int b) {
    const bool near = std::abs(DayOf(At(a)) - DayOf(At(b))) <= options_.same_document_days;
    return near || !HasAmount(At(a)) || !HasAmount(At(b)) ||
           SameAmount(At(a), At(b), options_.amount_tolerance);
  });
}

void Matcher::ByTracking() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    if (At(i).tracking.empty()) {
      continue;
    }
    entries.push_back({HashOf(At(i).tracking), clusters_.StreamOf(i), DayOf(At(i)), i});
  }
  Pair(std::move(entries), kTrackingDays, "tracking number", "the same tracking number",
       [](int, int) { return true; });
}

void Matcher::AddAmounts(int document, std::uint64_t seed, std::vector<NearestEntry>& entries) const {
  const SourceDocument& from = At(document);
  const std::uint64_t with_currency = HashOf(from.currency, seed);
  const auto add = [&](const std::optional<Decimal>& amount) {
    if (!amount || amount->IsZero()) {
      return;
    }
    entries.push_back(
        {AmountKey(*amount, with_currency), clusters_.StreamOf(document), DayOf(from), document});
  };
  add(from.total);
  add(from.gross);
}

void Matcher::BySharedReferenceAndTotal() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    for (const Mention& mention : At(i).mentions) {
      if (TellsApart(mention)) {
        AddAmounts(i, HashOf(mention.number, static_cast<std::uint64_t>(mention.type)), entries);
      }
    }
  }
  Pair(std::move(entries), kSharedReferenceDays, "shared reference", "the same reference and total",
       [](int, int) { return true; });
}

// Only orders may differ in their totals (that is an exception of its own); several shipments and invoices of
// one order are usual.
void Matcher::BySharedReferenceAndDate() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    if (!At(i).date || At(i).kind == v1::Document::SHIPMENT) {
      continue;
    }
    for (const Mention& mention : At(i).mentions) {
      if (!TellsApart(mention)) {
        continue;
      }
      const std::uint64_t key = HashOf(mention.number, static_cast<std::uint64_t>(mention.type));
      entries.push_back({key, clusters_.StreamOf(i), DayOf(At(i)), i});
    }
  }
  Pair(std::move(entries), options_.same_document_days, "shared reference", "the same reference",
       [&](int a, int b) {
         return At(a).kind == v1::Document::ORDER || !HasAmount(At(a)) || !HasAmount(At(b)) ||
                SameAmount(At(a), At(b), options_.amount_tolerance);
       });
}

void Matcher::ByOrderAndTotal() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    for (const int order : orders_of_[static_cast<std::size_t>(i)]) {
      AddAmounts(i, static_cast<std::uint64_t>(order) + 1, entries);
    }
  }
  Pair(std::move(entries), kSharedReferenceDays, "shared order", "the same order and total",
       [](int, int) { return true; });
}

void Matcher::ByAmountAndDate() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    if (At(i).date) {
      AddAmounts(i, 0, entries);
    }
  }
  Pair(std::move(entries), options_.same_document_days, "amount and date", "the same total",
       [](int, int) { return true; });
}

// Orders whose totals differ, of which nothing else is known: the same unit prices on all lines.
void Matcher::ByPricesAndDate() {
  std::vector<NearestEntry> entries;
  std::vector<std::string> prices;
  for (int i = begin_; i < end_; ++i) {
    const SourceDocument& from = At(i);
    if (!from.date || from.lines.empty() || from.cancelled) {
      continue;
    }
    prices.clear();
    for (const DocumentLine& line : from.lines) {
      prices.push_back(line.unit_price ? line.unit_price->Normalised().ToString() : std::string());
    }
    std::sort(prices.begin(), prices.end());
    if (prices.front().empty()) {
      continue;
    }
    std::uint64_t key = HashOf(from.currency);
    for (const std::string& price : prices) {
      key = HashOf(price, key);
    }
    entries.push_back({key, clusters_.StreamOf(i), DayOf(from), i});
  }
  Pair(std::move(entries), options_.same_document_days, "prices and date", "the same prices on all lines",
       [](int, int) { return true; });
}

// Orders of which one line was changed in one of the systems: all the others are the same.
void Matcher::ByLinesAndDate() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    if (!At(i).date || At(i).cancelled) {
      continue;
    }
    for (const std::uint64_t key : LineKeys(At(i).lines, At(i).currency)) {
      entries.push_back({key, clusters_.StreamOf(i), DayOf(At(i)), i});
    }
  }
  Pair(std::move(entries), options_.same_document_days, "lines and date", "the same lines but for one",
       [this](int a, int b) { return LinesAgree(At(a).lines, At(b).lines, 1); });
}

// Orders of which a line was left out in one of the systems, or some were changed.
void Matcher::ByMostLinesAndDate() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    if (!At(i).date || At(i).cancelled) {
      continue;
    }
    for (const std::uint64_t key : SomeLineKeys(At(i).lines, At(i).currency)) {
      entries.push_back({key, clusters_.StreamOf(i), DayOf(At(i)), i});
    }
  }
  Pair(std::move(entries), options_.same_document_days, "most lines and date", "most lines are the same",
       [this](int a, int b) { return MostLinesAgree(At(a).lines, At(b).lines); });
}

// Carriers' numbers and quantities, where both have them.
bool Matcher::ShipmentsAgree(int a, int b) const {
  if (!At(a).tracking.empty() && !At(b).tracking.empty() && !NearlySame(At(a).tracking, At(b).tracking)) {
    return false;
  }
  const Decimal x = TotalQuantity(At(a));
  const Decimal y = TotalQuantity(At(b));
  return x.IsZero() || y.IsZero() || x == y;
}

// Shipments have no totals: those of one order, near in time, of the same quantity.
void Matcher::ShipmentsByOrder(bool with_quantities) {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    const Decimal quantity = TotalQuantity(At(i));
    if (!At(i).date || (with_quantities && quantity.IsZero())) {
      continue;
    }
    for (const int order : orders_of_[static_cast<std::size_t>(i)]) {
      const auto seed = static_cast<std::uint64_t>(order);
      entries.push_back(
          {with_quantities ? AmountKey(quantity, seed) : seed, clusters_.StreamOf(i), DayOf(At(i)), i});
    }
  }
  Pair(std::move(entries), options_.same_document_days, "order and date", "of the same order",
       [this](int a, int b) { return ShipmentsAgree(a, b); });
}

// One is left of the order in each of two systems, whatever dates people typed.
void Matcher::ShipmentsThatAreLeft() {
  std::vector<NearestEntry> entries;
  for (int i = begin_; i < end_; ++i) {
    for (const int order : orders_of_[static_cast<std::size_t>(i)]) {
      entries.push_back({static_cast<std::uint64_t>(order), clusters_.StreamOf(i), 0, i});
    }
  }
  Pair(std::move(entries), 0, "order", "the only ones that are left of the order", [this](int a, int b) {
    return ShipmentsAgree(a, b) && std::abs(DayOf(At(a)) - DayOf(At(b))) <= kTrackingDays;
  });
}

// A shipment of which nobody says the order: the same quantities, line by line, at about the same time.
void Matcher::ShipmentsByQuantities() {
  std::vector<NearestEntry> entries;
  std::vector<std::string> quantities;
  for (int i = begin_; i < end_; ++i) {
    quantities.clear();
    for (const DocumentLine& line : At(i).lines) {
      quantities.push_back(line.quantity ? line.quantity->Normalised().ToString() : std::string());
    }
    std::sort(quantities.begin(), quantities.end());
    if (!At(i).date || quantities.empty() || quantities.front().empty()) {
      continue;
    }
    std::uint64_t key = 0;
    for (const std::string& quantity : quantities) {
      key = HashOf(quantity, key);
    }
    entries.push_back({key, clusters_.StreamOf(i), DayOf(At(i)), i});
  }
  Pair(std::move(entries), options_.same_document_days, "quantities and date",
       "the same quantities on all lines", [this](int a, int b) {
         const bool unknown = orders_of_[static_cast<std::size_t>(a)].empty() ||
                              orders_of_[static_cast<std::size_t>(b)].empty();
         return unknown && ShipmentsAgree(a, b);
       });
}

void Matcher::MatchKind(DocumentKind kind) {
  const auto less = [](const SourceDocument* document, DocumentKind value) { return document->kind < value; };
  begin_ = static_cast<int>(std::lower_bound(documents_.begin(), documents_.end(), kind, less) -
                            documents_.begin());
  end_ = begin_;
  while (end_ < static_cast<int>(documents_.size()) && At(end_).kind == kind) {
    ++end_;
  }
  if (end_ - begin_ < 2) {
    return;
  }
  ByOwnReference();
  BySameNumber();
  if (kind == v1::Document::SHIPMENT) {
    ByTracking();
    ShipmentsByOrder(true);
    ShipmentsByOrder(false);
    ShipmentsThatAreLeft();
    ShipmentsByQuantities();
    return;
  }
  BySharedReferenceAndTotal();
  ByOrderAndTotal();
  BySharedReferenceAndDate();
  ByAmountAndDate();
  if (kind == v1::Document::ORDER) {
    ByPricesAndDate();
    ByLinesAndDate();
    ByMostLinesAndDate();
  }
  if (kind == v1::Document::INVOICE) {
    MergeDuplicateInvoices(documents_, begin_, end_, clusters_);
    ByAmountAndDate();  // what two rows of one invoice stood in the way of
  }
}

// The orders that shipments, invoices and payments name; and of a shipment those that a line of an invoice
// names beside it.
void Matcher::FindOrders() {
  const Resolver resolver(documents_, clusters_);
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    const DocumentKind kind = documents_[i]->kind;
    if (kind == v1::Document::SHIPMENT || kind == v1::Document::INVOICE || kind == v1::Document::PAYMENT) {
      orders_of_[i] = resolver.ResolveAll(v1::Document::ORDER, *documents_[i]);
    }
  }
  for (const SourceDocument* document : documents_) {
    if (document->kind != v1::Document::INVOICE) {
      continue;
    }
    for (const DocumentLine& line : document->lines) {
      const int shipment = resolver.ResolveFirst(v1::Document::SHIPMENT, line.mentions, *document);
      const int order = resolver.ResolveFirst(v1::Document::ORDER, line.mentions, *document);
      if (shipment < 0 || order < 0) {
        continue;
      }
      std::vector<int>& orders = orders_of_[static_cast<std::size_t>(shipment)];
      const auto place = std::lower_bound(orders.begin(), orders.end(), order);
      if (place == orders.end() || *place != order) {
        orders.insert(place, order);
      }
    }
  }
}

// What people said, before all evidence: first what is never one, then what is, the newest first. Of what
// contradicts each other through third records, the walls stay.
void Matcher::ByDecisions() {
  for (const PairDecision& decision : decisions_.identity()) {
    if (decision.verdict == v1::DocumentDecision::DIFFERENT) {
      clusters_.KeepApart(decision.left, decision.right);
    }
  }
  for (const PairDecision& decision : decisions_.identity()) {
    const bool same = decision.verdict == v1::DocumentDecision::SAME;
    if (same && clusters_.Find(decision.left) != clusters_.Find(decision.right) &&
        clusters_.MayBeOne(decision.left, decision.right)) {
      clusters_.Unite(decision.left, decision.right, kDecided, decision.text);
    }
  }
}

Clusters Matcher::Run() {
  ByDecisions();
  MatchKind(v1::Document::QUOTE);
  MatchKind(v1::Document::ORDER);
  FindOrders();
  MatchKind(v1::Document::SHIPMENT);
  MatchKind(v1::Document::INVOICE);
  MatchKind(v1::Document::PAYMENT);
  return std::move(clusters_);
}

bool Near(const std::optional<Decimal>& a, const std::optional<Decimal>& b, const Decimal& tolerance) {
  if (!a || !b) {
    return false;
  }
  const auto gap = a->Abs().Minus(b->Abs());
  return gap.ok() && gap->Abs() <= tolerance.Abs();
}

}  // namespace

bool SameAmount(const SourceDocument& a, const SourceDocument& b, const Decimal& tolerance) {
  return Near(a.total, b.total, tolerance) || Near(a.gross, b.gross, tolerance) ||
         Near(a.total, b.gross, tolerance) || Near(a.gross, b.total, tolerance);
}

bool Contradict(const SourceDocument& a, const SourceDocument& b) {
  if (a.credit_note != b.credit_note) {
    return true;
  }
  if (!a.currency.empty() && !b.currency.empty() && a.currency != b.currency) {
    return true;
  }
  return DisjointMentions(a, b, v1::Reference::CUSTOMER_PO) ||
         DisjointMentions(a, b, v1::Reference::MARKETPLACE_ORDER);
}

Clusters MatchSameDocuments(DocumentSpan documents, const DocumentDecisions& decisions,
                            const ReconcileOptions& options) {
  return Matcher(documents, decisions, options).Run();
}

}  // namespace crossbill::transforms
