// The check digits of national numbers, by country. Pure; any thread.
#pragma once

#include <string_view>

#include "transforms/linkage/registration_number.h"

namespace crossbill::linkage {

// `text`: capitals and digits, without the country.
CheckDigits CheckNational(std::string_view country, std::string_view text);

// The building blocks, each over digits.
bool LuhnHolds(std::string_view digits);
// ISO 7064, MOD 11,10: the last digit is the check.
bool Iso7064Mod11And10Holds(std::string_view digits);
// ISO 7064, MOD 97-10, letters as two digits.
bool Iso7064Mod97And10Holds(std::string_view text);

}  // namespace crossbill::linkage
