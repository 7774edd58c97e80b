#include "base/utf8.h"

#include <simdjson.h>

#include <cstring>

#include "base/text.h"

namespace crossbill {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080u;

bool IsTrail(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

void AppendEscaped(std::string& out, unsigned char byte) {
  constexpr char kHex[] = "0123456789ABCDEF";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\x";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

}  // namespace

char32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const std::size_t start = at++;
  const auto first = static_cast<unsigned char>(text[start]);
  if (first < 0x80) {
    return first;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) {
    return kBadCodePoint;
  }
  char32_t value = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsTrail(text, start + i)) {
      return kBadCodePoint;
    }
    value = (value << 6) | (static_cast<unsigned char>(text[start + i]) & 0x3F);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return kBadCodePoint;
  }
  at = start + length;
  return value;
}

void AppendCodePoint(std::string& out, char32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
    code_point = 0xFFFD;
  }
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  char bytes[4];
  std::size_t size = 0;
  if (code_point < 0x800) {
    bytes[size++] = static_cast<char>(0xC0 | (code_point >> 6));
  } else {
    if (code_point < 0x10000) {
      bytes[size++] = static_cast<char>(0xE0 | (code_point >> 12));
    } else {
      bytes[size++] = static_cast<char>(0xF0 | (code_point >> 18));
      bytes[size++] = static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    }
    bytes[size++] = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
  }
  bytes[size++] = static_cast<char>(0x80 | (code_point & 0x3F));
  out.append(bytes, size);
}

std::size_t AsciiPrefix(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & kHighBits) != 0) {
      break;
    }
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) {
    ++at;
  }
  return at;
}

bool IsAscii(std::string_view text) {
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    seen |= word;
  }
  for (; at < text.size(); ++at) {
    seen |= static_cast<unsigned char>(text[at]);
  }
  return (seen & kHighBits) == 0;
}

std::string FoldWidth(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t c = NextCodePoint(text, at);
    if (c >= 0xFF01 && c <= 0xFF5E) {
      out += static_cast<char>(c - 0xFF01 + '!');
    } else if (c == 0x3000 || c == 0xA0 || c == 0x202F || (c >= 0x2000 && c <= 0x200A)) {
      out += ' ';
    } else {
      out.append(text.substr(start, at - start));
    }
  }
  return out;
}

bool IsValidUtf8(std::string_view bytes) {
  // Below that a loop over words beats the call through simdjson's dispatch.
  if (bytes.size() < 64 && IsAscii(bytes)) {
    return true;
  }
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::size_t ValidUtf8Prefix(std::string_view bytes) {
  std::size_t at = 0;
  while (true) {
    at += AsciiPrefix(bytes.substr(at));
    if (at == bytes.size()) {
      return at;
    }
    std::size_t next = at;
    if (NextCodePoint(bytes, next) == kBadCodePoint) {
      return at;
    }
    at = next;
  }
}

std::string Printable(std::string_view bytes, std::size_t limit) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const char32_t code_point = NextCodePoint(bytes, at);
    std::string piece;
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
                         code_point == 0xFEFF || (code_point >= 0x200B && code_point <= 0x200F) ||
                         (code_point >= 0x2028 && code_point <= 0x202E);
    if (code_point == kBadCodePoint || control) {
      for (std::size_t i = start; i < at; ++i) {
        AppendEscaped(piece, static_cast<unsigned char>(bytes[i]));
      }
    } else {
      piece.assign(bytes.substr(start, at - start));
    }
    if (out.size() + piece.size() > limit) {
      return out + "…";
    }
    out += piece;
  }
  return out;
}

}  // namespace crossbill
