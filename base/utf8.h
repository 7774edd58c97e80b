// Stepping through UTF-8 by code points. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crossbill {

inline constexpr char32_t kBadCodePoint = 0xFFFFFFFF;

// The code point at `at`, which moves past it; kBadCodePoint for an invalid sequence, past which it moves by
// one byte. Precondition: at < text.size().
char32_t NextCodePoint(std::string_view text, std::size_t& at);
void AppendCodePoint(std::string& out, char32_t code_point);  // U+FFFD for what is no code point
bool IsAscii(std::string_view text);
// The length of the longest prefix below 0x80.
std::size_t AsciiPrefix(std::string_view text);
// Full-width ASCII (U+FF01 to U+FF5E) to ASCII; the ideographic, no-break and narrow blanks to a blank.
std::string FoldWidth(std::string_view text);
// The length of the longest prefix that is valid UTF-8.
std::size_t ValidUtf8Prefix(std::string_view bytes);

}  // namespace crossbill
