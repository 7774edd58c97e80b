#include "transforms/value/baskets.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "crossbill/v1/customer_value.pb.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/prefetch.h"
#include "transforms/value/worth.h"

namespace crossbill::transforms {
namespace {

constexpr char kCounted = '1', kNotCounted = '0';
constexpr std::string_view kAllCounter = "n";

std::string TextOfPart(int hundredths) {
  return Decimal(hundredths, 4).Normalised().ToString();  // of a percent, as a part of one
}

Result<std::int64_t> CountOf(bus::StateStore& state, const std::string& counter) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(counter));
  std::int64_t count = 0;
  if (!stored) {
    return count;
  }
  const auto [end, failure] = std::from_chars(stored->data(), stored->data() + stored->size(), count);
  if (failure != std::errc() || end != stored->data() + stored->size()) {
    return Error(Code::kBusCorrupt, "the stored count of sales of " + counter.substr(1) + " cannot be read");
  }
  return count;
}

}  // namespace

std::string NameOfProductFigures(std::string_view product) { return "= " + std::string(product); }

std::string NameOfPairFigures(std::string_view a, std::string_view b) {
  const auto [less, greater] = std::minmax(a, b);
  return "= " + std::string(less) + "\n" + std::string(greater);
}

Result<std::optional<Baskets::Standing>> Baskets::Stored(bus::StateStore& state, const std::string& key) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get("d" + key));
  if (!stored) {
    return std::optional<Standing>();
  }
  Standing standing;
  if (stored->empty() || !standing.sale.ParseFromString(stored->substr(1))) {
    return Error(Code::kBusCorrupt, "a stored basket cannot be read");
  }
  standing.counted = stored->front() == kCounted;
  return std::optional<Standing>(std::move(standing));
}

// On some day.
bool Baskets::MayCount(const v1::Sale& sale) const {
  return !sale.credit() && Counts(sale, options_) && sale.products_size() <= kLargestBasket;
}

bool Baskets::CountsOn(const v1::Sale& sale, Date as_of) const {
  const auto date = Date::Parse(sale.date());
  return date.ok() && MayCount(sale) && *date <= as_of &&
         as_of.days() - date->days() < options_.affinity_days;
}

std::optional<Date> Baskets::ChangesOn(const v1::Sale& sale, Date as_of) const {
  const auto date = Date::Parse(sale.date());
  if (!date.ok() || !MayCount(sale)) {
    return std::nullopt;
  }
  const Date leaves = date->PlusDays(options_.affinity_days);
  if (*date > as_of) {
    return *date;
  }
  return leaves > as_of ? std::optional<Date>(leaves) : std::nullopt;
}

Status Baskets::MoveTo(bus::StateStore& state, Date as_of, bool everything) {
  const std::string last = as_of.ToString();
  if (everything) {
    return state.Scan("d", [&](std::string_view key, std::string_view /*value*/) {
      again_.emplace(key.substr(1));
      return true;
    });
  }
  std::vector<std::string> passed;
  CROSSBILL_RETURN_IF_ERROR(state.Scan("u", [&](std::string_view key, std::string_view /*value*/) {
    if (key.substr(1, last.size()) > last) {
      return false;
    }
    again_.emplace(key.substr(1 + last.size()));
    passed.emplace_back(key);
    return true;
  }));
  for (const std::string& key : passed) {
    state.Delete(key);
  }
  return Ok();
}

Status Baskets::BeginAnew(bus::StateStore& state) {
  all_again_ = true;
  return MoveTo(state, {}, true);
}

void Baskets::Count(const v1::Sale& sale, std::int64_t times) {
  changes_[std::string(kAllCounter)] += times;
  for (int i = 0; i < sale.products_size(); ++i) {
    changes_["p" + sale.products(i)] += times;
    for (int j = i + 1; j < sale.products_size(); ++j) {
      changes_["q" + sale.products(i) + "\n" + sale.products(j)] += times;
    }
  }
}

// On which day it changes by itself is another when the as-of date is; it is one of two.
void Baskets::Forget(bus::StateStore& state, const std::string& key, const v1::Sale& sale) const {
  if (const auto date = Date::Parse(sale.date()); date.ok()) {
    state.Delete("u" + date->ToString() + key);
    state.Delete("u" + date->PlusDays(options_.affinity_days).ToString() + key);
  }
}

