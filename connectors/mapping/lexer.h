// An expression's text as tokens of CEL. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace crossbill::mapping {

struct Token {
  enum class Type : std::uint8_t { kEnd, kName, kKeyword, kInt, kDecimal, kText, kSymbol };
  Type type = Type::kEnd;
  std::string text;  // names, keywords, symbols, and the text of a literal after its escapes
  std::int64_t integer = 0;
  bool smallest = false;  // 9223372036854775808, which only a minus makes an int
  Decimal decimal;
  std::uint32_t at = 0;  // byte offset
};

// What is wrong in an expression, and where in it.
struct SyntaxError {
  std::uint32_t at = 0;
  std::string message;
};

class Lexer {
 public:
  // `text` must outlive the lexer.
  explicit Lexer(std::string_view text) : text_(text) {}
  // Nothing: error() says why.
  std::optional<Token> Next();
  const SyntaxError& error() const { return error_; }

 private:
  void SkipBlanks();
  std::optional<Token> Fail(std::size_t at, std::string message);
  std::optional<Token> Number();
  std::optional<Token> HexNumber();
  std::optional<Token> Name();
  std::optional<Token> QuotedName();
  std::optional<Token> Symbol();
  // A literal that begins at the quote after `prefix` ("", "r").
  std::optional<Token> Text(bool raw);
  bool Escape(std::string& out);
  bool CodePointEscape(int digits, std::string& out);
  bool OctalEscape(std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
  SyntaxError error_;
};

}  // namespace crossbill::mapping
