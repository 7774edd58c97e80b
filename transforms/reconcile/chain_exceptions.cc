// The rules over order lines: what was ordered, shipped and invoiced.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "transforms/reconcile/exception_builder.h"
#include "transforms/reconcile/order_flow.h"

namespace crossbill::transforms {
namespace {

class ChainRules {
 public:
  ChainRules(const ExceptionInput& input, ExceptionResult& result)
      : input_(input), result_(result), flows_(MakeOrderFlows(input.golden, input.book)) {
    FindLooseInvoices();
  }

  void Run() {
    for (const OrderFlow& flow : flows_) {
      FindCurrencyMismatches(flow);
      FindPriceMismatches(flow);
      FindOverShipped(flow);
      FindOverInvoiced(flow);
      FindQuantityMismatches(flow);
      FindInvoicedNotShipped(flow);
    }
    for (std::size_t i = 0; i < input_.golden.size(); ++i) {
      if (At(static_cast<int>(i)).kind == v1::Document::SHIPMENT) {
        FindShippedNotInvoiced(static_cast<int>(i));
      }
      if (At(static_cast<int>(i)).kind == v1::Document::INVOICE) {
        FindInvoiceWithoutOrder(static_cast<int>(i));
      }
    }
  }

 private:
  const GoldenDocument& At(int document) const { return input_.golden[static_cast<std::size_t>(document)]; }
  ExceptionBuilder Start(v1::Exception::Type type, std::string_view rule) const {
    return {type, input_.customer, rule};
  }
  Treatment Treat(v1::Exception::Type type, Documents documents) const {
    return TreatmentOf(input_, type, documents);
  }
  void FindCurrencyMismatches(const OrderFlow& flow);
  void FindPriceMismatches(const OrderFlow& flow);
  void FindOverShipped(const OrderFlow& flow);
  void FindOverInvoiced(const OrderFlow& flow);
  void FindQuantityMismatches(const OrderFlow& flow);
  void FindInvoicedNotShipped(const OrderFlow& flow);
  void FindShippedNotInvoiced(int shipment);
  void FindInvoiceWithoutOrder(int invoice);
  static bool NamesWhatIsNotHere(const GoldenDocument& invoice);
  static bool NamesOtherInvoice(const GoldenDocument& invoice, const SourceDocument& record);
  void OverOrdered(const OrderFlow& flow, bool shipped, v1::Exception::Type type, std::string_view rule);
  void FindLooseInvoices();
  bool Invoiced(int shipment) const;
  std::optional<Decimal> ValueOfShipment(int shipment) const;
  bool IsBareCopy(int shipment) const;
  int InvoiceThatFallsShort(const OrderFlow& flow, std::size_t line) const;

