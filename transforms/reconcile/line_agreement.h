// How far the lines of two documents agree, where products have other numbers in each system: by quantity and
// price. A change of one line in one system leaves the others as they were. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

using Lines = std::span<const DocumentLine>;

// Hashes that two documents of as many lines share when a line is the same in both; of one with a single
// line, when its quantity is. Empty when a line has no quantity or no price.
std::vector<std::uint64_t> LineKeys(Lines lines, std::string_view currency);

// As many lines, and all but `most` have the same quantity and price. One that is left has the same quantity
// or the same price, no other article, and a price that is no more than half as much again. `most` is 0 or 1.
bool LinesAgree(Lines a, Lines b, int most);

// Hashes of the lines that have a quantity and a price, whatever the others are; prices to two digits, as
// systems round them.
std::vector<std::uint64_t> SomeLineKeys(Lines lines, std::string_view currency);

// At least two lines, and two of three on either side, are the same: a line was left out, or some were
// changed.
bool MostLinesAgree(Lines a, Lines b);

}  // namespace crossbill::transforms
