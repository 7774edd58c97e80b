// What ties documents of a crowd together: the numbers that they carry, of whatever kind and type, and what
// people decided of them. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

// A number that more documents of the customer carry ties nothing: their customer number, a contract. The
// first limit is for all; each next one for what the one before leaves in too large a part. By the last only
// decisions tie.
inline constexpr std::array<std::size_t, 4> kTieLimits = {64, 16, 4, 0};
inline constexpr int kTieLevels = static_cast<int>(kTieLimits.size());

// "#" and a number: ties all that have it, while they are few enough.
// "=" and a record (of whatever kind): ties the record and those that were decided with it, however many.
using Tie = std::string;
inline bool IsDecided(std::string_view tie) { return tie.starts_with('='); }

// The document's ties, sorted, but for the one to its own record.
std::vector<Tie> TiesOf(const SourceDocument& document);
// The tie of those that were decided with the record. `record`: a RecordSuffix.
Tie OwnTie(std::string_view record);
// The records that the tie may mean: one of each kind.
std::vector<std::string> RecordsOfOwnTie(std::string_view tie);

}  // namespace crossbill::transforms
