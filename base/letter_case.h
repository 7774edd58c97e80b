// Upper and lower case of any script, by Unicode's rules and no language's own (ß becomes SS; i is never ı).
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace crossbill {

std::string UpperCase(std::string_view utf8);
std::string LowerCase(std::string_view utf8);

}  // namespace crossbill
