// Numbers as they are compared: people write one number in many ways ("PO#2025/144", "Ｗ２６－０００１",
// "0090000216", "RE 0090000216 / AB 4500182"). Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crossbill/v1/common.pb.h"

namespace crossbill::transforms {

// A number that a document mentions, normalised.
struct Mention {
  v1::Reference::Type type = v1::Reference::UNSPECIFIED;
  std::string number;
  std::string line;  // the line in that document, without leading zeros; empty: the whole document
};

// Full width folded, upper case, letters and digits only, harmless prefixes (PO#, No., #) and leading zeros
// dropped. Empty when nothing is left.
std::string NormaliseNumber(std::string_view text);

// A typed reference: the whole number, and the numbers inside a text that has several, those as OTHER.
void AddMentions(v1::Reference::Type type, std::string_view text, std::string_view line,
                 std::vector<Mention>& out);

// The numbers in free text such as a remittance line, as OTHER: words of letters and digits with at least
// four digits.
void AddMentionsInText(std::string_view text, std::vector<Mention>& out);

// The same number but for one slip of the keyboard: a character more, less, other or two exchanged. Short
// numbers have no slips.
bool NearlySame(std::string_view a, std::string_view b);

}  // namespace crossbill::transforms
