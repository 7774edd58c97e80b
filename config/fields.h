// What the options of a configuration's field say: shared by the reader, the JSON Schema and the reference
// pages. Pure; any thread.
#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace crossbill::config {

// The key in YAML: the json_name that the .proto writes out ("else"), or the field's name.
std::string KeyOf(const google::protobuf::FieldDescriptor& field);
const google::protobuf::FieldDescriptor* FieldOf(const google::protobuf::Descriptor& message,
                                                 const std::string& key);

std::string DocOf(const google::protobuf::FieldDescriptor& field);
std::string ExampleOf(const google::protobuf::FieldDescriptor& field);
std::string UnitOf(const google::protobuf::FieldDescriptor& field);
bool IsRequired(const google::protobuf::FieldDescriptor& field);
bool IsSecret(const google::protobuf::FieldDescriptor& field);
bool IsOpaque(const google::protobuf::FieldDescriptor& field);
bool HasDefault(const google::protobuf::FieldDescriptor& field);
std::string DefaultOf(const google::protobuf::FieldDescriptor& field);

// True for a nested message that is made when it is absent, so that its defaults count.
bool FilledWhenAbsent(const google::protobuf::FieldDescriptor& field);
// The message of a nested mapping, of a list's mappings or of a map's values; nullptr for all others.
const google::protobuf::Descriptor* NestedType(const google::protobuf::FieldDescriptor& field);
// The key with what stands for its items: "streams[]", "children.NAME".
std::string PathOf(const google::protobuf::FieldDescriptor& field);
// The values that may be written: all but the unspecified one.
std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& type);
// "text", "a whole number", "a list of text", …
std::string ExpectedOf(const google::protobuf::FieldDescriptor& field);

}  // namespace crossbill::config
