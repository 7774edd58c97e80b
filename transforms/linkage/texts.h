// How two texts agree: what levels are made of. Words are separated by blanks. Pure; any thread.
// binary-float (file): similarities, and bounds that a model gives as such
#pragma once

#include <string_view>
#include <vector>

namespace crossbill::linkage {

std::vector<std::string_view> SplitAtBlanks(std::string_view text);

// One is the first character of the other.
bool IsInitialOf(std::string_view a, std::string_view b);
// So many letters wrong at most, and in a short text fewer: there another letter makes another word.
bool IsMistypedText(std::string_view a, std::string_view b, int most);
// Dates with one digit wrong, or with day and month, or two digits, exchanged.
bool IsMistyped(std::string_view a, std::string_view b);
bool HasSameWords(std::string_view a, std::string_view b);
// One begins with the other, which has so many bytes at least.
bool IsPrefixOf(std::string_view a, std::string_view b, double least);
// Both begin with so many characters at least.
bool StartAlike(std::string_view a, std::string_view b, double least);

// Of the words of the text with fewer words, how many are in the other: from 0 to 1.
double SharedWords(std::string_view a, std::string_view b);
// The same, where a word may be one but for a letter, or a letter stands for it.
double SharedNearWords(std::string_view a, std::string_view b);
// The same as SharedWords; then a last word that the other does not have may be the beginning of one.
double SharedCutWords(std::string_view a, std::string_view b);
// Of the pieces of three characters of the text with fewer of them, how many are in the other.
double SharedGrams(std::string_view a, std::string_view b);

}  // namespace crossbill::linkage
