#include "app/versions.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "app/json.h"

namespace crossbill::app {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string ScalarText(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = reflection->GetEnum(message, field);
      return value->number() == 0 ? std::string() : std::string(value->name());
    }
    default:
      return {};
  }
}

void Collect(const Message& message, const std::string& path, std::map<std::string, std::string>& fields);

// An element of a list, by its own number where it has one, else by its place.
std::string ElementName(const Message& element, int place) {
  const auto* id = element.GetDescriptor()->FindFieldByName("id");
  const std::string name = id == nullptr ? std::string() : ScalarText(element, id);
  return name.empty() ? fmt::format("#{}", place + 1) : name;
}

void CollectField(const Message& message, const FieldDescriptor* field, const std::string& path,
                  std::map<std::string, std::string>& fields) {
  const auto* reflection = message.GetReflection();
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    if (const std::string text = ScalarText(message, field); !text.empty()) {
      fields[path] = text;
    }
    return;
  }
  if (!field->is_repeated()) {
    if (reflection->HasField(message, field)) {
      Collect(reflection->GetMessage(message, field), path, fields);
    }
    return;
  }
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const Message& element = reflection->GetRepeatedMessage(message, field, i);
    Collect(element, fmt::format("{}[{}]", path, ElementName(element, i)), fields);
  }
}

void Collect(const Message& message, const std::string& path, std::map<std::string, std::string>& fields) {
  if (message.GetDescriptor() == v1::Money::descriptor()) {
    const auto& money = static_cast<const v1::Money&>(message);
    fields[path] = money.amount() + (money.currency().empty() ? "" : " " + money.currency());
    return;
  }
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const std::string name(field->name());
    CollectField(message, field, path.empty() ? name : path + "." + name, fields);
  }
}

std::string Signed(const char* what, const std::string& who, const std::string& when) {
  if (who.empty() && when.empty()) {
    return {};
  }
  return fmt::format("  {}{}{}", what, who.empty() ? "" : " by " + who, when.empty() ? "" : " at " + when);
}

}  // namespace

std::map<std::string, std::string> FieldsOf(const v1::Document& document) {
  v1::Document without_source = document;
  without_source.clear_source();
  std::map<std::string, std::string> fields;
  Collect(without_source, {}, fields);
  return fields;
}

std::vector<FieldChange> ChangesBetween(const std::optional<v1::Document>& before,
                                        const std::optional<v1::Document>& after) {
  const auto old_fields = before ? FieldsOf(*before) : std::map<std::string, std::string>();
  const auto new_fields = after ? FieldsOf(*after) : std::map<std::string, std::string>();
  std::vector<FieldChange> changes;
  for (const auto& [field, value] : old_fields) {
    const auto other = new_fields.find(field);
    if (other == new_fields.end() || other->second != value) {
      changes.push_back({field, value, other == new_fields.end() ? std::string() : other->second});
    }
  }
  for (const auto& [field, value] : new_fields) {
    if (!old_fields.contains(field)) {
      changes.push_back({field, {}, value});
    }
  }
  return changes;
}

std::string ShowVersion(const Version& version, const std::vector<FieldChange>& changes, bool first) {
  std::string text = fmt::format("version {}  read {}", version.sequence, version.read_at);
  if (!version.document) {
    return text + "  deleted\n";
  }
  const v1::Document& document = *version.document;
  text += Signed("entered", document.entered_by(), document.entered_at());
  text += Signed("changed", document.changed_by(), document.changed_at());
  text += Signed("approved", document.approved_by(), document.approved_at());
  text += '\n';
  for (const FieldChange& change : changes) {
    if (first) {
      text += fmt::format("  {:<28} {}\n", change.field, change.after);
    } else {
      text += fmt::format("  {:<28} {} -> {}\n", change.field, change.before.empty() ? "-" : change.before,
                          change.after.empty() ? "-" : change.after);
    }
  }
  return text;
}

std::string VersionJson(const std::string& record, const Version& version,
                        const std::vector<FieldChange>& changes) {
  std::string line = fmt::format("{{\"record\":{},\"version\":{},\"read_at\":{}", Quoted(record),
                                 version.sequence, Quoted(version.read_at));
  line += version.document ? ",\"document\":" + ToJson(*version.document) : ",\"deleted\":true";
  line += ",\"changes\":[";
  const char* separator = "";
  for (const FieldChange& change : changes) {
    line += fmt::format("{}{{\"field\":{},\"before\":{},\"after\":{}}}", separator, Quoted(change.field),
                        Quoted(change.before), Quoted(change.after));
    separator = ",";
  }
  return line + "]}\n";
}

}  // namespace crossbill::app
