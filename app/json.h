// JSON of messages and records, one object a line.
#pragma once

#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}
namespace crossbill::bus {
struct RecordView;
}

namespace crossbill::app {

// Field names as in the proto files; unset fields are left out.
std::string ToJson(const google::protobuf::Message& message);
std::string ToPrettyJson(const google::protobuf::Message& message);
// The value of a topic's record as JSON: the message of that full name, or "" for values that are JSON
// already. What cannot be decoded is given as {"undecoded": "…base64…"}.
std::string ValueToJson(std::string_view message_name, std::string_view value);
// `text` with JSON's quotes and escapes.
std::string Quoted(std::string_view text);

}  // namespace crossbill::app
