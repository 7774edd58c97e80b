// The rules of the configuration's own: each looks at every document of its kind, with the sums of its chain.
#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "crossbill/v1/unified_document.pb.h"
#include "transforms/reconcile/exception_builder.h"
#include "transforms/reconcile/order_flow.h"

namespace crossbill::transforms {
namespace {

void AddTo(Decimal& sum, const std::optional<Decimal>& amount) {
  if (!amount) {
    return;
  }
  if (auto next = sum.Plus(*amount); next.ok()) {
    sum = *next;
  }
}

// What the documents of one chain come to, by currency.
struct ChainSums {
  Decimal ordered, shipped, invoiced, paid;
};

class OwnRuleFinder {
 public:
  OwnRuleFinder(const ExceptionInput& input, ExceptionResult& result) : input_(input), result_(result) {}

  void Run() {
    for (const auto& rule : input_.options.rules) {
      for (std::size_t i = 0; i < input_.golden.size(); ++i) {
        if (input_.golden[i].kind == rule->on) {
          Look(*rule, static_cast<int>(i));
        }
      }
    }
  }

 private:
  struct Chain {
    std::map<std::string, ChainSums, std::less<>> sums;  // by currency
    std::map<int, std::int64_t> counts;                  // by kind
  };

  // Made when the first rule asks.
  const Chain& ChainOf(int document) {
    if (chains_.empty()) {
      for (std::size_t i = 0; i < input_.golden.size(); ++i) {
        AddToChain(static_cast<int>(i));
      }
    }
    return chains_[KeyOf(document)];
  }
  // A document without a chain is one of its own.
  std::string KeyOf(int document) const {
    const GoldenDocument& golden = input_.golden[static_cast<std::size_t>(document)];
    return golden.chain.empty() ? golden.name : golden.chain;
  }
  void AddToChain(int index);
  void AddShipped(int shipment, Chain& chain) const;
  void FillLines(int order, RuleSubject& subject);
  void Look(const OwnRule& rule, int index);

  const ExceptionInput& input_;
  ExceptionResult& result_;
  std::map<std::string, Chain, std::less<>> chains_;
  std::optional<std::vector<OrderFlow>> flows_;
};

void OwnRuleFinder::AddToChain(int index) {
  const GoldenDocument& document = input_.golden[static_cast<std::size_t>(index)];
  Chain& chain = chains_[KeyOf(index)];
  ++chain.counts[document.kind];
  if (document.kind == v1::Document::SHIPMENT) {
    AddShipped(index, chain);
    return;
  }
  ChainSums& sums = chain.sums[document.currency];
  if (document.kind == v1::Document::ORDER && !document.cancelled) {
    AddTo(sums.ordered, document.total);
  }
  if (document.kind == v1::Document::INVOICE && document.total) {
    AddTo(sums.invoiced, document.credit_note ? document.total->Abs().Negated() : *document.total);
  }
  if (document.kind == v1::Document::PAYMENT) {
    AddTo(sums.paid, document.total);
  }
}

// What was shipped, at the prices of the orders.
void OwnRuleFinder::AddShipped(int shipment, Chain& chain) const {
  const GoldenDocument& from = input_.golden[static_cast<std::size_t>(shipment)];
  for (const Allocation& allocation : from.allocations) {
    const OrderLine& ordered =
        input_.book.LinesOf(allocation.order)[static_cast<std::size_t>(allocation.order_line)];
    const DocumentLine& line = from.lines[static_cast<std::size_t>(allocation.line)];
    AddTo(chain.sums[ordered.currency].shipped, ValueOf(line.quantity, ordered.unit_price));
  }
}

void OwnRuleFinder::FillLines(int order, RuleSubject& subject) {
  if (!flows_) {
    flows_ = MakeOrderFlows(input_.golden, input_.book);
  }
  for (const OrderFlow& flow : *flows_) {
    if (flow.order != order) {
      continue;
    }
    const std::vector<OrderLine>& lines = input_.book.LinesOf(order);
    for (std::size_t i = 0; i < flow.lines.size(); ++i) {
      subject.lines.push_back({lines[i].quantity, SumOf(input_.golden, flow.lines[i].shipped),
                               SumOf(input_.golden, flow.lines[i].invoiced)});
    }
  }
}

void OwnRuleFinder::Look(const OwnRule& rule, int index) {
  const GoldenDocument& document = input_.golden[static_cast<std::size_t>(index)];
  v1::UnifiedDocument unified;
  FillGoldenValues(document.by_authority, input_.options, unified);
  RuleSubject subject{
      unified.document(), input_.facts, input_.as_of, document.open, {}, {}, {}, {}, 0, 0, 0, 0, 0, 0, {}};
  const Chain& chain = ChainOf(index);
  if (const auto sums = chain.sums.find(document.currency); sums != chain.sums.end()) {
    subject.ordered = sums->second.ordered;
    subject.shipped = sums->second.shipped;
    subject.invoiced = sums->second.invoiced;
    subject.paid = sums->second.paid;
  }
  const auto count = [&](v1::Document::Kind kind) {
    const auto found = chain.counts.find(kind);
    return found == chain.counts.end() ? 0 : found->second;
  };
  subject.quotes = count(v1::Document::QUOTE);
  subject.orders = count(v1::Document::ORDER);
  subject.shipments = count(v1::Document::SHIPMENT);
  subject.invoices = count(v1::Document::INVOICE);
  subject.payments = count(v1::Document::PAYMENT);
  std::set<std::string_view> systems;
  for (const SourceDocument* record : document.records) {
    systems.insert(record->record.system);
  }
  subject.systems = static_cast<std::int64_t>(systems.size());
  if (document.kind == v1::Document::ORDER) {
    FillLines(index, subject);
  }
  if (rule.changes_with_time) {
    result_.next_due = input_.as_of.PlusDays(1);
  }
  const std::optional<OwnRule::Finding> finding = rule.Look(subject);
  if (!finding) {
    return;
  }
  Treatment treatment;
  treatment.severity = rule.severity;
  treatment.unit = rule.unit;
  treatment = TreatmentOf(input_, v1::Exception::OWN_RULE, {&document}, std::move(treatment));
  if (treatment.off) {
    return;
  }
  const std::optional<Decimal>& amount = document.gross ? document.gross : document.total;
  result_.open.push_back(
      ExceptionBuilder(v1::Exception::OWN_RULE, input_.customer, rule.text)
          .OwnRuleName(rule.name)
          .Whole(document)
          .AtStake(finding->at_stake ? finding->at_stake : amount, document.currency)
          .Since(document.date)
          .Detail(fmt::format("{}: {}", DisplayName(document), rule.why.empty() ? rule.name : rule.why))
          .Treat(treatment)
          .Build());
}

}  // namespace

void FindOwnRuleExceptions(const ExceptionInput& input, ExceptionResult& result) {
  if (!input.options.rules.empty()) {
    OwnRuleFinder(input, result).Run();
  }
}

}  // namespace crossbill::transforms
