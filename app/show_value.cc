#include "app/show_value.h"

#include <fmt/format.h>

#include "app/table.h"
#include "base/decimal.h"

namespace crossbill::app {
namespace {

std::string ShowPeriod(const char* name, const v1::PeriodFigures& figures) {
  std::string text = fmt::format("    {:<14} {:>5} sales {:>16}", name, figures.sales(), figures.sold());
  if (figures.returns() > 0) {
    text += fmt::format(", {} given back: {}", figures.returns(), figures.returned());
  }
  if (!figures.margin().empty()) {
    text += fmt::format(", margin {} of {}", figures.margin(), figures.margin_of());
  }
  return text + "\n";
}

std::string ShowRank(const v1::Standing& standing) {
  return fmt::format("    rank {} of {} by {} of {}, {} of it\n", standing.rank(), standing.customers(),
                     standing.measure() == v1::MARGIN ? "margin" : "amount",
                     standing.period() == v1::LAST_TWO_YEARS ? "two years" : "the last year",
                     PercentText(standing.share()));
}

}  // namespace

std::string PercentText(const std::string& part) {
  const auto number = Decimal::Parse(part);
  const auto percent = number.ok() ? number->Times(Decimal(100)) : Result<Decimal>(Decimal());
  return (percent.ok() ? percent->Rounded(2, Rounding::kHalfUp).ToString() : part) + " %";
}

std::string ShowSegment(const v1::Segment& segment) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (segment.class_() != v1::Segment::CLASS_UNSPECIFIED) {
    add("class " + v1::Segment::Class_Name(segment.class_()));
  }
  if (segment.quadrant() != v1::Segment::QUADRANT_UNSPECIFIED) {
    add(v1::Segment::Quadrant_Name(segment.quadrant()));
  }
  if (segment.dormant()) {
    add("dormant");
  }
  return text;
}

std::string ShowStanding(const v1::CustomerStanding& standing) {
  const v1::CustomerValue& value = standing.value();
  if (value.figures().empty()) {
    return {};
  }
  std::string text = "\nvalue\n";
  for (const v1::SalesFigures& figures : value.figures()) {
    const std::string unit = figures.org_unit().empty() ? "whole group" : Visible(figures.org_unit());
    text += fmt::format("  {}, {}: {}\n", unit, Visible(figures.currency()), ShowSegment(figures.segment()));
    if (!figures.last_sale_on().empty()) {
      text += fmt::format("    first sale {}, last sale {}, {} on average\n", figures.first_sale_on(),
                          figures.last_sale_on(), figures.average_sale());
    }
    text += ShowPeriod("last year", figures.last_year());
    text += ShowPeriod("two years", figures.last_two_years());
    for (const v1::Standing& rank : standing.standings()) {
      if (rank.org_unit() == figures.org_unit() && rank.currency() == figures.currency()) {
        text += ShowRank(rank);
      }
    }
  }
  for (const std::string& currency : value.without_rate()) {
    text += fmt::format("  there is no rate for {}: it is counted by itself\n", Visible(currency));
  }
  if (standing.has_next_best_product()) {
    text += fmt::format("  next best product {}: {}\n", Visible(standing.next_best_product().product()),
                        Visible(standing.next_best_product().reason()));
  }
  return text;
}

}  // namespace crossbill::app
