// Fills configuration messages from YAML by their descriptors, reporting all problems at once.
// The options of crossbill/v1/options.proto (doc, required, secret, default_value, example, opaque, unit) drive it, the JSON Schema and the
// reference pages alike. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace google::protobuf {
class Message;
class Descriptor;
}  // namespace google::protobuf

namespace crossbill::config {

// Reads a mapping into `messages`: a key belongs to the first message that has the field (a stream's common keys and its connector's).
// Unknown keys, wrong types, missing required keys, octal-looking numbers (01234), yes/no for booleans and null for text are problems;
// defaults are filled in. Fields with (opaque) are checked for presence only: take them from the Node. `path` names the place in messages.
void ReadMessage(const File& file, const Node& node, std::string_view path, const std::vector<google::protobuf::Message*>& messages,
                 Problems& problems);

// "10m", "1s", "250ms", "24h", "7d" in milliseconds.
Result<std::int64_t> ParseDuration(std::string_view text);
// "64MB", "1GiB", "4096" in bytes.
Result<std::int64_t> ParseSize(std::string_view text);

// JSON Schema (draft 2020-12) of a message, for editors; `merged` adds the fields of further messages to it.
std::string JsonSchema(const google::protobuf::Descriptor& message, const std::vector<const google::protobuf::Descriptor*>& merged,
                       std::string_view title);
// A Markdown table of a message's keys, nested messages below it.
std::string ReferencePage(const google::protobuf::Descriptor& message, std::string_view title);

}  // namespace crossbill::config
