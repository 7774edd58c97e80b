#include "connectors/mapping/lexer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill::mapping {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
// Letters of other scripts are letters of names too: columns are called 订单号.
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

constexpr std::array<std::string_view, 4> kKeywords = {"true", "false", "null", "in"};
constexpr std::array<std::string_view, 16> kReserved = {
    "as",  "break",  "const",     "continue", "else",    "for",    "function", "if",
    "let", "import", "namespace", "loop",     "package", "return", "var",      "while"};
constexpr std::array<std::string_view, 6> kLongSymbols = {"||", "&&", "==", "!=", "<=", ">="};

template <std::size_t n>
bool IsOneOf(std::string_view word, const std::array<std::string_view, n>& words) {
  for (const std::string_view w : words) {
    if (w == word) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Token> Lexer::Fail(std::size_t at, std::string message) {
  error_ = {static_cast<std::uint32_t>(at), std::move(message)};
  return std::nullopt;
}

void Lexer::SkipBlanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '/' && text_.substr(at_, 2) == "//") {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    } else {
      return;
    }
  }
}

std::optional<Token> Lexer::Next() {
  SkipBlanks();
  if (at_ >= text_.size()) {
    Token end;
    end.at = static_cast<std::uint32_t>(text_.size());
    return end;
  }
  const char c = text_[at_];
  const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (c == '"' || c == '\'') {
    return Text(false);
  }
  if ((c == 'r' || c == 'R') && (next == '"' || next == '\'')) {
    return Text(true);
  }
  if ((c == 'b' || c == 'B') && (next == '"' || next == '\'')) {
    return Fail(at_, "byte strings are not part of the language");
  }
  if (c == '`') {
    return QuotedName();
  }
  if (IsDigit(c) || (c == '.' && IsDigit(next))) {
    return Number();
  }
  if (IsNameStart(c)) {
    return Name();
  }
  return Symbol();
}

std::optional<Token> Lexer::Symbol() {
  Token token;
  token.type = Token::Type::kSymbol;
  token.at = static_cast<std::uint32_t>(at_);
  if (IsOneOf(text_.substr(at_, 2), kLongSymbols)) {
    token.text = text_.substr(at_, 2);
    at_ += 2;
    return token;
  }
  const char c = text_[at_];
  if (std::string_view("?:<>+-*/%!.,()[]{}").find(c) != std::string_view::npos) {
    token.text = c;
    ++at_;
    return token;
  }
  if (c == '=') {
    return Fail(at_, "equality is written \"==\"");
  }
  if (c == '&' || c == '|') {
    return Fail(at_, fmt::format("\"{0}\" is written \"{0}{0}\"", c));
  }
  return Fail(at_, fmt::format("unexpected character \"{}\"", Printable(text_.substr(at_, 1))));
}

std::optional<Token> Lexer::Name() {
  Token token;
  token.type = Token::Type::kName;
  token.at = static_cast<std::uint32_t>(at_);
  std::size_t end = at_;
  while (end < text_.size() && IsNamePart(text_[end])) {
    ++end;
  }
  token.text = text_.substr(at_, end - at_);
  if (!IsValidUtf8(token.text)) {
    return Fail(at_, "the expression is not valid UTF-8");
  }
  at_ = end;
  if (IsOneOf(token.text, kKeywords)) {
    token.type = Token::Type::kKeyword;
  } else if (IsOneOf(token.text, kReserved)) {
    return Fail(
        token.at,
        fmt::format("\"{0}\" is a reserved word of CEL; a column of this name is written `{0}`", token.text));
  }
  return token;
}

std::optional<Token> Lexer::QuotedName() {
  const std::size_t end = text_.find('`', at_ + 1);
  if (end == std::string_view::npos) {
    return Fail(at_, "a name in backquotes that is not closed");
  }
  Token token;
  token.type = Token::Type::kName;
  token.at = static_cast<std::uint32_t>(at_);
  token.text = text_.substr(at_ + 1, end - at_ - 1);
  if (token.text.empty() || !IsValidUtf8(token.text)) {
    return Fail(at_, "a name in backquotes is empty or not valid UTF-8");
  }
  at_ = end + 1;
  return token;
}

std::optional<Token> Lexer::HexNumber() {
  const std::size_t start = at_;
  std::size_t end = at_ + 2;
  while (end < text_.size() && IsHex(text_[end])) {
    ++end;
  }
  Token token;
  token.type = Token::Type::kInt;
  token.at = static_cast<std::uint32_t>(start);
  const auto [rest, error] = std::from_chars(text_.data() + start + 2, text_.data() + end, token.integer, 16);
  if (error != std::errc() || rest != text_.data() + end) {
    return Fail(start, "a hexadecimal number that is empty or larger than 64 bits");
  }
  at_ = end;
  return token;
}

