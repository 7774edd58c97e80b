#include "connectors/mapping/target_compiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "crossbill/v1/common.pb.h"

namespace crossbill::mapping {
namespace {

constexpr int kSourceField = 1;  // SourceRef: written by the mapper itself

bool IsMoney(const google::protobuf::Descriptor* message) { return message == v1::Money::descriptor(); }

bool AllConstant(const FieldPlan& field) {
  const bool values = std::ranges::all_of(
      field.values, [](const ValuePlan& v) { return v.expr == nullptr || v.expr->constant; });
  const bool elements = std::ranges::all_of(
      field.elements, [](const ElementPlan& e) { return e.each == nullptr && e.message.constant; });
  return values && elements && (field.message == nullptr || field.message->constant);
}

}  // namespace

MessagePlan TargetCompiler::Compile(const config::Node& map, const Scope& row) {
  MessagePlan plan;
  Mapping(map, message_, {&row, "", false}, plan);
  Finish(plan);
  return plan;
}

void TargetCompiler::Finish(MessagePlan& plan) {
  std::ranges::sort(plan.fields, {}, &FieldPlan::number);
  for (FieldPlan& field : plan.fields) {
    if (field.message != nullptr) {
      Finish(*field.message);
    }
    for (ElementPlan& element : field.elements) {
      Finish(element.message);
    }
    plan.constant = plan.constant && AllConstant(field);
  }
}

void TargetCompiler::Mapping(const config::Node& map, const Descriptor* message, const Place& place,
                             MessagePlan& plan) {
  if (!map.IsMapping()) {
    expressions_.Report(map.at, Code::kConfigType,
                        fmt::format("{} takes a mapping of its fields: {}",
                                    place.path.empty() ? "map:" : place.path, FieldsOf(message)));
    return;
  }
  plan.needs_first_field = IsMoney(message);
  for (const config::Node::Entry& entry : map.entries) {
    Entry(entry, entry.key, message, place, plan);
  }
}

std::string TargetCompiler::FieldsOf(const Descriptor* message) const {
  std::vector<std::string> names;
  for (int i = 0; i < message->field_count(); ++i) {
    if (message->field(i)->number() != kSourceField || message != message_) {
      names.emplace_back(message->field(i)->name());
    }
  }
  return Listed(names);
}

const google::protobuf::FieldDescriptor* TargetCompiler::FindField(const config::Node::Entry& entry,
                                                                   std::string_view name,
                                                                   const Descriptor* message,
                                                                   const Place& place) {
  const FieldDescriptor* field = message->FindFieldByName(std::string(name));
  if (field == nullptr) {
    std::vector<std::string> names;
    for (int i = 0; i < message->field_count(); ++i) {
      names.emplace_back(message->field(i)->name());
    }
    const std::string where = place.path.empty() ? "" : " of " + place.path;
    expressions_.Report(entry.key_at, Code::kMapField,
                        fmt::format("{}{} has no field \"{}\"; it has {}{}", message->name(), where, name,
                                    FieldsOf(message), DidYouMean(name, names)));
    return nullptr;
  }
  if (message == message_ && field->number() == kSourceField) {
    expressions_.Report(entry.key_at, Code::kMapField,
                        "`source` is filled by Crossbill: system, stream and `key:`");
    return nullptr;
  }
  return field;
}

FieldPlan* TargetCompiler::NewField(const config::Node::Entry& entry, const FieldDescriptor* field,
                                    const Place& place, MessagePlan& plan) {
  for (FieldPlan& known : plan.fields) {
    if (known.number != field->number()) {
      continue;
    }
    expressions_.Report(
        entry.key_at, Code::kConfigDuplicate,
        fmt::format("{} is mapped twice; first at line {}", place.Of(field->name()), known.at.line));
    return nullptr;
  }
  FieldPlan& made = plan.fields.emplace_back();
  made.number = field->number();
  made.name = field->name();
  made.at = entry.key_at;
  return &made;
}

void TargetCompiler::Entry(const config::Node::Entry& entry, std::string_view key, const Descriptor* message,
                           const Place& place, MessagePlan& plan) {
  const std::size_t dot = key.find('.');
  const std::string_view name = key.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? std::string_view() : key.substr(dot + 1);
  const FieldDescriptor* field = FindField(entry, name, message, place);
  if (field == nullptr) {
    return;
  }
  const bool is_message = field->message_type() != nullptr;
  if (dot != std::string_view::npos && (field->is_repeated() || !is_message)) {
    const std::string path = place.Of(name);
    expressions_.Report(entry.key_at, Code::kMapField,
                        is_message ? fmt::format("{0} is a list: write {0}: [{{{1}: …}}]", path, rest)
                                   : fmt::format("{} has no fields", path));
    return;
  }
  if (is_message && !field->is_repeated() && (!rest.empty() || !entry.value.IsScalar())) {
    Nested(entry, rest, field, place, plan);
    return;
  }
  FieldPlan* made = NewField(entry, field, place, plan);
  if (made == nullptr) {
    return;
  }
  if (!field->is_repeated()) {
    Single(entry, field, place, *made);
  } else if (is_message) {
    Messages(entry, field, place, *made);
  } else {
    Values(entry, field, place, *made);
  }
}

void TargetCompiler::Nested(const config::Node::Entry& entry, std::string_view rest,
                            const FieldDescriptor* field, const Place& place, MessagePlan& plan) {
  FieldPlan* nested = nullptr;
  for (FieldPlan& known : plan.fields) {
    nested = known.number == field->number() && known.shape == FieldPlan::Shape::kMessage ? &known : nested;
  }
  if (nested == nullptr) {
    nested = NewField(entry, field, place, plan);
    if (nested == nullptr) {
      return;
    }
    nested->shape = FieldPlan::Shape::kMessage;
    nested->message = std::make_unique<MessagePlan>();
  }
  const Place inside{place.scope, place.Of(field->name()), place.in_element};
  nested->message->needs_first_field = IsMoney(field->message_type());
  if (rest.empty()) {
    Mapping(entry.value, field->message_type(), inside, *nested->message);
  } else {
    Entry(entry, rest, field->message_type(), inside, *nested->message);
  }
}

void TargetCompiler::Single(const config::Node::Entry& entry, const FieldDescriptor* field,
                            const Place& place, FieldPlan& plan) {
  const std::string path = place.Of(field->name());
  if (field->message_type() != nullptr && !IsMoney(field->message_type())) {
    expressions_.Report(entry.value.at, Code::kMapType,
                        fmt::format("{} is a {}: give a mapping of its fields: {}", path,
                                    field->message_type()->name(), FieldsOf(field->message_type())));
    return;
  }
  ValuePlan value;
  const bool ok = Value(entry.value, field, place, false, value);
  plan.values.push_back(std::move(value));
  if (ok && !place.in_element) {
    mapped_.emplace(path, Mapped{&entry.value, field});
  }
}

void TargetCompiler::Values(const config::Node::Entry& entry, const FieldDescriptor* field,
                            const Place& place, FieldPlan& plan) {
  plan.shape = FieldPlan::Shape::kValues;
  const bool sequence = entry.value.IsSequence();
  const std::span<const config::Node> nodes =
      sequence ? std::span<const config::Node>(entry.value.items) : std::span(&entry.value, 1);
  for (const config::Node& node : nodes) {
    ValuePlan value;
    if (Value(node, field, place, true, value)) {
      plan.values.push_back(std::move(value));
    }
  }
  if (!place.in_element) {
    mapped_.emplace(place.Of(field->name()), Mapped{&entry.value, field});
  }
}

void TargetCompiler::Messages(const config::Node::Entry& entry, const FieldDescriptor* field,
                              const Place& place, FieldPlan& plan) {
  plan.shape = FieldPlan::Shape::kMessages;
  if (entry.value.IsSequence()) {
    for (const config::Node& node : entry.value.items) {
      Element(node, field, place, plan);
    }
  } else if (entry.value.IsMapping() && entry.value.Find("each") != nullptr) {
    Each(entry.value, field, place, plan);
  } else {
    const std::string path = place.Of(field->name());
    const std::string named =
        entry.value.IsScalar() && !entry.value.scalar.empty() ? entry.value.scalar : "lines";
    expressions_.Report(
        entry.value.at, Code::kMapType,
        fmt::format("{0} is a list: write {0}: [{{…}}] or {0}: {{each: {1}, map: {{…}}}}; the fields are {2}",
                    path, named, FieldsOf(field->message_type())));
  }
  if (!place.in_element) {
    mapped_.emplace(place.Of(field->name()), Mapped{&entry.value, field});
  }
}

void TargetCompiler::Element(const config::Node& node, const FieldDescriptor* field, const Place& place,
                             FieldPlan& plan) {
  if (node.IsMapping() && node.Find("each") != nullptr) {
    Each(node, field, place, plan);
    return;
  }
  ElementPlan& element = plan.elements.emplace_back();
  element.at = node.at;
  Mapping(node, field->message_type(), {place.scope, place.Of(field->name()) + "[]", true}, element.message);
}

void TargetCompiler::Each(const config::Node& node, const FieldDescriptor* field, const Place& place,
                          FieldPlan& plan) {
  ElementPlan element;
  element.at = node.at;
  Scope scope;
  if (!EachScope(node, place, element, scope)) {
    return;
  }
  if (const config::Node* when = node.Find("when"); when != nullptr) {
    element.when = expressions_.Compile(*when, scope);
    if (element.when != nullptr &&
        (Bit(element.when->type.kind) & (kBool | Bit(Kind::kDyn) | Bit(Kind::kNull))) == 0) {
      expressions_.Report(when->at, Code::kMapType,
                          fmt::format("when: is true or false, not {}", NameOf(element.when->type)));
    }
  }
  const config::Node* map = node.Find("map");
  if (map == nullptr) {
    expressions_.Report(node.at, Code::kConfigMissing,
                        fmt::format("{}: each: needs a `map:`", place.Of(field->name())));
    return;
  }
  Mapping(*map, field->message_type(), {&scope, place.Of(field->name()) + "[]", true}, element.message);
  plan.elements.push_back(std::move(element));
}

bool TargetCompiler::EachScope(const config::Node& node, const Place& place, ElementPlan& element,
                               Scope& scope) {
  for (const config::Node::Entry& entry : node.entries) {
    if (entry.key != "each" && entry.key != "as" && entry.key != "when" && entry.key != "map") {
      expressions_.Report(entry.key_at, Code::kConfigUnknownKey,
                          fmt::format("unknown key \"{}\" beside each:{}", entry.key,
                                      DidYouMean(entry.key, {"each", "as", "when", "map"})));
    }
  }
  const config::Node& each = *node.Find("each");
  element.each = expressions_.Compile(each, *place.scope);
  if (element.each == nullptr) {
    return false;
  }
  const mapping::Type& type = element.each->type;
  const config::Node* as = node.Find("as");
  scope.type = Scope::Type::kElement;
  scope.outer = place.scope;
  scope.name = as == nullptr ? "" : as->scalar;
  scope.slot = element.slot = place.scope->NextSlot();
  scope.value_type = type.kind == Kind::kList ? ElementOf(type) : type;
  if ((Bit(type.kind) & (kList | kMapping | Bit(Kind::kDyn) | Bit(Kind::kNull))) == 0) {
    expressions_.Report(each.at, Code::kMapType,
                        fmt::format("each: takes a list or a child, not {}", NameOf(type)));
    return false;
  }
  if (as == nullptr && (Bit(scope.value_type.kind) & kScalar) != 0) {
    expressions_.Report(
        each.at, Code::kMapType,
        fmt::format("the elements are {}; name them to use them: {{each: …, as: x, map: {{…}}}}",
                    NameOf(scope.value_type)));
    return false;
  }
  return scope.slot < Context::kMaxLocals;
}

}  // namespace crossbill::mapping
