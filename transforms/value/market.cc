#include "transforms/value/market.h"

#include <algorithm>

namespace crossbill::transforms {
namespace {

std::optional<Decimal> AboveZero(const std::string& text) {
  const auto number = Decimal::Parse(text);
  return number.ok() && *number > Decimal() ? std::optional<Decimal>(*number) : std::nullopt;
}

// Without the zeros that sums leave behind: they would depend on what was there before.
std::string Changed(const std::string& sum, const Decimal& by, int times) {
  const auto before = Decimal::Parse(sum);
  const auto now = (before.ok() ? *before : Decimal()).Plus(times > 0 ? by : by.Negated());
  return (now.ok() ? *now : *before).Normalised().ToString();
}

void TakePeriod(const v1::PeriodFigures& from, int times, v1::MarketPeriod& to) {
  if (const auto amount = AboveZero(from.amount())) {
    to.set_customers(to.customers() + times);
    to.set_amount(to.customers() == 0 ? std::string() : Changed(to.amount(), *amount, times));
  }
  if (const auto margin = AboveZero(from.margin())) {
    to.set_customers_with_margin(to.customers_with_margin() + times);
    to.set_margin(to.customers_with_margin() == 0 ? std::string() : Changed(to.margin(), *margin, times));
  }
}

bool Reaches(const std::optional<Decimal>& amount, const std::string& bound) {
  const auto least = AboveZero(bound);
  return amount && least && *amount >= *least;
}

std::string BoundOf(const std::optional<Decimal>& given, const std::optional<Bucket>& found) {
  if (given) {
    return given->Normalised().ToString();
  }
  return found ? LeastOf(*found).ToString() : std::string();
}

}  // namespace

std::string MarketName(std::string_view org_unit, std::string_view currency) {
  return std::string(org_unit) + "|" + std::string(currency);
}

v1::Segment SegmentOf(const v1::SalesFigures& figures, const v1::MarketFigures& market) {
  v1::Segment segment;
  segment.set_dormant(figures.segment().dormant());
  const auto amount = AboveZero(figures.last_year().amount());
  const auto power = AboveZero(figures.average_sale());
  if (amount) {
    segment.set_class_(Reaches(amount, market.class_a_from())   ? v1::Segment::A
                       : Reaches(amount, market.class_b_from()) ? v1::Segment::B
                                                                : v1::Segment::C);
  }
  if (power) {
    const bool high = Reaches(power, market.buying_power_from());
    const bool contributes = Reaches(amount, market.contribution_from());
    segment.set_quadrant(high && contributes ? v1::Segment::KEY
                         : high              ? v1::Segment::POTENTIAL
                         : contributes       ? v1::Segment::LOYAL
                                             : v1::Segment::MINOR);
  }
  return segment;
}

Result<Market> Market::Load(bus::StateStore& state, const std::string& name) {
  Market market(name);
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get("M" + name));
  bool readable = !stored || market.figures_.ParseFromString(*stored);
  for (const char kind : {kContributions, kPowers}) {
    const std::string prefix = market.Prefix('h', kind);
    CROSSBILL_RETURN_IF_ERROR(state.Scan(prefix, [&](std::string_view key, std::string_view value) {
      const auto bucket = BucketOfKey(key.substr(prefix.size()));
      const std::size_t blank = value.find(' ');
      const auto customers = Decimal::Parse(value.substr(0, blank));
      const auto amount = Decimal::Parse(blank == std::string_view::npos ? value.substr(value.size())
                                                                         : value.substr(blank + 1));
      readable = readable && bucket && customers.ok() && amount.ok();
      if (readable) {
        market.HistogramOf(kind).Set(*bucket, {static_cast<std::int64_t>(customers->coefficient()), *amount});
      }
      return readable;
    }));
  }
  if (!readable) {
    return Error(Code::kBusCorrupt, "the stored figures of the market " + name + " cannot be read");
  }
  return market;
}

std::string Market::Prefix(char space, char kind) const {
  std::string prefix = space + figures_.name();
  prefix += '\0';
  return prefix + kind;
}