std::optional<Token> Lexer::Number() {
  const std::size_t start = at_;
  if (text_[at_] == '0' && at_ + 1 < text_.size() && (text_[at_ + 1] == 'x' || text_[at_ + 1] == 'X')) {
    return HexNumber();
  }
  std::size_t end = at_;
  bool point = false;
  while (end < text_.size() && (IsDigit(text_[end]) || (text_[end] == '.' && !point &&
                                                        end + 1 < text_.size() && IsDigit(text_[end + 1])))) {
    point = point || text_[end] == '.';
    ++end;
  }
  const std::string_view digits = text_.substr(start, end - start);
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    return Fail(start, "numbers with an exponent are not part of the language; write the digits");
  }
  if (end < text_.size() && (text_[end] == 'u' || text_[end] == 'U')) {
    return Fail(start, "unsigned numbers are not part of the language; leave out the \"u\"");
  }
  if (end < text_.size() && IsNamePart(text_[end])) {
    return Fail(start,
                "a name does not begin with a digit; a column of such a name is written in backquotes");
  }
  Token token;
  token.at = static_cast<std::uint32_t>(start);
  at_ = end;
  if (!point) {
    token.type = Token::Type::kInt;
    token.smallest = digits == "9223372036854775808";
    if (!token.smallest &&
        std::from_chars(digits.data(), digits.data() + digits.size(), token.integer).ec != std::errc()) {
      return Fail(start, "a whole number larger than 64 bits; with a point it is a decimal");
    }
    return token;
  }
  token.type = Token::Type::kDecimal;
  const auto decimal = Decimal::Parse(digits);
  if (!decimal.ok()) {
    return Fail(start, "a decimal has at most 38 digits");
  }
  token.decimal = *decimal;
  return token;
}

std::optional<Token> Lexer::Text(bool raw) {
  Token token;
  token.type = Token::Type::kText;
  token.at = static_cast<std::uint32_t>(at_);
  at_ += raw ? 1 : 0;
  const char quote = text_[at_];
  const std::string three(3, quote);
  const bool triple = text_.substr(at_, 3) == three;
  const std::string_view close = std::string_view(three).substr(0, triple ? 3 : 1);
  at_ += close.size();
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (text_.substr(at_, close.size()) == close) {
      at_ += close.size();
      if (!IsValidUtf8(token.text)) {
        return Fail(token.at, "a text that is not valid UTF-8");
      }
      return token;
    }
    if (!triple && (c == '\n' || c == '\r')) {
      return Fail(token.at, "a text that is not closed on its line");
    }
    if (c == '\\' && !raw) {
      if (!Escape(token.text)) {
        return std::nullopt;
      }
      continue;
    }
    token.text += c;
    ++at_;
  }
  return Fail(token.at, "a text that is not closed");
}

bool Lexer::Escape(std::string& out) {
  const std::size_t start = at_;
  const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  at_ += 2;
  constexpr std::string_view kFrom = "abfnrtv\\?\"'`";
  constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\?\"'`";
  if (const std::size_t simple = kFrom.find(c); c != '\0' && simple != std::string_view::npos) {
    out += kTo[simple];
    return true;
  }
  switch (c) {
    case 'x':
    case 'X':
      return CodePointEscape(2, out);
    case 'u':
      return CodePointEscape(4, out);
    case 'U':
      return CodePointEscape(8, out);
    default:
      break;
  }
  if (c >= '0' && c <= '3') {
    return OctalEscape(out);
  }
  Fail(start, "an unknown escape in a text; a backslash is written \"\\\\\", or the text raw: r\"…\"");
  return false;
}

bool Lexer::CodePointEscape(int digits, std::string& out) {
  std::uint32_t code = 0;
  const std::string_view hex = text_.substr(std::min(at_, text_.size()), static_cast<std::size_t>(digits));
  const auto [rest, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
  if (error != std::errc() || rest != hex.data() + digits || code > 0x10FFFF ||
      (code >= 0xD800 && code < 0xE000)) {
    Fail(at_ - 2, fmt::format("\"\\{}\" needs {} hexadecimal digits of a character", text_[at_ - 1], digits));
    return false;
  }
  at_ += static_cast<std::size_t>(digits);
  AppendCodePoint(out, code);
  return true;
}

bool Lexer::OctalEscape(std::string& out) {
  std::uint32_t code = 0;
  const std::string_view octal = text_.substr(at_ - 1, 3);
  const auto [rest, error] = std::from_chars(octal.data(), octal.data() + octal.size(), code, 8);
  if (error != std::errc() || rest != octal.data() + 3) {
    Fail(at_ - 2, "an octal escape has three digits");
    return false;
  }
  at_ += 2;
  AppendCodePoint(out, code);
  return true;
}

}  // namespace crossbill::mapping
