// The rule over quotes: an order's price that is not the one that was agreed, and that nobody approved.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "transforms/reconcile/exception_builder.h"
#include "transforms/reconcile/order_flow.h"
#include "transforms/reconcile/price_log.h"

namespace crossbill::transforms {
namespace {

// The quote's line of the order's line: of the same product, of several the one at the same price, then the
// one with the same quantity; else the one in the same place with the same quantity.
const DocumentLine* QuotedLine(const GoldenDocument& quote, const GoldenDocument& order,
                               const OrderLine& ordered, std::size_t place) {
  const DocumentLine* best = nullptr;
  int best_score = -1;
  for (const DocumentLine& line : quote.lines) {
    if (!SameProduct(ordered.products, ProductKeys(line, quote.lines_from->record.system))) {
      continue;
    }
    const int score =
        (line.unit_price == ordered.unit_price ? 2 : 0) + (line.quantity == ordered.quantity ? 1 : 0);
    if (score > best_score) {
      best = &line;
      best_score = score;
    }
  }
  if (best != nullptr) {
    return best;
  }
  const bool alike =
      quote.lines.size() == order.lines.size() && quote.lines[place].quantity == ordered.quantity;
  return alike ? &quote.lines[place] : nullptr;
}

std::string Story(const GoldenDocument& quote, const GoldenDocument& order, const DocumentLine& line,
                  const DocumentLine& quoted, std::size_t place) {
  const std::string& approver = quote.by_authority.front()->approved_by;
  std::string text = fmt::format(
      "line {} of {}: {} in {}{}, now {}", place + 1, DisplayName(order), quoted.unit_price->ToString(),
      DisplayName(quote), approver.empty() ? "" : ", approved by " + approver, line.unit_price->ToString());
  if (const LoggedPrice* change = ChangeOf(order, line); change != nullptr) {
    text += fmt::format(", changed by {}{}", change->changed_by,
                        change->changed_on.empty() ? "" : " on " + change->changed_on);
  }
  return text + "; nobody approved that";
}

// Once an order, about the first line that differs from its newest quote.
void FindInOrder(const ExceptionInput& input, int order_index, ExceptionResult& result) {
  const GoldenDocument& order = input.golden[static_cast<std::size_t>(order_index)];
  const std::vector<int> quotes = LinkedDocuments(input.golden, order_index, v1::Document::QUOTE);
  if (quotes.empty() || order.cancelled) {
    return;
  }
  const GoldenDocument& quote = input.golden[static_cast<std::size_t>(quotes.back())];
  const std::vector<OrderLine>& lines = input.book.LinesOf(order_index);
  if (quote.lines_from == nullptr || quote.currency != order.currency) {
    return;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const DocumentLine& line = order.lines[i];
    const DocumentLine* quoted = QuotedLine(quote, order, lines[i], i);
    if (quoted == nullptr || !line.unit_price || !quoted->unit_price ||
        *line.unit_price == *quoted->unit_price || ApprovalOf(order, line, quote, *quoted) != nullptr) {
      continue;
    }
    const Treatment treatment = TreatmentOf(input, v1::Exception::UNAPPROVED_PRICE_CHANGE, {&order, &quote});
    if (treatment.off || !treatment.Differ(*line.unit_price, *quoted->unit_price)) {
      continue;
    }
    const LoggedPrice* change = ChangeOf(order, line);
    ExceptionBuilder builder(v1::Exception::UNAPPROVED_PRICE_CHANGE, input.customer,
                             "an order line's price is not its quote's and nobody approved it");
    builder.Whole(order)
        .Whole(quote)
        .Expected(quoted->unit_price, order.currency)
        .Found(line.unit_price, order.currency)
        .AtStake(ValueOfGap(line.unit_price, quoted->unit_price, line.quantity), order.currency)
        .Since(order.date)
        .Treat(treatment)
        .Detail(Story(quote, order, line, *quoted, i));
    if (const auto changed = Date::Parse(change != nullptr ? change->changed_on : ""); changed.ok()) {
      builder.Since(*changed);
    }
    result.open.push_back(std::move(builder).Build());
    return;
  }
}

}  // namespace

void FindQuoteExceptions(const ExceptionInput& input, ExceptionResult& result) {
  for (std::size_t i = 0; i < input.golden.size(); ++i) {
    if (input.golden[i].kind == v1::Document::ORDER) {
      FindInOrder(input, static_cast<int>(i), result);
    }
  }
}

}  // namespace crossbill::transforms
