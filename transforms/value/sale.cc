#include "transforms/value/sale.h"

#include <algorithm>

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::transforms {
namespace {

bool IsCancelled(const std::string& status) {
  const std::string folded = CaseFold(status);
  return folded.starts_with("cancel") || folded == "void" || folded == "voided";
}

std::optional<Decimal> Parsed(const std::string& text) {
  const auto number = Decimal::Parse(text);
  return number.ok() ? std::optional<Decimal>(*number) : std::nullopt;
}

// Nothing stays nothing: a sum of what is not known is not known.
std::optional<Decimal> Sum(const std::optional<Decimal>& a, const std::optional<Decimal>& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  const auto sum = a->Plus(*b);
  return sum.ok() ? std::optional<Decimal>(*sum) : std::nullopt;
}

std::optional<Decimal> Product(const std::optional<Decimal>& a, const std::optional<Decimal>& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  const auto product = a->Times(*b);
  return product.ok() ? std::optional<Decimal>(*product) : std::nullopt;
}

std::optional<Decimal> AmountOf(const v1::Line& line) {
  if (const auto amount = Parsed(line.amount().amount())) {
    return amount;
  }
  return Product(Parsed(line.quantity()), Parsed(line.unit_price().amount()));
}

std::optional<Decimal> SumOfLines(const v1::Document& document) {
  std::optional<Decimal> sum = Decimal();
  for (const v1::Line& line : document.lines()) {
    sum = Sum(sum, AmountOf(line));
  }
  return document.lines().empty() ? std::nullopt : sum;
}

// Without tax.
std::optional<Decimal> AmountOf(const v1::Document& document) {
  if (const auto total = Parsed(document.total().amount())) {
    return total;
  }
  const auto gross = Parsed(document.gross().amount());
  if (const auto tax = Parsed(document.tax().amount()); gross && tax) {
    return Sum(gross, tax->Negated());
  }
  return SumOfLines(document);
}

std::string CurrencyOf(const v1::Document& document) {
  return !document.total().currency().empty() ? document.total().currency() : document.currency();
}

struct Cost {
  std::optional<Decimal> cost, of;
};

// Of the lines whose cost is known, in the currency of the document.
Cost CostOf(const v1::Document& document) {
  Cost sum;
  const std::string currency = CurrencyOf(document);
  for (const v1::Line& line : document.lines()) {
    const std::string& of_cost = line.unit_cost().currency();
    const auto cost = Product(Parsed(line.unit_cost().amount()), Parsed(line.quantity()));
    const auto amount = AmountOf(line);
    if (!cost || !amount || (!of_cost.empty() && of_cost != currency)) {
      continue;
    }
    sum.cost = Sum(sum.cost.value_or(Decimal()), cost);
    sum.of = Sum(sum.of.value_or(Decimal()), amount);
  }
  return sum;
}

void SetAmounts(const v1::Document& document, bool credit, v1::Sale& sale) {
  const auto text = [&](const std::optional<Decimal>& number) {
    return number ? (credit ? number->Abs().Negated() : *number).ToString() : std::string();
  };
  if (const auto amount = AmountOf(document)) {
    sale.mutable_amount()->set_amount(text(amount));
    sale.mutable_amount()->set_currency(CurrencyOf(document));
  }
  if (const Cost cost = CostOf(document); cost.cost && cost.of) {
    sale.set_cost(text(cost.cost));
    sale.set_cost_of(text(cost.of));
  }
}

void SetProducts(const v1::Document& document, v1::Sale& sale) {
  std::vector<std::string> products;
  for (const v1::Line& line : document.lines()) {
    if (const std::string& name = NameOfProduct(line.product()); !name.empty()) {
      products.push_back(name);
    }
  }
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());
  sale.mutable_products()->Assign(products.begin(), products.end());
}

}  // namespace

std::optional<v1::Sale> SaleOf(const v1::UnifiedDocument& unified) {
  const v1::Document& document = unified.document();
  const bool invoice = unified.kind() == v1::Document::INVOICE;
  if ((!invoice && unified.kind() != v1::Document::ORDER) || IsCancelled(document.status()) ||
      !Date::Parse(document.date()).ok()) {
    return std::nullopt;
  }
  const auto amount = AmountOf(document);
  const bool credit =
      invoice && (document.type() == v1::Invoice::CREDIT_NOTE || (amount && amount->IsNegative()));
  v1::Sale sale;
  sale.set_document(unified.name());
  sale.set_kind(unified.kind());
  sale.set_customer(unified.customer());
  sale.set_date(document.date());
  sale.set_org_unit(document.org_unit());
  SetAmounts(document, credit, sale);
  if (!credit) {
    SetProducts(document, sale);
  }
  sale.set_credit(credit);
  return sale;
}

const std::string& NameOfProduct(const v1::ProductRef& product) {
  return !product.sku().empty() ? product.sku() : !product.ean().empty() ? product.ean() : product.id();
}

const std::string& KeyOfSale(const v1::Sale& sale) {
  return sale.customer().empty() ? sale.document() : sale.customer();
}

bool IsCustomer(std::string_view key) { return key.starts_with("customers/"); }

}  // namespace crossbill::transforms