  const ExceptionInput& input_;
  ExceptionResult& result_;
  std::vector<OrderFlow> flows_;
  // What invoices bill that name no shipment: any shipment of these lines may be meant.
  std::set<std::pair<int, int>> loosely_billed_;  // order and its line
  std::set<int> loosely_billed_orders_;
  std::set<int> billed_without_lines_;  // orders
};

void ChainRules::FindCurrencyMismatches(const OrderFlow& flow) {
  const GoldenDocument& order = At(flow.order);
  for (const int invoice : flow.invoices) {
    const GoldenDocument& from = At(invoice);
    if (order.currency.empty() || from.currency.empty() || order.currency == from.currency) {
      continue;
    }
    const Treatment treatment = Treat(v1::Exception::CURRENCY_MISMATCH, {&order, &from});
    if (treatment.off) {
      continue;
    }
    result_.open.push_back(
        Start(v1::Exception::CURRENCY_MISMATCH, "invoice currency differs from the order's")
            .Whole(order)
            .Whole(from)
            .Expected(order.total, order.currency)
            .Found(from.total, from.currency)
            .AtStake(from.total, from.currency)
            .ExpectedText(order.currency)
            .FoundText(from.currency)
            .Since(from.date)
            .Treat(treatment)
            .Detail(fmt::format("{} is in {}, {} in {}", DisplayName(order), order.currency,
                                DisplayName(from), from.currency))
            .Build());
  }
}

// One exception per order and invoice, about the first line that differs.
void ChainRules::FindPriceMismatches(const OrderFlow& flow) {
  const GoldenDocument& order = At(flow.order);
  const std::vector<OrderLine>& lines = input_.book.LinesOf(flow.order);
  std::set<int> reported;
  for (std::size_t i = 0; i < flow.lines.size(); ++i) {
    for (const FlowEntry& entry : flow.lines[i].invoiced) {
      if (!entry.line->unit_price || !lines[i].unit_price || entry.line->currency != lines[i].currency) {
        continue;
      }
      if (*entry.line->unit_price == *lines[i].unit_price || reported.contains(entry.document)) {
        continue;
      }
      const GoldenDocument& invoice = At(entry.document);
      const Treatment treatment = Treat(v1::Exception::PRICE_MISMATCH, {&order, &invoice});
      if (treatment.off || !treatment.Differ(*entry.line->unit_price, *lines[i].unit_price)) {
        continue;
      }
      reported.insert(entry.document);
      result_.open.push_back(
          Start(v1::Exception::PRICE_MISMATCH, "invoice line price differs from the order line's")
              .Whole(order)
              .Whole(invoice)
              .Expected(lines[i].unit_price, lines[i].currency)
              .Found(entry.line->unit_price, entry.line->currency)
              .AtStake(ValueOfGap(entry.line->unit_price, lines[i].unit_price, entry.line->quantity),
                       lines[i].currency)
              .Since(invoice.date)
              .Treat(treatment)
              .Detail(fmt::format("line {} of {}: ordered at {}, invoiced at {} by {}", i + 1,
                                  DisplayName(order), lines[i].unit_price->ToString(),
                                  entry.line->unit_price->ToString(), DisplayName(invoice)))
              .Build());
    }
  }
}

// More was shipped or invoiced than ordered: reported with the document that went over, once an order.
void ChainRules::OverOrdered(const OrderFlow& flow, bool shipped, v1::Exception::Type type,
                             std::string_view rule) {
  const GoldenDocument& order = At(flow.order);
  const std::vector<OrderLine>& lines = input_.book.LinesOf(flow.order);
  for (std::size_t i = 0; i < flow.lines.size(); ++i) {
    if (!lines[i].quantity) {
      continue;
    }
    const std::vector<FlowEntry>& entries = shipped ? flow.lines[i].shipped : flow.lines[i].invoiced;
    const std::string system = LargestSystem(input_.golden, entries);
    Decimal sum;
    for (const FlowEntry& entry : entries) {
      if (!entry.line->quantity || !HasRecordOf(At(entry.document), system)) {
        continue;
      }
      if (auto next = sum.Plus(*entry.line->quantity); next.ok()) {
        sum = *next;
      }
      if (sum <= *lines[i].quantity) {
        continue;
      }
      const GoldenDocument& over = At(entry.document);
      const Treatment treatment = Treat(type, {&order, &over});
      if (treatment.off || !treatment.Differ(sum, *lines[i].quantity)) {
        continue;
      }
      result_.open.push_back(
          Start(type, rule)
              .Whole(order)
              .Whole(over)
              .ExpectedText(lines[i].quantity->ToString())
              .FoundText(sum.ToString())
              .AtStake(ValueOfGap(sum, lines[i].quantity, lines[i].unit_price), lines[i].currency)
              .Since(over.date)
              .Treat(treatment)
              .Detail(fmt::format("line {} of {}: {} ordered, {} {} with {}", i + 1, DisplayName(order),
                                  lines[i].quantity->ToString(), sum.ToString(),
                                  shipped ? "shipped" : "invoiced", DisplayName(over)))
              .Build());
      return;
    }
  }
}

void ChainRules::FindOverShipped(const OrderFlow& flow) {
  OverOrdered(flow, true, v1::Exception::OVER_SHIPPED, "more was shipped of an order line than ordered");
}

void ChainRules::FindOverInvoiced(const OrderFlow& flow) {
  OverOrdered(flow, false, v1::Exception::OVER_INVOICED, "more was invoiced of an order line than ordered");
}

void ChainRules::FindLooseInvoices() {
  for (const OrderFlow& flow : flows_) {
    std::set<int> with_lines;
    std::set<int> loose;
    for (const int invoice : flow.invoices) {
      if (LinkedDocuments(input_.golden, invoice, v1::Document::SHIPMENT).empty()) {
        loose.insert(invoice);
      }
    }
    if (loose.empty()) {
      continue;
    }
    loosely_billed_orders_.insert(flow.order);
    for (std::size_t i = 0; i < flow.lines.size(); ++i) {
      for (const FlowEntry& entry : flow.lines[i].invoiced) {
        if (!loose.contains(entry.document)) {
          continue;
        }
        with_lines.insert(entry.document);
        loosely_billed_.insert({flow.order, static_cast<int>(i)});
      }
    }
    if (with_lines.size() < loose.size()) {
      billed_without_lines_.insert(flow.order);
    }
  }
}

// Something of the shipment was invoiced: an invoice bills it, or one that names no shipment bills one of its
// lines.
bool ChainRules::Invoiced(int shipment) const {
  if (!LinkedDocuments(input_.golden, shipment, v1::Document::INVOICE).empty()) {
    return true;
  }
  if (loosely_billed_orders_.empty()) {
    return false;
  }
  const std::vector<Allocation>& shipped = At(shipment).allocations;
  for (const Allocation& allocation : shipped) {
    if (loosely_billed_.contains({allocation.order, allocation.order_line})) {
      return true;
    }
  }
  for (const int order : LinkedDocuments(input_.golden, shipment, v1::Document::ORDER)) {
    if (billed_without_lines_.contains(order) ||
        (shipped.empty() && loosely_billed_orders_.contains(order))) {
      return true;
    }
  }
  return false;
}

// A note without lines beside other systems' shipments of the same order: most likely one of them, and nobody
// can say what it would bill.
bool ChainRules::IsBareCopy(int shipment) const {
  if (!At(shipment).lines.empty()) {
    return false;
  }
  for (const int order : LinkedDocuments(input_.golden, shipment, v1::Document::ORDER)) {
    for (const int other : LinkedDocuments(input_.golden, order, v1::Document::SHIPMENT)) {
      if (!At(other).lines.empty()) {
        return true;
      }
    }
  }
  return false;
}

// The invoice that bills less of the line than the shipments it bills; the last one where none does.
int ChainRules::InvoiceThatFallsShort(const OrderFlow& flow, std::size_t line) const {
  const LineFlow& of_line = flow.lines[line];
  for (const FlowEntry& billed : of_line.invoiced) {
    const std::vector<int> shipments =
        LinkedDocuments(input_.golden, billed.document, v1::Document::SHIPMENT);
    std::vector<FlowEntry> shipped;
    for (const FlowEntry& entry : of_line.shipped) {
      if (std::find(shipments.begin(), shipments.end(), entry.document) != shipments.end()) {
        shipped.push_back(entry);
      }
    }
    if (billed.line->quantity && *billed.line->quantity < SumOf(input_.golden, shipped)) {
      return billed.document;
    }
  }
  return of_line.invoiced.back().document;
}

void ChainRules::FindQuantityMismatches(const OrderFlow& flow) {
  const GoldenDocument& order = At(flow.order);
  const std::vector<OrderLine>& lines = input_.book.LinesOf(flow.order);
  for (std::size_t i = 0; i < flow.lines.size(); ++i) {
    const Decimal shipped = SumOf(input_.golden, flow.lines[i].shipped);
    const Decimal invoiced = SumOf(input_.golden, flow.lines[i].invoiced);
    if (invoiced <= Decimal() || invoiced >= shipped || !lines[i].quantity || shipped > *lines[i].quantity) {
      continue;
    }
    if (!std::all_of(flow.shipments.begin(), flow.shipments.end(),
                     [&](int shipment) { return Invoiced(shipment); })) {
      return;
    }
    const GoldenDocument& invoice = At(InvoiceThatFallsShort(flow, i));
    const Treatment treatment = Treat(v1::Exception::QUANTITY_MISMATCH, {&order, &invoice});
    if (treatment.off || !treatment.Differ(invoiced, shipped)) {
      continue;
    }
    result_.open.push_back(
        Start(v1::Exception::QUANTITY_MISMATCH, "less was invoiced of an order line than shipped")
            .Whole(order)
            .Whole(invoice)
            .ExpectedText(shipped.ToString())
            .FoundText(invoiced.ToString())
            .AtStake(ValueOfGap(shipped, invoiced, lines[i].unit_price), lines[i].currency)
            .Since(invoice.date)
            .Treat(treatment)
            .Detail(fmt::format("line {} of {}: {} shipped, {} invoiced", i + 1, DisplayName(order),
                                shipped.ToString(), invoiced.ToString()))
            .Build());
    return;
  }
}

void ChainRules::FindInvoicedNotShipped(const OrderFlow& flow) {
  const GoldenDocument& order = At(flow.order);
  if (order.property || flow.invoices.empty() || !flow.shipments.empty()) {
    return;
  }
  ExceptionBuilder builder =
      Start(v1::Exception::INVOICED_NOT_SHIPPED, "an order was invoiced and nothing of it was shipped");
  builder.Whole(order);
  for (const int invoice : flow.invoices) {
    if (!LinkedDocuments(input_.golden, invoice, v1::Document::SHIPMENT).empty()) {
      return;
    }
    builder.Whole(At(invoice));
  }
  const GoldenDocument& first = At(flow.invoices.front());
  const Treatment treatment = Treat(v1::Exception::INVOICED_NOT_SHIPPED, {&order, &first});
  if (treatment.off || !IsDue(input_, treatment, first.date, result_)) {
    return;
  }
  result_.open.push_back(builder.Found(first.total, first.currency)
                             .Treat(treatment)
                             .AtStake(first.total, first.currency)
                             .Since(first.date)
                             .Detail(fmt::format("{} was invoiced by {}; there is no shipment",
                                                 DisplayName(order), DisplayName(first)))
                             .Build());
}

// What it would bill, at the prices of its orders; nothing where a line of it has none.
std::optional<Decimal> ChainRules::ValueOfShipment(int shipment) const {
  const std::vector<Allocation>& allocations = At(shipment).allocations;
  if (allocations.empty() || allocations.size() != At(shipment).lines.size()) {
    return std::nullopt;
  }
  Decimal sum;
  for (const Allocation& allocation : allocations) {
    const OrderLine& ordered =
        input_.book.LinesOf(allocation.order)[static_cast<std::size_t>(allocation.order_line)];
    const auto value =
        ValueOf(At(shipment).lines[static_cast<std::size_t>(allocation.line)].quantity, ordered.unit_price);
    const auto next = value ? sum.Plus(*value) : sum.Plus(Decimal());
    if (!value || !next.ok()) {
      return std::nullopt;
    }
    sum = *next;
  }
  return sum;
}

void ChainRules::FindShippedNotInvoiced(int shipment) {
  const GoldenDocument& from = At(shipment);
  const std::vector<int> orders = LinkedDocuments(input_.golden, shipment, v1::Document::ORDER);
  if (!from.date || orders.empty() || IsBareCopy(shipment) || Invoiced(shipment)) {
    return;
  }
  const Treatment treatment = Treat(v1::Exception::SHIPPED_NOT_INVOICED, {&At(orders.front()), &from});
  if (treatment.off || !IsDue(input_, treatment, from.date, result_)) {
    return;
  }
  ExceptionBuilder builder = Start(v1::Exception::SHIPPED_NOT_INVOICED,
                                   "nothing was invoiced of a shipment that is older than the days allowed");
  for (const int order : orders) {
    builder.Whole(At(order));
  }
  result_.open.push_back(
      builder.Whole(from)
          .AtStake(ValueOfShipment(shipment), At(orders.front()).currency)
          .ExpectedText(fmt::format("an invoice within {} days", treatment.days))
          .Since(from.date)
          .Treat(treatment)
          .Detail(fmt::format("{} left on {}; there is no invoice", DisplayName(from), from.date->ToString()))
          .Build());
}

// An invoice that names an order, a contract or another system's invoice that is not among the documents has
// one by its own word: of a system that is not read, or not found under this customer.
bool ChainRules::NamesWhatIsNotHere(const GoldenDocument& invoice) {
  const auto names = [](const Mention& mention) {
    return mention.type == v1::Reference::ORDER || mention.type == v1::Reference::CONTRACT;
  };
  const auto names_in = [&](const std::vector<Mention>& mentions) {
    return std::any_of(mentions.begin(), mentions.end(), names);
  };
  return std::any_of(invoice.records.begin(), invoice.records.end(), [&](const SourceDocument* record) {
    return names_in(record->mentions) || NamesOtherInvoice(invoice, *record) ||
           std::any_of(record->lines.begin(), record->lines.end(),
                       [&](const DocumentLine& line) { return names_in(line.mentions); });
  });
}

// A copy of an invoice that none of its records is.
bool ChainRules::NamesOtherInvoice(const GoldenDocument& invoice, const SourceDocument& record) {
  return std::any_of(record.mentions.begin(), record.mentions.end(), [&](const Mention& mention) {
    return mention.type == v1::Reference::INVOICE && invoice.records.size() == 1 &&
           mention.number != record.number;
  });
}

void ChainRules::FindInvoiceWithoutOrder(int invoice) {
  const GoldenDocument& from = At(invoice);
  if (from.credit_note || NamesWhatIsNotHere(from) ||
      !LinkedDocuments(input_.golden, invoice, v1::Document::ORDER).empty() ||
      !LinkedDocuments(input_.golden, invoice, v1::Document::SHIPMENT).empty()) {
    return;
  }
  const Treatment treatment = Treat(v1::Exception::INVOICE_WITHOUT_ORDER, {&from});
  if (treatment.off || !IsDue(input_, treatment, from.date, result_)) {
    return;
  }
  result_.open.push_back(
      Start(v1::Exception::INVOICE_WITHOUT_ORDER, "no order in any system belongs to an invoice")
          .Whole(from)
          .Found(from.gross ? from.gross : from.total, from.currency)
          .AtStake(from.gross ? from.gross : from.total, from.currency)
          .Since(from.date)
          .Treat(treatment)
          .Detail(fmt::format("{} belongs to no order", DisplayName(from)))
          .Build());
}

}  // namespace

void FindChainExceptions(const ExceptionInput& input, ExceptionResult& result) {
  ChainRules(input, result).Run();
}

}  // namespace crossbill::transforms
