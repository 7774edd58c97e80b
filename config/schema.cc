// JSON Schema of configuration messages, for editors (yaml-language-server and the like).
#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "config/fields.h"
#include "config/reader.h"

namespace crossbill::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::ordered_json;

// Any value may come from a variable or a file.
constexpr const char* kReference = R"(\$\{.+\})";

class SchemaWriter {
 public:
  explicit SchemaWriter(const MergedAt& merged_at) : merged_at_(merged_at) {}

  Json Write(const Descriptor& message, const std::vector<const Descriptor*>& merged,
             std::string_view title) {
    Json schema;
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = std::string(title);
    std::vector<const Descriptor*> messages = {&message};
    messages.insert(messages.end(), merged.begin(), merged.end());
    schema.update(Object(messages));
    // Writing a definition may ask for further ones.
    while (!due_.empty()) {
      const Definition next = std::move(due_.back());
      due_.pop_back();
      definitions_[next.name] = Object(next.messages);
    }
    if (!definitions_.empty()) {
      schema["$defs"] = Json::object();
      for (auto& [name, definition] : definitions_) {
        schema["$defs"][name] = std::move(definition);
      }
    }
    return schema;
  }

 private:
  struct Definition {
    std::string name;
    std::vector<const Descriptor*> messages;
  };

  Json Object(const std::vector<const Descriptor*>& messages) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Descriptor* message : messages) {
      for (int i = 0; i < message->field_count(); ++i) {
        const FieldDescriptor& field = *message->field(i);
        const std::string key = KeyOf(field);
        if (properties.contains(key)) {
          continue;
        }
        properties[key] = Property(field);
        // Only what every merged message needs can be demanded; what the first one needs always is.
        if (IsRequired(field) && (message == messages.front() || messages.size() == 2)) {
          required.push_back(key);
        }
      }
    }
    Json object;
    object["type"] = "object";
    object["additionalProperties"] = false;
    object["properties"] = std::move(properties);
    if (!required.empty()) {
      object["required"] = std::move(required);
    }
    return object;
  }

  Json Property(const FieldDescriptor& field) {
    Json property;
    if (const std::string doc = DocOf(field); !doc.empty()) {
      property["description"] = doc;
    }
    property.update(TypeOf(field));
    if (HasDefault(field) && !field.is_repeated() && !DefaultOf(field).empty()) {
      property["default"] = Default(field);
    }
    return property;
  }

  static Json Default(const FieldDescriptor& field) {
    std::string text = DefaultOf(field);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
      case FieldDescriptor::CPPTYPE_ENUM:
        return text;
      default:
        return Json::parse(text);  // numbers and booleans are written as in JSON
    }
  }

  Json TypeOf(const FieldDescriptor& field) {
    const auto merged = merged_at_.find(field.full_name());
    if (IsOpaque(field)) {
      if (const auto items = merged_at_.find(field.full_name() + "[]"); items != merged_at_.end()) {
        Json list;
        list["type"] = "array";
        list["items"] = Reference(field, items->second);
        return list;
      }
      return merged == merged_at_.end() ? Json::object() : Reference(field, merged->second);
    }
    if (field.is_map()) {
      Json map;
      map["type"] = "object";
      map["additionalProperties"] = One(*field.message_type()->map_value(), {});
      return map;
    }
    Json one = One(field, merged == merged_at_.end() ? std::vector<const Descriptor*>{} : merged->second);
    if (!field.is_repeated()) {
      return one;
    }
    Json list;
    list["type"] = "array";
    list["items"] = std::move(one);
    return list;
  }

  Json One(const FieldDescriptor& field, const std::vector<const Descriptor*>& merged) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        std::vector<const Descriptor*> messages = {field.message_type()};
        messages.insert(messages.end(), merged.begin(), merged.end());
        return Reference(field, messages);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        return OrReference({{"type", "boolean"}});
      case FieldDescriptor::CPPTYPE_ENUM:
        return OrReference({{"enum", WordsOf(*field.enum_type())}});
      case FieldDescriptor::CPPTYPE_STRING:
        return Text(UnitOf(field));
      case FieldDescriptor::CPPTYPE_INT32:
        return Whole<std::int32_t>();
      case FieldDescriptor::CPPTYPE_UINT32:
        return Whole<std::uint32_t>();
      case FieldDescriptor::CPPTYPE_INT64:
        return Whole<std::int64_t>();
      case FieldDescriptor::CPPTYPE_UINT64:
        return Whole<std::uint64_t>();
      default:
        return Json::object();
    }
  }

  static Json OrReference(Json schema) {
    return {{"anyOf", Json::array({std::move(schema), {{"type", "string"}, {"pattern", kReference}}})}};
  }

  template <class Number>
  static Json Whole() {
    return OrReference({{"type", "integer"},
                        {"minimum", std::numeric_limits<Number>::min()},
                        {"maximum", std::numeric_limits<Number>::max()}});
  }

  // Unquoted numbers are text to the reader where text is asked for; durations and the like have a form.
  static Json Text(const std::string& unit) {
    std::string pattern;
    if (unit == "duration") {
      pattern = R"(^(0|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$)";
    } else if (unit == "size") {
      pattern = R"(^[0-9]+([KMGT]i?B|B)?$)";
    } else if (unit == "percent") {
      pattern = R"(^[0-9]+(\.[0-9]{1,2})?%$)";
    } else if (unit == "duration_range") {
      pattern = R"(^[0-9dhms]+\.\.[0-9dhms]+$)";
    } else {
      return {{"type", Json::array({"string", "number"})}};
    }
    return {{"type", unit == "size" ? Json::array({"string", "integer"}) : Json("string")},
            {"pattern", pattern + "|" + kReference}};
  }

  // A definition is written once for each list of messages.
  Json Reference(const FieldDescriptor& field, const std::vector<const Descriptor*>& messages) {
    std::string name = messages.front()->name();
    if (messages.size() > 1 || IsOpaque(field)) {
      name = field.containing_type()->name() + "." + field.name();
    }
    if (names_.insert(name).second) {
      due_.push_back({name, messages});
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  const MergedAt& merged_at_;
  std::set<std::string> names_;
  std::vector<Definition> due_;
  std::map<std::string, Json> definitions_;
};

}  // namespace

std::string JsonSchema(const Descriptor& message, const std::vector<const Descriptor*>& merged,
                       std::string_view title, const MergedAt& merged_at) {
  return SchemaWriter(merged_at).Write(message, merged, title).dump(2) + "\n";
}

std::string JsonSchema(const Descriptor& message, const std::vector<const Descriptor*>& merged,
                       std::string_view title) {
  return JsonSchema(message, merged, title, {});
}

}  // namespace crossbill::config
