// Customers by what they contribute: an index in the order of the amounts, with counters over their first
// digits, so that a rank is found by reading counters and not customers. Pure but for what reads and writes a
// store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "facade/views/store.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class CustomerValue;
}

namespace crossbill::facade {

struct RankEntry {
  RankScope scope;
  Decimal amount;  // above zero
  std::string customer;
};

// One for each of the customer's figures that is above zero.
std::vector<RankEntry> RanksOf(const v1::CustomerValue& value);

// The greatest amount first, then by customer.
std::string RankPrefix(const RankScope& scope);
std::string RankKey(const RankEntry& entry);
// The customer of a key under the prefix.
std::string CustomerOfRankKey(std::string_view rest);

// Counts an entry in (1) or out (-1).
Status CountRank(StoreBatch& batch, const RankEntry& entry, int times);
// How many have more.
Result<std::int64_t> CountAbove(Store& store, const RankScope& scope, const Decimal& amount);

}  // namespace crossbill::facade
