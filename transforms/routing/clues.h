// Clues: what a document says of another one without saying whose it is, and where both meet whatever their
// systems are: a number ("C|N|90000216"), or an amount of a month ("C|A|EUR|435.2|2026-01"). A document
// without a party looks for its customer there, one clue after the other. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "transforms/routing/document_facts.h"
#include "transforms/sdk/routing_keys.h"

namespace crossbill::transforms {

inline bool IsAmountClue(std::string_view key) { return key.starts_with("C|A|"); }

// Shorter numbers are years, pages and quantities.
inline constexpr std::size_t kLeastNumber = 5;

// What an order or an invoice of a party is found by, one a line: its number, and its gross amount in the
// month of its date.
std::string CluesOf(const DocumentFacts& facts);

// Where a document without a party looks, one place a line: all numbers that it mentions in the order in
// which it does; and a payment, at last, its amount in the month that it came in and the months before it.
std::string PlacesToLook(int kind, std::string_view bytes);

}  // namespace crossbill::transforms
