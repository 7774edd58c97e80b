// How a Han character is read in Mandarin. Any thread.
#pragma once

#include <string>

namespace crossbill {

// In the letters a to z, without tones ("zhang"), as in names; "" where ICU knows no reading
// (Han-Latin/Names).
const std::string& HanReading(char32_t character);

}  // namespace crossbill
