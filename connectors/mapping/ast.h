// Expressions as written. The parser's limits bound the height of the tree, so walking it cannot overflow a
// stack.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/decimal.h"

namespace crossbill::mapping {

enum class Op : std::uint8_t {
  kNone,
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
};
std::string_view TextOf(Op op);  // "||"

struct Ast {
  enum class Type : std::uint8_t {
    kNull,
    kBool,
    kInt,
    kDecimal,
    kText,    // literals
    kName,    // text
    kSelect,  // items[0] . text
    kIndex,   // items[0] [ items[1] ]
    kList,    // [ items ]
    kCall,    // text ( items ); method: items[0] . text ( rest )
    kNot,
    kNegate,  // items[0]
    kBinary,  // items[0] op items[1]
    kChoose,  // items[0] ? items[1] : items[2]
  };
  Type type = Type::kNull;
  Op op = Op::kNone;
  bool method = false;
  bool boolean = false;
  std::int64_t integer = 0;
  Decimal decimal;
  std::string text;
  std::uint32_t at = 0;  // byte offset in the expression
  std::uint32_t height = 1;
  std::vector<std::unique_ptr<Ast>> items;
};
using AstPtr = std::unique_ptr<Ast>;

}  // namespace crossbill::mapping
