// The values of single fields: what a field holds, and whether an expression gives it.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "connectors/mapping/target_compiler.h"
#include "connectors/mapping/writer.h"
#include "crossbill/v1/options.pb.h"

namespace crossbill::mapping {
namespace {

using google::protobuf::FieldDescriptor;

Form FormOf(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Form::kMoney;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Form::kEnum;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Form::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Form::kInt;
    default:
      break;
  }
  switch (field->options().GetExtension(v1::format)) {
    case v1::Format::DATE:
      return Form::kDate;
    case v1::Format::INSTANT:
      return Form::kInstant;
    case v1::Format::DECIMAL:
      return Form::kDecimal;
    case v1::Format::CURRENCY:
      return Form::kCurrency;
    case v1::Format::COUNTRY:
      return Form::kCountry;
    default:
      return Form::kText;
  }
}

std::shared_ptr<const EnumPlan> EnumOf(const FieldDescriptor* field) {
  if (field->enum_type() == nullptr) {
    return nullptr;
  }
  auto plan = std::make_shared<EnumPlan>();
  for (int i = 0; i < field->enum_type()->value_count(); ++i) {
    plan->names.emplace_back(field->enum_type()->value(i)->name());
    plan->numbers.push_back(field->enum_type()->value(i)->number());
  }
  return plan;
}

// A YAML number or bool is that constant, also for a text field: `org_unit: 1000`.
bool IsPlainConstant(const config::Node& node) {
  if (!node.IsScalar() || node.quoted || node.scalar.empty()) {
    return false;
  }
  if (node.scalar == "true" || node.scalar == "false") {
    return true;
  }
  const std::size_t sign = node.scalar.front() == '-' ? 1 : 0;
  int points = 0;
  for (std::size_t i = sign; i < node.scalar.size(); ++i) {
    points += node.scalar[i] == '.' ? 1 : 0;
    if (node.scalar[i] != '.' && (node.scalar[i] < '0' || node.scalar[i] > '9')) {
      return false;
    }
  }
  return node.scalar.size() > sign && node.scalar[sign] != '.' && node.scalar.back() != '.' && points <= 1;
}

std::string_view HolderOf(Form form) {
  switch (form) {
    case Form::kCurrency:
      return "a currency code";
    case Form::kCountry:
      return "a country code";
    case Form::kEnum:
      return "one of its values";
    default:
      return "";
  }
}

}  // namespace

bool TargetCompiler::Value(const config::Node& node, const FieldDescriptor* field, const Place& place,
                           bool allow_list, ValuePlan& value) {
  value.form = FormOf(field);
  value.enumeration = EnumOf(field);
  value.at = node.at;
  const std::string path = place.Of(field->name());
  if (IsPlainConstant(node) && KindsOf(value.form) == kText) {
    value.expr = MakeConstant(
        connectors::Value::Text(expressions_.compilation().constants.arena.Copy(node.scalar)), kTextType);
    CheckConstant(node, path, value);
    return true;
  }
  const std::span<const std::string> words =
      value.enumeration == nullptr ? std::span<const std::string>() : value.enumeration->names;
  value.expr = expressions_.Compile(node, *place.scope, words);
  if (value.expr == nullptr || !CheckType(node, field, place, allow_list, value)) {
    return false;
  }
  if (value.expr->constant) {
    CheckConstant(node, path, value);
  }
  return true;
}

bool TargetCompiler::CheckType(const config::Node& node, const FieldDescriptor* field, const Place& place,
                               bool allow_list, const ValuePlan& value) {
  const mapping::Type& have = value.expr->type;
  const mapping::Type& item = allow_list && have.kind == Kind::kList ? ElementOf(have) : have;
  const Kinds wanted = KindsOf(value.form);
  if (item.kind == Kind::kDyn || item.kind == Kind::kNull || (wanted & Bit(item.kind)) != 0) {
    return true;
  }
  std::string hint = HowToConvert(item, wanted);
  if (node.quoted && value.expr->constant && wanted == kText) {
    hint += fmt::format("; a text constant is written '\"{}\"'", node.scalar);
  }
  if (have.kind == Kind::kList && !allow_list) {
    hint = "; first(x) is its first element, join(x, \", \") all of them as text";
  }
  const std::string_view holder = HolderOf(value.form);
  expressions_.Report(node.at, Code::kMapType,
                      fmt::format("{} holds {}{}, not {}{}", place.Of(field->name()), NamesOf(wanted),
                                  holder.empty() ? "" : fmt::format(" ({})", holder), NameOf(have), hint));
  return false;
}

// What is the same for every row must be right already now.
void TargetCompiler::CheckConstant(const config::Node& node, const std::string& path,
                                   const ValuePlan& value) {
  Context& context = expressions_.compilation().constants;
  Wire wire;
  Writer writer(context, wire);
  connectors::Value v;
  const bool list = value.expr->Eval(context, v) && v.type() == ValueType::kList;
  if (!list && writer.Value(value, 1) == Wrote::kFailed) {
    expressions_.Report(node.at, Code::kMapType, fmt::format("{}: {}", path, context.message()));
  }
  context.ClearError();
}

}  // namespace crossbill::mapping
