// Dates of the Japanese eras, Meiji to Reiwa. Internal to base/date_format.cc. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/date.h"

namespace crossbill {

// The era date at `at` of a text whose full-width characters are folded; moves past it.
// "令和6年11月4日", "R06.11.05", "R6/11/5", "R061105", "㋿元年5月1日". The error says what does not fit; it
// lacks the text.
Result<Date> TakeEraDate(std::string_view text, std::size_t& at);

}  // namespace crossbill
