#include "transforms/reconcile/price_log.h"

#include <algorithm>

namespace crossbill::transforms {
namespace {

bool IsOfLine(const LoggedPrice& change, const DocumentLine& line) {
  return (!change.line.empty() && change.line == line.id) ||
         (!change.sku.empty() && change.sku == line.sku) || (!change.ean.empty() && change.ean == line.ean) ||
         (!change.product_id.empty() && change.product_id == line.product_id);
}

// An approval that names orders is of these only.
bool IsOfOrder(const LoggedPrice& approval, const GoldenDocument& order) {
  bool names = false;
  for (const Mention& mention : approval.mentions) {
    names |= mention.type == v1::Reference::ORDER;
    if (std::any_of(order.records.begin(), order.records.end(),
                    [&](const SourceDocument* record) { return record->number == mention.number; })) {
      return true;
    }
  }
  return !names;
}

}  // namespace

std::vector<DocumentLine> FirstLines(const GoldenDocument& order) {
  if (order.lines_from == nullptr || order.lines_from->price_changes.empty()) {
    return {};
  }
  std::vector<DocumentLine> lines(order.lines.begin(), order.lines.end());
  for (DocumentLine& line : lines) {
    const LoggedPrice* first = nullptr;
    for (const LoggedPrice& change : order.lines_from->price_changes) {
      const bool earlier = first == nullptr || change.changed_on < first->changed_on;
      if (change.old_price && IsOfLine(change, line) && earlier) {
        first = &change;
      }
    }
    if (first != nullptr) {
      line.unit_price = first->old_price;
    }
  }
  return lines;
}

const LoggedPrice* ChangeOf(const GoldenDocument& order, const DocumentLine& line) {
  const LoggedPrice* newest = nullptr;
  for (const SourceDocument* record : order.by_authority) {
    for (const LoggedPrice& change : record->price_changes) {
      if (IsOfLine(change, line) && change.new_price == line.unit_price && !change.changed_by.empty() &&
          (newest == nullptr || newest->changed_on < change.changed_on)) {
        newest = &change;
      }
    }
  }
  return newest;
}

const LoggedPrice* ApprovalOf(const GoldenDocument& order, const DocumentLine& line,
                              const GoldenDocument& quote, const DocumentLine& quoted) {
  for (const GoldenDocument* document : {&quote, &order}) {
    for (const SourceDocument* record : document->records) {
      for (const LoggedPrice& change : record->price_changes) {
        if (!change.approved_by.empty() && change.new_price == line.unit_price &&
            (IsOfLine(change, quoted) || IsOfLine(change, line)) && IsOfOrder(change, order)) {
          return &change;
        }
      }
    }
  }
  return nullptr;
}

}  // namespace crossbill::transforms
