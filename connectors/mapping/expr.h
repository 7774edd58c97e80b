// Compiled expressions: trees of small nodes that are evaluated for each row. Temporaries live in the
// context's arena, so that a row allocates nothing in the steady state. Expressions are immutable; a Context
// belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/mapping/type.h"

namespace crossbill::mapping {

// What an expression sees of a row.
class Context {
 public:
  static constexpr int kMaxLocals = 96;
  static constexpr int kMaxCounts = 64;

  // Notes an error and returns false, for `return c.Fail(…)`.
  bool Fail(Code code, std::string message);
  void ClearError() {
    message_.clear();
    column_ = {};
  }

  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // The column that the refused value came from; empty when it is not one column's.
  std::string_view column() const { return column_; }
  void SetColumn(std::string_view column) {
    if (column_.empty()) {
      column_ = column;
    }
  }

  Arena arena{64u << 10};
  const Value* cells = nullptr;  // one for each column, or one map when rows are dynamic
  std::span<const Value> children;
  std::array<Value, kMaxLocals> locals;           // elements of `each:` and variables of macros
  std::array<std::int64_t, kMaxCounts> counts{};  // elements written, by the number of the target's field

 private:
  Code code_ = Code::kMapValue;
  std::string message_;
  std::string_view column_;
};

class Expr {
 public:
  virtual ~Expr() = default;
  // False: the context has the error.
  virtual bool Eval(Context& c, Value& out) const = 0;

  Type type;
  bool constant = false;  // the same for every row
  std::string column;     // the first column that takes part, for messages
};
using ExprPtr = std::unique_ptr<Expr>;

// Conversions that every part needs.
std::string_view TextOf(
    const Value& value,
    Arena& arena);  // scalars as text: "12.50", "2026-10-31"; empty for null and for lists
std::string Shown(const Value& value);            // for messages: "three" in quotes, cut
Decimal AsNumber(const Value& value);             // of an int or a decimal
std::string_view Trimmed(std::string_view text);  // without white space at its ends, also U+3000 and NBSP

}  // namespace crossbill::mapping
