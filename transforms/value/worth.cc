#include "transforms/value/worth.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/decimal.h"

namespace crossbill::transforms {
namespace {

constexpr int kUsualDigits = 2;  // of an average, where the currency is none that is known

// What a sale comes to, in the currency in which it is counted.
struct Amounts {
  std::string currency;
  std::optional<Decimal> amount, cost, cost_of;
};

void Add(Decimal& sum, const Decimal& more) {
  if (const auto next = sum.Plus(more); next.ok()) {
    sum = *next;
  }
}

void AddText(Decimal& sum, const std::string& more) {
  if (const auto number = Decimal::Parse(more); number.ok()) {
    Add(sum, *number);
  }
}

int DigitsOf(const std::string& currency) {
  const auto parsed = Currency::Parse(currency);
  return parsed.ok() ? parsed->minor_digits() : kUsualDigits;
}

class Period {
 public:
  void Take(const Amounts& sale, bool credit) {
    ++(credit ? returns_ : sales_);
    if (sale.amount) {
      Add(credit ? returned_ : sold_, sale.amount->Abs());
      Add(amount_, *sale.amount);
    }
    if (sale.cost && sale.cost_of) {
      has_margin_ = true;
      Add(margin_, *sale.cost_of);
      Add(margin_, sale.cost->Negated());
      Add(margin_of_, *sale.cost_of);
    }
  }

  void Take(const v1::PeriodFigures& figures) {
    sales_ += figures.sales();
    returns_ += figures.returns();
    AddText(sold_, figures.sold());
    AddText(returned_, figures.returned());
    AddText(amount_, figures.amount());
    has_margin_ = has_margin_ || !figures.margin().empty();
    AddText(margin_, figures.margin());
    AddText(margin_of_, figures.margin_of());
  }

  void Fill(v1::PeriodFigures& out) const {
    out.set_sales(sales_);
    out.set_returns(returns_);
    out.set_sold(sold_.ToString());
    out.set_returned(returned_.ToString());
    out.set_amount(amount_.ToString());
    if (has_margin_) {
      out.set_margin(margin_.ToString());
      out.set_margin_of(margin_of_.ToString());
    }
  }

  // Rounded to the currency's digits; empty where nothing was sold.
  std::string Average(int digits) const {
    if (sales_ == 0) {
      return {};
    }
    const auto average = sold_.DividedBy(Decimal(sales_), digits, Rounding::kHalfUp);
    return average.ok() ? average->ToString() : std::string();
  }

 private:
  std::int64_t sales_ = 0, returns_ = 0;
  Decimal sold_, returned_, amount_, margin_, margin_of_;
  bool has_margin_ = false;
};

struct Figures {
  Period last_year, last_two_years;
  std::optional<Date> first, last;

  void Take(const Amounts& sale, bool credit, Date date, Date as_of) {
    Visit(date, as_of, [&](Period& period) { period.Take(sale, credit); });
    if (!credit) {
      Sold(date);
    }
  }

  void Take(const v1::PeriodFigures& day, Date date, Date as_of) {
    Visit(date, as_of, [&](Period& period) { period.Take(day); });
    if (day.sales() > 0) {
      Sold(date);
    }
  }

 private:
  template <class Take>
  void Visit(Date date, Date as_of, const Take& take) {
    const int age = as_of.days() - date.days();
    if (age < kYear) {
      take(last_year);
    }
    if (age < kTwoYears) {
      take(last_two_years);
    }
  }
  void Sold(Date date) {
    first = std::min(first.value_or(date), date);
    last = std::max(last.value_or(date), date);
  }
};

using Scope = std::pair<std::string, std::string>;  // org unit and currency

std::vector<Scope> ScopesOf(const v1::Sale& sale, const Amounts& amounts) {
  std::vector<Scope> scopes = {{"", amounts.currency}};
  if (!sale.org_unit().empty()) {
    scopes.emplace_back(sale.org_unit(), amounts.currency);
  }
  return scopes;
}

// Each sale by itself, to the smallest coin.
std::optional<Decimal> Converted(const Decimal& amount, const Decimal& rate, const std::string& currency) {
  const auto product = amount.Times(rate);
  return product.ok() ? std::optional<Decimal>(product->Rounded(DigitsOf(currency), Rounding::kHalfUp))
                      : std::nullopt;
}

Amounts AmountsOf(const v1::Sale& sale, Date date, const ValueOptions& options,
                  std::set<std::string>& without_rate) {
  const auto parse = [](const std::string& text) {
    const auto number = Decimal::Parse(text);
    return number.ok() ? std::optional<Decimal>(*number) : std::nullopt;
  };
  Amounts amounts{sale.amount().currency(), parse(sale.amount().amount()), parse(sale.cost()),
                  parse(sale.cost_of())};
  if (options.currency.empty() || amounts.currency == options.currency) {
    return amounts;
  }
  if (!amounts.amount) {  // a sale without an amount is a sale in any currency
    amounts.currency = options.currency;
    return amounts;
  }
  const auto rate = options.rates.At(amounts.currency, date);
  if (!rate) {
    without_rate.insert(amounts.currency);
    return amounts;
  }
  amounts.currency = options.currency;
  for (std::optional<Decimal>* amount : {&amounts.amount, &amounts.cost, &amounts.cost_of}) {
    *amount = *amount ? Converted(**amount, *rate, options.currency) : *amount;
  }
  return amounts;
}

// One after the other, all of a customer's sales, or of the days.
class Sum {
 public:
  Sum(const ValueOptions& options, Date as_of) : options_(options), as_of_(as_of) {}

