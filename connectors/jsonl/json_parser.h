// Reads one JSON text into values, exactly: numbers keep their digits, nothing is rounded. Strict RFC 8259;
// beyond it, a key that stands twice is an error, and so are lone surrogates and a depth above 64. Texts
// without escapes are views into the input. One thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/sdk/value.h"

namespace crossbill::connectors {

class JsonParser {
 public:
  static constexpr int kMaxDepth = 64;
  // `text` is valid UTF-8 and lives as long as the value, like the arena. kRowSyntax with the column (in
  // bytes, from 1).
  Result<Value> Parse(std::string_view text, Arena& arena);

 private:
  bool ParseValue(Value& out, int depth);
  bool ParseObject(Value& out, int depth);
  bool ParseArray(Value& out, int depth);
  bool ParseString(std::string_view& out);
  bool Unescape(std::size_t from, std::string_view& out);
  bool ParseEscape(char*& to);
  bool ParseHex(unsigned& out);
  bool ParseNumber(Value& out);
  bool ParseWord(std::string_view word);
  bool IsDistinct(std::size_t first);
  bool Fail(const char* why);
  void SkipBlanks();
  bool Take(char c);

  std::string_view text_;
  std::size_t at_ = 0;
  const char* why_ = nullptr;
  Arena* arena_ = nullptr;
  std::vector<MapEntry> entries_;  // of the objects that are open
  std::vector<Value> items_;       // of the arrays that are open
};

// A JSON number as a value: kInt, else kDecimal; text where 38 digits do not hold it.
Value NumberOf(std::string_view token, Arena& arena);

}  // namespace crossbill::connectors
