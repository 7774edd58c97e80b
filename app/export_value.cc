#include "app/export_value.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "app/affinity_table.h"
#include "app/json.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/customer_value.pb.h"
#include "facade/views/ranks.h"
#include "transforms/value/baskets.h"

namespace crossbill::app {
namespace {

constexpr std::size_t kPairs = 50;
constexpr int kDigits = 4;

// All customers' figures in each scope, the greatest first.
class Ranking {
 public:
  void Take(const v1::CustomerValue& value) {
    for (const facade::RankEntry& entry : facade::RanksOf(value)) {
      Scope& scope = scopes_[facade::RankPrefix(entry.scope)];
      scope.amounts.push_back(entry.amount);
      if (const auto sum = scope.sum.Plus(entry.amount); sum.ok()) {
        scope.sum = *sum;
      }
    }
  }

  void Sort() {
    for (auto& [prefix, scope] : scopes_) {
      std::sort(scope.amounts.begin(), scope.amounts.end(), std::greater<>());
    }
  }

  v1::Standing StandingOf(const facade::RankEntry& entry) const {
    const Scope& scope = scopes_.at(facade::RankPrefix(entry.scope));
    v1::Standing standing;
    standing.set_org_unit(entry.scope.org_unit);
    standing.set_currency(entry.scope.currency);
    standing.set_period(static_cast<v1::ValuePeriod>(entry.scope.period));
    standing.set_measure(static_cast<v1::ValueMeasure>(entry.scope.measure));
    standing.set_amount(entry.amount.ToString());
    const auto place =
        std::lower_bound(scope.amounts.begin(), scope.amounts.end(), entry.amount, std::greater<>());
    standing.set_rank(place - scope.amounts.begin() + 1);
    standing.set_customers(static_cast<std::int64_t>(scope.amounts.size()));
    standing.set_share(transforms::PartOf(entry.amount, scope.sum, kDigits).ToString());
    return standing;
  }

 private:
  struct Scope {
    std::vector<Decimal> amounts;
    Decimal sum;
  };
  std::map<std::string, Scope> scopes_;
};

using Values = std::map<std::string, v1::CustomerValue>;

Result<Values> ReadValues(bus::Bus& figures, const bus::Topics& topics) {
  Values values;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(figures, topics.Value(), [&](const bus::RecordView& record) -> Status {
        v1::CustomerValue& value = values[std::string(record.key)];
        if (!record.value ||
            !value.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
          return Error(Code::kEventDecode, "a value cannot be decoded", std::string(record.key));
        }
        return Ok();
      }));
  return values;
}

std::string RecordsOf(const v1::Customer& customer) {
  std::string json = "[";
  const char* separator = "";
  for (const v1::SourceRef& record : customer.records()) {
    json += separator + ("{\"system\":" + Quoted(record.system())) +
            ",\"stream\":" + Quoted(record.stream()) + ",\"key\":" + Quoted(record.key()) + "}";
    separator = ",";
  }
  return json + "]";
}

// Of the whole group, in all currencies.
std::string SummaryOf(const v1::CustomerValue& value, Date as_of) {
  std::optional<int> recency;
  std::int64_t frequency = 0;
  std::string monetary;
  for (const v1::SalesFigures& figures : value.figures()) {
    if (!figures.org_unit().empty()) {
      continue;
    }
    if (const auto last = Date::Parse(figures.last_sale_on()); last.ok()) {
      recency = std::min(recency.value_or(INT32_MAX), as_of.days() - last->days());
    }
    frequency += figures.last_year().sales();
    if (figures.last_year().sales() > 0) {
      monetary += (monetary.empty() ? "" : ",") + ("{\"amount\":" + Quoted(figures.last_year().sold())) +
                  ",\"currency\":" + Quoted(figures.currency()) + "}";
    }
  }
  return "\"recency_days\":" + (recency ? std::to_string(*recency) : "null") +
         ",\"frequency\":" + std::to_string(frequency) + ",\"monetary\":[" + monetary + "]";
}

Result<std::string> ValueLine(const v1::Customer& customer, v1::CustomerValue value, const Ranking& ranking,
                              AffinityTable& affinity, Date as_of) {
  std::string line = "{\"id\":" + Quoted(customer.name()) + ",\"records\":" + RecordsOf(customer) + "," +
                     SummaryOf(value, as_of);
  v1::CustomerStanding standing;
  for (const facade::RankEntry& entry : facade::RanksOf(value)) {
    *standing.add_standings() = ranking.StandingOf(entry);
  }
  CROSSBILL_TRY(const std::optional<v1::NextBestProduct> next,
                transforms::NextBestProductOf(value, affinity));
  if (next) {
    *standing.mutable_next_best_product() = *next;
  }
  value.clear_name();
  *standing.mutable_value() = std::move(value);
  const std::string rest = ToJson(standing);
  return line + "," + rest.substr(1) + "\n";
}

struct Pair {
  const v1::AffinityFigures* both = nullptr;
  std::int64_t left = 0;
  std::int64_t right = 0;
};

// Compares the lifts of two pairs exactly: together/(left*right), without dividing.
bool HigherLift(const Pair& a, const Pair& b) {
  const __int128 left = static_cast<__int128>(a.both->sales()) * b.left * b.right;
  const __int128 right = static_cast<__int128>(b.both->sales()) * a.left * a.right;
  return left != right ? left > right : a.both->name() < b.both->name();
}

void PrintPair(const Pair& pair, std::int64_t sales) {
  const v1::AffinityFigures& both = *pair.both;
  const auto part = [](std::int64_t a, std::int64_t b, int digits) {
    return Quoted(transforms::PartOf(Decimal(a), Decimal(b), digits).ToString());
  };
  const std::string line =
      "{\"id\":" + Quoted(both.product() + "+" + both.other_product()) + ",\"records\":[],\"products\":[" +
      Quoted(both.product()) + "," + Quoted(both.other_product()) +
      "],\"orders_with_both\":" + std::to_string(both.sales()) + ",\"orders\":" + std::to_string(sales) +
      ",\"lift\":" +
      Quoted(transforms::LiftOf(both.sales(), sales, pair.left, pair.right, kDigits).ToString()) +
      ",\"support\":" + part(both.sales(), sales, kDigits * 2) + ",\"confidence\":[" +
      part(both.sales(), pair.left, kDigits) + "," + part(both.sales(), pair.right, kDigits) + "]}\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
}

}  // namespace

