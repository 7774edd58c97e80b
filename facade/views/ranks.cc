#include "facade/views/ranks.h"

#include <algorithm>
#include <array>

#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/value_service.pb.h"
#include "facade/views/keys.h"

namespace crossbill::facade {
namespace {

constexpr int kMiddle = 64;              // added to the digits before the point
constexpr std::size_t kLeastDigits = 5;  // shorter ones are filled up, so that they have all levels
constexpr std::array<std::size_t, 3> kLevels = {1, 3, 5};  // digits that are counted together
constexpr char kEnd = '\xff';

char Inverted(int byte) { return static_cast<char>(0xff - byte); }

// An amount's bytes in descending order: the digits before the point, then the digits.
std::string Descending(const Decimal& amount) {
  std::string digits = Decimal(amount.coefficient(), 0).ToString();
  const int before_point = static_cast<int>(digits.size()) - amount.scale();
  digits.erase(digits.find_last_not_of('0') + 1);
  digits.resize(std::max(digits.size(), kLeastDigits), '0');
  std::string bytes(1, Inverted(std::clamp(before_point + kMiddle, 0, 2 * kMiddle)));
  for (const char digit : digits) {
    bytes += Inverted(digit);
  }
  return bytes + kEnd;
}

std::string ScopeKey(char space, const RankScope& scope) {
  std::string key = WithNul(space, scope.org_unit) + scope.currency;
  key += '\0';
  key += static_cast<char>('0' + scope.period);
  key += static_cast<char>('0' + scope.measure);
  return key;
}

std::string LevelPrefix(const RankScope& scope, std::size_t level) {
  return ScopeKey('N', scope) + static_cast<char>('0' + level);
}

std::string CounterKey(const RankScope& scope, std::size_t level, const std::string& descending) {
  return LevelPrefix(scope, level) + descending.substr(0, 1 + kLevels[level]);
}

void Add(const RankScope& scope, const std::string& amount, const std::string& customer,
         std::vector<RankEntry>& entries) {
  const auto parsed = Decimal::Parse(amount);
  if (parsed.ok() && *parsed > Decimal()) {
    entries.push_back({scope, *parsed, customer});
  }
}

}  // namespace

std::vector<RankEntry> RanksOf(const v1::CustomerValue& value) {
  std::vector<RankEntry> entries;
  for (const v1::SalesFigures& figures : value.figures()) {
    for (const auto& [period, of_period] : {std::pair{v1::LAST_YEAR, &figures.last_year()},
                                            std::pair{v1::LAST_TWO_YEARS, &figures.last_two_years()}}) {
      const RankScope scope{figures.org_unit(), figures.currency(), period, v1::AMOUNT};
      Add(scope, of_period->amount(), value.name(), entries);
      RankScope margin = scope;
      margin.measure = v1::MARGIN;
      Add(margin, of_period->margin(), value.name(), entries);
    }
  }
  return entries;
}

std::string RankPrefix(const RankScope& scope) { return ScopeKey('R', scope); }

std::string RankKey(const RankEntry& entry) {
  return RankPrefix(entry.scope) + Descending(entry.amount) + entry.customer;
}

std::string CustomerOfRankKey(std::string_view rest) { return std::string(rest.substr(rest.find(kEnd) + 1)); }

Status CountRank(StoreBatch& batch, const RankEntry& entry, int times) {
  const std::string descending = Descending(entry.amount);
  for (std::size_t level = 0; level < kLevels.size(); ++level) {
    const std::string key = CounterKey(entry.scope, level, descending);
    CROSSBILL_TRY(const std::optional<std::string> stored, batch.Get(key));
    const std::uint64_t count = NumberOf(stored.value_or("")) + static_cast<std::uint64_t>(times);
    if (count == 0) {
      batch.Delete(key);
    } else {
      batch.Put(key, BytesOf(count));
    }
  }
  return Ok();
}

Result<std::int64_t> CountAbove(Store& store, const RankScope& scope, const Decimal& amount) {
  const std::string descending = Descending(amount);
  std::int64_t above = 0;
  for (std::size_t level = 0; level < kLevels.size(); ++level) {
    const std::string own = CounterKey(scope, level, descending);
    // Of those that have the same digits on the level before.
    const std::size_t digits = level == 0 ? 0 : 1 + kLevels[level - 1];
    const std::string prefix = LevelPrefix(scope, level) + descending.substr(0, digits);
    CROSSBILL_RETURN_IF_ERROR(store.Scan(prefix, "", [&](std::string_view key, std::string_view value) {
      if (key >= own) {
        return false;
      }
      above += static_cast<std::int64_t>(NumberOf(value));
      return true;
    }));
  }
  const std::string own = RankPrefix(scope) + descending;
  const std::string prefix = RankPrefix(scope) + descending.substr(0, 1 + kLevels.back());
  CROSSBILL_RETURN_IF_ERROR(store.Scan(prefix, "", [&](std::string_view key, std::string_view /*value*/) {
    above += key < own ? 1 : 0;
    return key < own;
  }));
  return above;
}

}  // namespace crossbill::facade
