// Clues: what a document says of another one without saying whose it is, and where both meet whatever their
// systems are: a number ("C|N|90000216"), or an amount of a month ("C|A|EUR|435.2|2026-01"). A document
// without a party looks for its customer there, one clue after the other. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "transforms/sdk/routing_keys.h"

namespace crossbill::transforms {

inline bool IsAmountClue(std::string_view key) { return key.starts_with("C|A|"); }

// What a document of a party is found by, one a line: an order or an invoice by its number and its gross
// amount in the month of its date. Empty for other kinds, and for bytes that are no message.
std::string CluesOf(int kind, std::string_view bytes);

// Where a document without a party looks, one place a line: all numbers that it mentions in the order in
// which it does; and a payment, at last, its amount in the month that it came in and the months before it.
std::string PlacesToLook(int kind, std::string_view bytes);

}  // namespace crossbill::transforms
