// Runs a plan over a row and writes the message's bytes. One thread.
#pragma once

#include <string>

#include "connectors/mapping/plan.h"
#include "connectors/mapping/wire.h"

namespace crossbill::mapping {

// Where a row failed; what failed is in the Context.
struct Failure {
  std::string path;  // "lines[1].quantity"
  config::Position at;
};

enum class Wrote : std::uint8_t { kNothing, kConstants, kSomething, kFailed };

class Writer {
 public:
  Writer(Context& context, Wire& wire) : c_(context), wire_(wire) {}
  // Appends the fields. The message's counts of elements go to the context when `top`.
  Wrote Message(const MessagePlan& plan, bool top);
  // One value, as the field `number`.
  Wrote Value(const ValuePlan& plan, int number);
  const Failure& failure() const { return failure_; }

 private:
  Wrote Field(const FieldPlan& field, bool top);
  Wrote Values(const FieldPlan& field, bool top);
  Wrote Nested(const FieldPlan& field);
  Wrote Elements(const FieldPlan& field, std::int64_t& count);
  Wrote Each(const FieldPlan& field, const ElementPlan& element, std::int64_t& count);
  Wrote Element(const FieldPlan& field, const ElementPlan& element, std::int64_t& count);
  Wrote Put(const ValuePlan& plan, int number, const connectors::Value& value);
  Wrote PutText(const ValuePlan& plan, int number, const connectors::Value& value);
  Wrote PutChecked(const ValuePlan& plan, int number, std::string_view text);
  Wrote PutEnum(const ValuePlan& plan, int number, std::string_view text);
  Wrote PutDate(const ValuePlan& plan, int number, const connectors::Value& value);
  Wrote PutInstant(const ValuePlan& plan, int number, const connectors::Value& value);
  Wrote PutDecimal(const ValuePlan& plan, int number, const connectors::Value& value);
  Wrote PutMoney(const ValuePlan& plan, int number, const connectors::Value& value);
  Wrote Refuse(const ValuePlan& plan, const connectors::Value& value);
  Wrote Fail(const ValuePlan& plan, std::string message);
  Wrote Failed(config::Position at);

  Context& c_;
  Wire& wire_;
  Failure failure_;
};

}  // namespace crossbill::mapping