Status ExportValue(bus::Bus& bus, bus::Bus& figures, const bus::Topics& topics, Date as_of) {
  CROSSBILL_TRY(Values values, ReadValues(figures, topics));
  CROSSBILL_TRY(AffinityTable affinity, AffinityTable::Read(figures, topics));
  Ranking ranking;
  for (const auto& [customer, value] : values) {
    ranking.Take(value);
  }
  ranking.Sort();
  return bus::ReadCompacted(bus, topics.Unified("customer"), [&](const bus::RecordView& record) -> Status {
    v1::Customer customer;
    if (!record.value ||
        !customer.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Error(Code::kEventDecode, "a customer cannot be decoded", std::string(record.key));
    }
    if (customer.merged_into().empty()) {
      CROSSBILL_TRY(const std::string line,
                    ValueLine(customer, values[customer.name()], ranking, affinity, as_of));
      std::fwrite(line.data(), 1, line.size(), stdout);
    }
    return Ok();
  });
}

Status ExportAffinity(bus::Bus& figures, const bus::Topics& topics) {
  CROSSBILL_TRY(AffinityTable affinity, AffinityTable::Read(figures, topics));
  CROSSBILL_TRY(const std::optional<v1::AffinityFigures> all, affinity.Find(transforms::kAllSales));
  if (!all) {
    return Ok();
  }
  const std::int64_t least = transforms::LeastTogether(*all);
  std::vector<Pair> pairs;
  for (const auto& [name, both] : affinity.all()) {
    if (both.other_product().empty() || both.sales() < least) {
      continue;
    }
    CROSSBILL_TRY(const auto left, affinity.Find(transforms::NameOfProductFigures(both.product())));
    CROSSBILL_TRY(const auto right, affinity.Find(transforms::NameOfProductFigures(both.other_product())));
    if (left && right) {
      pairs.push_back({&both, left->sales(), right->sales()});
    }
  }
  std::sort(pairs.begin(), pairs.end(), HigherLift);
  for (std::size_t i = 0; i < std::min(pairs.size(), kPairs); ++i) {
    PrintPair(pairs[i], all->sales());
  }
  return Ok();
}

}  // namespace crossbill::app
