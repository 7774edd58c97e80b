#include "config/fields.h"

#include <google/protobuf/descriptor.h>

#include "crossbill/v1/options.pb.h"

namespace crossbill::config {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string KeyOf(const FieldDescriptor& field) {
  return field.has_json_name() ? field.json_name() : field.name();
}

const FieldDescriptor* FieldOf(const Descriptor& message, const std::string& key) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (KeyOf(*message.field(i)) == key) {
      return message.field(i);
    }
  }
  return nullptr;
}

std::string DocOf(const FieldDescriptor& field) { return field.options().GetExtension(crossbill::v1::doc); }
std::string ExampleOf(const FieldDescriptor& field) {
  return field.options().GetExtension(crossbill::v1::example);
}
std::string UnitOf(const FieldDescriptor& field) { return field.options().GetExtension(crossbill::v1::unit); }
bool IsRequired(const FieldDescriptor& field) {
  return field.options().GetExtension(crossbill::v1::required);
}
bool IsSecret(const FieldDescriptor& field) { return field.options().GetExtension(crossbill::v1::secret); }
bool IsOpaque(const FieldDescriptor& field) { return field.options().GetExtension(crossbill::v1::opaque); }
bool HasDefault(const FieldDescriptor& field) {
  return field.options().HasExtension(crossbill::v1::default_value);
}
std::string DefaultOf(const FieldDescriptor& field) {
  return field.options().GetExtension(crossbill::v1::default_value);
}

const Descriptor* NestedType(const FieldDescriptor& field) {
  const FieldDescriptor& value = field.is_map() ? *field.message_type()->map_value() : field;
  return value.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsOpaque(field) ? value.message_type()
                                                                                  : nullptr;
}

std::string PathOf(const FieldDescriptor& field) {
  return KeyOf(field) + (field.is_map() ? ".NAME" : field.is_repeated() ? "[]" : "");
}

bool FilledWhenAbsent(const FieldDescriptor& field) {
  if (NestedType(field) == nullptr || field.is_repeated() || field.has_optional_keyword() ||
      field.containing_oneof() != nullptr || field.message_type() == field.containing_type()) {
    return false;
  }
  bool defaults = false;
  for (int i = 0; i < field.message_type()->field_count(); ++i) {
    const FieldDescriptor& inner = *field.message_type()->field(i);
    if (IsRequired(inner)) {
      return false;
    }
    defaults |= HasDefault(inner) || FilledWhenAbsent(inner);
  }
  return defaults;
}

std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    if (type.value(i)->number() != 0 || !name.ends_with("UNSPECIFIED")) {
      words.push_back(name);
    }
  }
  return words;
}

std::string ExpectedOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return "a mapping of names and values, such as {name: value}";
  }
  std::string one;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string unit = UnitOf(field);
      one = unit == "duration"         ? "a duration such as 10s or 5m"
            : unit == "size"           ? "a size such as 64MB"
            : unit == "percent"        ? "a percentage such as 2%"
            : unit == "duration_range" ? "two durations such as 1s..1m"
                                       : "text";
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      one = "true or false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      one = "one of a few words";
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      one = "a mapping (key: value)";
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      one = "a number";
      break;
    default:
      one = "a whole number";
  }
  if (!field.is_repeated()) {
    return one;
  }
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? "a list of mappings (- key: value)"
                                                              : "a list such as [a, b]";
}

}  // namespace crossbill::config
