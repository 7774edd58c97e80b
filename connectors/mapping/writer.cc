#include "connectors/mapping/writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/mapping/operators.h"

namespace crossbill::mapping {
namespace {

using connectors::Value;

Wrote Both(Wrote a, Wrote b) { return std::max(a, b); }

}  // namespace

Wrote Writer::Failed(config::Position at) {
  failure_ = {{}, at};
  return Wrote::kFailed;
}

Wrote Writer::Message(const MessagePlan& plan, bool top) {
  Wrote wrote = Wrote::kNothing;
  for (std::size_t i = 0; i < plan.fields.size(); ++i) {
    const Wrote field = Field(plan.fields[i], top);
    if (field == Wrote::kFailed || (i == 0 && plan.needs_first_field && field == Wrote::kNothing)) {
      return field;
    }
    wrote = Both(wrote, field);
  }
  return wrote;
}

Wrote Writer::Field(const FieldPlan& field, bool top) {
  Wrote wrote = Wrote::kNothing;
  switch (field.shape) {
    case FieldPlan::Shape::kValue:
      wrote = this->Value(field.values.front(), field.number);
      break;
    case FieldPlan::Shape::kValues:
      return Values(field, top);
    case FieldPlan::Shape::kMessage:
      wrote = Nested(field);
      break;
    case FieldPlan::Shape::kMessages: {
      std::int64_t count = 0;
      wrote = Elements(field, count);
      if (top && field.number < Context::kMaxCounts) {
        c_.counts[static_cast<std::size_t>(field.number)] = count;
      }
      return wrote;
    }
  }
  if (wrote == Wrote::kFailed) {
    failure_.path = failure_.path.empty() ? field.name : field.name + "." + failure_.path;
  }
  return wrote;
}

Wrote Writer::Value(const ValuePlan& plan, int number) {
  connectors::Value value;
  if (!plan.expr->Eval(c_, value)) {
    return Failed(plan.at);
  }
  const Wrote wrote = Put(plan, number, value);
  return wrote == Wrote::kSomething && plan.expr->constant ? Wrote::kConstants : wrote;
}

Wrote Writer::Values(const FieldPlan& field, bool top) {
  Wrote wrote = Wrote::kNothing;
  std::int64_t written = 0;
  for (const ValuePlan& plan : field.values) {
    connectors::Value value;
    Wrote one = Wrote::kNothing;
    if (!plan.expr->Eval(c_, value)) {
      one = Failed(plan.at);
    } else if (value.type() == ValueType::kList) {
      for (const connectors::Value& item : value.AsList()) {
        one = Put(plan, field.number, item);
        written += one == Wrote::kSomething ? 1 : 0;
        if (one == Wrote::kFailed) {
          break;
        }
      }
    } else {
      one = Put(plan, field.number, value);
      written += one == Wrote::kSomething ? 1 : 0;
    }
    if (one == Wrote::kFailed) {
      failure_.path = fmt::format("{}[{}]", field.name, written);
      return one;
    }
    wrote = Both(wrote, one == Wrote::kSomething && plan.expr->constant ? Wrote::kConstants : one);
  }
  if (top && field.number < Context::kMaxCounts) {
    c_.counts[static_cast<std::size_t>(field.number)] = written;
  }
  return wrote;
}

Wrote Writer::Nested(const FieldPlan& field) {
  const std::size_t before = wire_.size();
  const std::size_t begin = wire_.Begin(field.number);
  const Wrote wrote = Message(*field.message, false);
  if (wrote == Wrote::kNothing || wrote == Wrote::kFailed) {
    wire_.Truncate(before);
    return wrote;
  }
  wire_.End(begin);
  return wrote;
}

Wrote Writer::Elements(const FieldPlan& field, std::int64_t& count) {
  Wrote wrote = Wrote::kNothing;
  for (const ElementPlan& element : field.elements) {
    const Wrote one = element.each != nullptr ? Each(field, element, count) : Element(field, element, count);
    if (one == Wrote::kFailed) {
      return one;
    }
    wrote = Both(wrote, one);
  }
  return wrote;
}

Wrote Writer::Element(const FieldPlan& field, const ElementPlan& element, std::int64_t& count) {
  const std::size_t before = wire_.size();
  const std::size_t begin = wire_.Begin(field.number);
  const Wrote wrote = Message(element.message, false);
  if (wrote == Wrote::kFailed) {
    failure_.path =
        fmt::format("{}[{}]{}{}", field.name, count, failure_.path.empty() ? "" : ".", failure_.path);
    return wrote;
  }
  const bool only_constants = wrote == Wrote::kConstants && !element.message.constant;
  const bool row_of_its_own = element.each != nullptr;
  if (!row_of_its_own && (wrote == Wrote::kNothing || only_constants)) {
    wire_.Truncate(before);
    return Wrote::kNothing;
  }
  wire_.End(begin);
  ++count;
  return row_of_its_own ? Wrote::kSomething : wrote;
}

Wrote Writer::Each(const FieldPlan& field, const ElementPlan& element, std::int64_t& count) {
  connectors::Value list;
  if (!element.each->Eval(c_, list)) {
    failure_ = {field.name, element.at};
    return Wrote::kFailed;
  }
  if (list.IsNull()) {
    return Wrote::kNothing;
  }
  std::span<const connectors::Value> items(
      &list, 1);  // a single record where a list may stand, as XML and JSON have it
  if (list.type() == ValueType::kList) {
    items = list.AsList();
  } else if ((Bit(list.type()) & kMapping) == 0) {
    c_.Fail(Code::kMapValue, fmt::format("each: needs a list, not {}", Shown(list)));
    c_.SetColumn(element.each->column);
    failure_ = {field.name, element.at};
    return Wrote::kFailed;
  }
  Wrote wrote = Wrote::kNothing;
  for (const connectors::Value& item : items) {
    c_.locals[static_cast<std::size_t>(element.slot)] = item;
    if (element.when != nullptr) {
      bool keep = false;
      if (!Ask(c_, *element.when, keep)) {
        failure_ = {fmt::format("{}[{}]", field.name, count), element.at};
        return Wrote::kFailed;
      }
      if (!keep) {
        continue;
      }
    }
    const Wrote one = Element(field, element, count);
    if (one == Wrote::kFailed) {
      return one;
    }
    wrote = Both(wrote, one);
  }
  return wrote;
}

}  // namespace crossbill::mapping
