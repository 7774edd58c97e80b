#include "app/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <memory>

#include "base/text.h"
#include "bus/record.h"
#include "runtime/row_json.h"

namespace crossbill::app {
namespace {

std::string Print(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
    return "{\"undecoded\":" + Quoted(Printable(message.ShortDebugString())) + "}";
  }
  return json;
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message) { return Print(message, false); }
std::string ToPrettyJson(const google::protobuf::Message& message) { return Print(message, true); }

std::string Quoted(std::string_view text) {
  std::string out;
  runtime::AppendJsonText(IsValidUtf8(text) ? std::string(text) : Printable(text, text.size()), out);
  return out;
}

std::string ValueToJson(std::string_view message_name, std::string_view value) {
  if (message_name.empty()) {
    return value.starts_with('{') ? std::string(value) : Quoted(value);
  }
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(message_name));
  if (descriptor != nullptr) {
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    if (message->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return ToJson(*message);
    }
  }
  return "{\"undecoded\":" + Quoted(Printable(value, 2000)) + "}";
}

}  // namespace crossbill::app