// Takes out what stood under the key, and puts in what stands there now.
Status Baskets::Stand(bus::StateStore& state, const std::string& key, const std::optional<v1::Sale>& now,
                      Date as_of) {
  CROSSBILL_TRY(const std::optional<Standing> before, Stored(state, key));
  if (before && before->counted) {
    Count(before->sale, -1);
  }
  if (before) {
    Forget(state, key, before->sale);
  }
  if (!now || now->products().empty()) {
    state.Delete("d" + key);
    return Ok();
  }
  const bool counted = CountsOn(*now, as_of);
  if (counted) {
    Count(*now, 1);
  }
  state.Put("d" + key, (counted ? kCounted : kNotCounted) + now->SerializeAsString());
  if (const auto date = ChangesOn(*now, as_of)) {
    state.Put("u" + date->ToString() + key, {});
  }
  return Ok();
}

Status Baskets::Flush(Context& context, std::int64_t timestamp_ms) {
  bus::StateStore& state = context.state();
  CROSSBILL_RETURN_IF_ERROR(VisitPrefetched(
      pending_, state,
      [](const auto& entry, std::vector<std::string>& keys) { keys.push_back("d" + entry.first); },
      [&](const auto& entry) {
        again_.erase(entry.first);
        return Stand(state, entry.first, entry.second, context.as_of());
      }));
  pending_.clear();
  for (const std::string& key : again_) {
    CROSSBILL_TRY(std::optional<Standing> standing, Stored(state, key));
    if (standing) {
      const std::optional<v1::Sale> sale = std::move(standing->sale);
      CROSSBILL_RETURN_IF_ERROR(Stand(state, key, sale, context.as_of()));
    }
  }
  again_.clear();
  if (all_again_) {
    for (const char* prefix : {"p", "q"}) {
      CROSSBILL_RETURN_IF_ERROR(state.Scan(prefix, [&](std::string_view key, std::string_view /*value*/) {
        changes_.try_emplace(std::string(key), 0);
        return true;
      }));
    }
    changes_.try_emplace(std::string(kAllCounter), 0);
  }
  for (const auto& [counter, times] : changes_) {
    if (times != 0 || all_again_) {
      CROSSBILL_RETURN_IF_ERROR(Publish(context, counter, times, timestamp_ms));
    }
  }
  changes_.clear();
  all_again_ = false;
  return Ok();
}

Status Baskets::Publish(Context& context, const std::string& counter, std::int64_t times,
                        std::int64_t timestamp_ms) {
  CROSSBILL_TRY(const std::int64_t before, CountOf(context.state(), counter));
  const std::int64_t now = before + times;
  if (now == 0) {
    context.state().Delete(counter);
  } else if (times != 0) {
    context.state().Put(counter, std::to_string(now));
  }
  if (IsTold(counter, before) || IsTold(counter, now) || all_again_) {
    PublishOne(context, counter, now, timestamp_ms);
  }
  return Ok();
}

// Most pairs are chance, and say nothing.
bool Baskets::IsTold(const std::string& counter, std::int64_t sales) const {
  return sales > 0 && (counter.front() != 'q' || sales >= options_.least_sales);
}

void Baskets::PublishOne(Context& context, const std::string& counter, std::int64_t sales,
                         std::int64_t timestamp_ms) const {
  v1::AffinityFigures figures;
  figures.set_sales(sales);
  const std::string rest = counter.substr(1);
  if (counter == kAllCounter) {
    figures.set_name(std::string(kAllSales));
    figures.set_least_sales(options_.least_sales);
    figures.set_least_support(TextOfPart(options_.least_support));
    figures.set_least_confidence(TextOfPart(options_.least_confidence));
    figures.set_least_lift(options_.least_lift.Normalised().ToString());
  } else if (counter.front() == 'p') {
    figures.set_name(NameOfProductFigures(rest));
    figures.set_product(rest);
  } else {
    const std::size_t end = rest.find('\n');
    figures.set_product(rest.substr(0, end));
    figures.set_other_product(rest.substr(end + 1));
    figures.set_name(NameOfPairFigures(figures.product(), figures.other_product()));
  }
  const std::string bytes = figures.SerializeAsString();
  EmitOutput(context, {topics_.Affinity(), figures.name(),
                       IsTold(counter, sales) ? std::optional<std::string_view>(bytes) : std::nullopt,
                       "crossbill.v1.AffinityFigures", "crossbill/market", timestamp_ms});
}

}  // namespace crossbill::transforms
