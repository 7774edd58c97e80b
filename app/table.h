// Rows of text in columns as wide as they need, for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill::app {

// The first row is the heading; the last column is not padded.
std::string Table(const std::vector<std::vector<std::string>>& rows);
// On one line, and nothing in it that a terminal would act on: what others wrote may be anything.
std::string Visible(std::string_view text);
// At most so many characters of that; "…" where something was left out.
std::string Shortened(std::string_view text, std::size_t most);

}  // namespace crossbill::app
