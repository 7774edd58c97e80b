// Which full given names a given name may stand for: Peggy is Margaret, Kasia Katarzyna, Pepe José. What is
// in common use in English, German, Dutch, French, Spanish, Portuguese, Italian, Polish, Czech and Russian;
// the table is ours. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crossbill::linkage {

// Of one folded word (names.h): the full names that it is short for, and the word itself where others are
// short for it. In order of the alphabet; nothing where the word is neither.
std::vector<std::string_view> FullNamesOf(std::string_view word);
// Every word of the table: for its test.
std::vector<std::string_view> AllNames();

}  // namespace crossbill::linkage
