// The compiled mapping of one message: its fields in order of their numbers. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/node.h"
#include "connectors/mapping/expr.h"

namespace crossbill::mapping {

// What a field of the target holds.
enum class Form : std::uint8_t {
  kText,
  kDate,
  kInstant,
  kDecimal,
  kCurrency,
  kCountry,
  kEnum,
  kBool,
  kInt,
  kMoney
};

// What expressions may give for a form, and its name in messages.
Kinds KindsOf(Form form);

struct EnumPlan {
  std::vector<std::string> names;
  std::vector<int> numbers;
};

struct ValuePlan {
  Form form = Form::kText;
  ExprPtr expr;
  std::shared_ptr<const EnumPlan> enumeration;
  config::Position at;
};

struct FieldPlan;

struct MessagePlan {
  std::vector<FieldPlan> fields;
  bool constant = true;            // no part depends on the row
  bool needs_first_field = false;  // Money: without its amount it is nothing
};

// One element of a repeated message, or as many as `each` gives.
struct ElementPlan {
  ExprPtr each;  // nullptr: one element
  ExprPtr when;  // of each element; may be nullptr
  int slot = 0;
  MessagePlan message;
  config::Position at;
};

struct FieldPlan {
  enum class Shape : std::uint8_t { kValue, kValues, kMessage, kMessages };
  int number = 0;
  std::string name;
  Shape shape = Shape::kValue;
  config::Position at;                   // of its key
  std::vector<ValuePlan> values;         // kValue: one
  std::unique_ptr<MessagePlan> message;  // kMessage
  std::vector<ElementPlan> elements;     // kMessages
};

}  // namespace crossbill::mapping