  void Take(const v1::Sale& sale) {
    const auto date = Date::Parse(sale.date());
    if (!Counts(sale, options_) || !date.ok() || !Begin(*date)) {
      return;
    }
    const Amounts amounts = AmountsOf(sale, *date, options_, without_rate_);
    for (const Scope& scope : ScopesOf(sale, amounts)) {
      figures_[scope].Take(amounts, sale.credit(), *date, as_of_);
    }
    Bought(sale.products(), *date);
  }

  void Take(const v1::SalesDay& day) {
    const auto date = Date::Parse(day.date());
    if (day.parts().empty() || !date.ok() || !Begin(*date)) {
      return;
    }
    for (const v1::SalesDay::Part& part : day.parts()) {
      figures_[{part.org_unit(), part.currency()}].Take(part.figures(), *date, as_of_);
    }
    without_rate_.insert(day.without_rate().begin(), day.without_rate().end());
    Bought(day.products(), *date);
  }

  Worth Finish(const std::string& customer) {
    Worth worth;
    worth.value.set_name(customer);
    for (const auto& [scope, figures] : figures_) {
      Fill(scope.first, scope.second, figures, *worth.value.add_figures());
    }
    FillProducts(worth.value);
    for (const std::string& currency : without_rate_) {
      worth.value.add_without_rate(currency);
    }
    worth.next_due = next_due_;
    return worth;
  }

 private:
  // False: its day has not come.
  bool Begin(Date date) {
    if (date > as_of_) {
      DueOn(date);
      return false;
    }
    for (const int days : {kYear, kTwoYears, options_.affinity_days}) {
      DueOn(date.PlusDays(days));
    }
    return true;
  }

  void Bought(const google::protobuf::RepeatedPtrField<std::string>& products, Date date) {
    if (as_of_.days() - date.days() >= options_.affinity_days) {
      return;
    }
    for (const std::string& product : products) {
      Date& last = products_.try_emplace(product, date).first->second;
      last = std::max(last, date);
    }
  }

  void DueOn(Date date) {
    if (date > as_of_ && (!next_due_ || date < *next_due_)) {
      next_due_ = date;
    }
  }

  void Fill(const std::string& org_unit, const std::string& currency, const Figures& figures,
            v1::SalesFigures& out) {
    out.set_org_unit(org_unit);
    out.set_currency(currency);
    figures.last_year.Fill(*out.mutable_last_year());
    figures.last_two_years.Fill(*out.mutable_last_two_years());
    out.set_average_sale(figures.last_two_years.Average(DigitsOf(currency)));
    if (figures.last) {
      out.set_first_sale_on(figures.first->ToString());
      out.set_last_sale_on(figures.last->ToString());
      const Date dormant = figures.last->PlusDays(options_.dormant_days);
      out.mutable_segment()->set_dormant(dormant <= as_of_);
      DueOn(dormant);
    }
  }

  void FillProducts(v1::CustomerValue& out) const {
    std::vector<std::pair<Date, const std::string*>> products;
    for (const auto& [product, date] : products_) {
      products.emplace_back(date, &product);
    }
    std::stable_sort(products.begin(), products.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [date, product] : products) {
      if (out.products_size() == kMostProducts) {
        return;
      }
      v1::BoughtProduct& bought = *out.add_products();
      bought.set_product(*product);
      bought.set_last_bought_on(date.ToString());
    }
  }

  const ValueOptions& options_;
  Date as_of_;
  std::map<Scope, Figures> figures_;
  std::map<std::string, Date> products_;  // bought last
  std::set<std::string> without_rate_;
  std::optional<Date> next_due_;
};

template <class Taken>
Worth SumOf(const std::string& customer, const std::vector<Taken>& all, const ValueOptions& options,
            Date as_of) {
  Sum sum(options, as_of);
  for (const Taken& one : all) {
    sum.Take(one);
  }
  return sum.Finish(customer);
}

}  // namespace

bool Counts(const v1::Sale& sale, const ValueOptions& options) {
  return sale.credit() ||
         sale.kind() == (options.sales == SalesBy::kOrders ? v1::Document::ORDER : v1::Document::INVOICE);
}

v1::SalesDay SalesDayOf(Date date, const std::vector<v1::Sale>& sales, const ValueOptions& options) {
  std::map<Scope, Period> parts;
  std::set<std::string> products, without_rate;
  for (const v1::Sale& sale : sales) {
    if (!Counts(sale, options)) {
      continue;
    }
    const Amounts amounts = AmountsOf(sale, date, options, without_rate);
    for (const Scope& scope : ScopesOf(sale, amounts)) {
      parts[scope].Take(amounts, sale.credit());
    }
    products.insert(sale.products().begin(), sale.products().end());
  }
  v1::SalesDay day;
  day.set_date(date.ToString());
  for (const auto& [scope, period] : parts) {
    v1::SalesDay::Part& part = *day.add_parts();
    part.set_org_unit(scope.first);
    part.set_currency(scope.second);
    period.Fill(*part.mutable_figures());
  }
  day.mutable_products()->Add(products.begin(), products.end());
  day.mutable_without_rate()->Add(without_rate.begin(), without_rate.end());
  return day;
}

Worth WorthOf(const std::string& customer, const std::vector<v1::Sale>& sales, const ValueOptions& options,
              Date as_of) {
  return SumOf(customer, sales, options, as_of);
}

Worth WorthOf(const std::string& customer, const std::vector<v1::SalesDay>& days, const ValueOptions& options,
              Date as_of) {
  return SumOf(customer, days, options, as_of);
}

}  // namespace crossbill::transforms
