// Fills configuration messages from YAML by their descriptors, reporting all problems at once.
// The options of crossbill/v1/options.proto (doc, required, secret, default_value, example, opaque, unit)
// drive it, the JSON Schema and the reference pages alike. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace google::protobuf {
class Message;
class Descriptor;
}  // namespace google::protobuf

namespace crossbill::config {

// Reads a mapping into `messages`: a key belongs to the first message that has the field (a stream's common
// keys and its connector's). Unknown keys, wrong types, missing required keys, octal-looking numbers (01234),
// yes/no for booleans and null for text are problems; defaults are filled in. Fields with (opaque) are
// checked for presence only: take them from the Node. `path` names the place in messages. A key in YAML is
// the field's name, or its json_name where the .proto writes one out ("else"). Defaults of an absent nested
// message are filled in too (it is then present), unless the field is `optional`, stands in a oneof, or the
// message has required keys: then its absence means something and stays.
void ReadMessage(const File& file, const Node& node, std::string_view path,
                 const std::vector<google::protobuf::Message*>& messages, Problems& problems);

// The mapping in which a node stands, for "belongs under …" of unknown keys.
struct Surrounding {
  std::string path;  // "" is the file
  std::vector<const google::protobuf::Descriptor*> messages;
};
struct ReadOptions {
  // Full names of fields ("crossbill.config.v1.Connector.streams") that are treated as opaque: the caller
  // reads them itself.
  std::vector<std::string> opaque;
  // The mappings around, the outermost first.
  std::vector<Surrounding> around;
};
void ReadMessage(const File& file, const Node& node, std::string_view path,
                 const std::vector<google::protobuf::Message*>& messages, const ReadOptions& options,
                 Problems& problems);

// A problem at a node: for what callers find themselves.
Problem ProblemAt(const File& file, Position at, Code code, std::string message);

// "10m", "1s", "250ms", "24h", "7d", "1h30m" in milliseconds.
Result<std::int64_t> ParseDuration(std::string_view text);
// "1s..1m": the first is not longer than the second. In milliseconds.
struct DurationRange {
  std::int64_t least_ms = 0;
  std::int64_t most_ms = 0;
};
Result<DurationRange> ParseDurationRange(std::string_view text);
// "64MB" (powers of 1000), "1GiB" (powers of 1024), "4096" in bytes.
Result<std::int64_t> ParseSize(std::string_view text);
// "2%", "0.25%" in hundredths of a percent.
Result<std::int64_t> ParsePercent(std::string_view text);

// JSON Schema (draft 2020-12) of a message, for editors; `merged` adds the fields of further messages to it.
std::string JsonSchema(const google::protobuf::Descriptor& message,
                       const std::vector<const google::protobuf::Descriptor*>& merged,
                       std::string_view title);
// Further messages whose fields are merged into the message of a field: "crossbill.config.v1.Stream.also"
// takes the keys of every connector's stream. An opaque field with an entry here is described by these
// messages instead of "anything"; its name with "[]" behind it ("crossbill.config.v1.Connector.streams[]")
// makes it a list of them.
using MergedAt = std::map<std::string, std::vector<const google::protobuf::Descriptor*>>;
std::string JsonSchema(const google::protobuf::Descriptor& message,
                       const std::vector<const google::protobuf::Descriptor*>& merged, std::string_view title,
                       const MergedAt& merged_at);
// A Markdown table of a message's keys, nested messages below it.
std::string ReferencePage(const google::protobuf::Descriptor& message, std::string_view title);

}  // namespace crossbill::config