void Market::Take(bus::StateStore& state, const std::string& customer, const v1::SalesFigures& figures,
                  int times) {
  figures_.set_org_unit(figures.org_unit());
  figures_.set_currency(figures.currency());
  TakePeriod(figures.last_year(), times, *figures_.mutable_last_year());
  TakePeriod(figures.last_two_years(), times, *figures_.mutable_last_two_years());
  TakeInto(state, customer, kContributions, figures.last_year().amount(), times);
  TakeInto(state, customer, kPowers, figures.average_sale(), times);
}

void Market::TakeInto(bus::StateStore& state, const std::string& customer, char kind,
                      const std::string& amount, int times) {
  const auto above_zero = AboveZero(amount);
  if (!above_zero) {
    return;
  }
  Histogram& histogram = HistogramOf(kind);
  histogram.Add(*above_zero, times);
  const Bucket bucket = BucketOf(*above_zero);
  const std::string member = Prefix('b', kind) + KeyOf(bucket) + customer;
  if (times > 0) {
    state.Put(member, {});
  } else {
    state.Delete(member);
  }
  const std::string key = Prefix('h', kind) + KeyOf(bucket);
  const auto found = histogram.buckets().find(bucket);
  if (found == histogram.buckets().end()) {
    state.Delete(key);
  } else {
    state.Put(key, std::to_string(found->second.customers) + " " + found->second.amount.ToString());
  }
}

Status Market::ListBetween(bus::StateStore& state, char kind, const std::string& before,
                           const std::string& now, std::vector<std::string>& customers) {
  const auto a = AboveZero(before), b = AboveZero(now);
  if (before == now || !a || !b) {
    return Ok();  // who comes into an empty market is looked at anyway
  }
  const std::map<Bucket, BucketSum>& buckets = HistogramOf(kind).buckets();
  const Bucket last = BucketOf(std::max(*a, *b));
  for (auto bucket = buckets.lower_bound(BucketOf(std::min(*a, *b)));
       bucket != buckets.end() && bucket->first <= last; ++bucket) {
    const std::string prefix = Prefix('b', kind) + KeyOf(bucket->first);
    CROSSBILL_RETURN_IF_ERROR(state.Scan(prefix, [&](std::string_view key, std::string_view /*value*/) {
      customers.emplace_back(key.substr(prefix.size()));
      return true;
    }));
  }
  return Ok();
}

Result<std::vector<std::string>> Market::MoveBounds(bus::StateStore& state, const ValueOptions& options) {
  const v1::MarketFigures before = figures_;
  figures_.set_class_a_from(BoundOf({}, contributions_.DownTo(options.class_a)));
  figures_.set_class_b_from(BoundOf({}, contributions_.DownTo(options.class_b)));
  figures_.set_buying_power_from(BoundOf(options.buying_power, powers_.Median()));
  figures_.set_contribution_from(BoundOf(options.contribution, contributions_.Median()));
  std::vector<std::string> customers;
  for (const auto& [kind, bound] : {std::pair{kContributions, &v1::MarketFigures::class_a_from},
                                    std::pair{kContributions, &v1::MarketFigures::class_b_from},
                                    std::pair{kContributions, &v1::MarketFigures::contribution_from},
                                    std::pair{kPowers, &v1::MarketFigures::buying_power_from}}) {
    CROSSBILL_RETURN_IF_ERROR(ListBetween(state, kind, (before.*bound)(), (figures_.*bound)(), customers));
  }
  return customers;
}

bool Market::empty() const {
  return figures_.last_two_years().customers() == 0 && figures_.last_year().customers() == 0 &&
         figures_.last_two_years().customers_with_margin() == 0 &&
         figures_.last_year().customers_with_margin() == 0 && powers_.buckets().empty();
}

void Market::Store(bus::StateStore& state) const {
  if (empty()) {
    state.Delete("M" + figures_.name());
  } else {
    state.Put("M" + figures_.name(), figures_.SerializeAsString());
  }
}

}  // namespace crossbill::transforms
