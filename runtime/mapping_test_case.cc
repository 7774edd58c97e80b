#include "runtime/mapping_test_case.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

#include "connectors/mapping/mapper.h"
#include "crossbill/config/v1/connector.pb.h"

namespace crossbill::runtime {
namespace {

using connectors::Arena;
using connectors::MapEntry;
using connectors::Value;

bool IsInteger(const std::string& text) {
  const std::size_t digits = text.starts_with('-') ? 1 : 0;
  return text.size() > digits && text.size() < 18 &&
         text.find_first_not_of("0123456789", digits) == std::string::npos &&
         (text[digits] != '0' || text.size() == digits + 1);
}

// A YAML value as a source would give it: quoted is text, 12 an integer, 1.50 a decimal, true a boolean, null
// nothing.
Value ValueOf(const config::Node& node, Arena& arena) {
  if (node.IsNull()) {
    return {};
  }
  if (node.IsSequence()) {
    Value* items = arena.New<Value>(node.items.size());
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      items[i] = ValueOf(node.items[i], arena);
    }
    return Value::List({items, node.items.size()});
  }
  if (node.IsMapping()) {
    MapEntry* entries = arena.New<MapEntry>(node.entries.size());
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
      entries[i] = {arena.Copy(node.entries[i].key), ValueOf(node.entries[i].value, arena)};
    }
    return Value::Map({entries, node.entries.size()});
  }
  if (!node.quoted) {
    if (node.scalar == "true" || node.scalar == "false") {
      return Value::Bool(node.scalar == "true");
    }
    if (IsInteger(node.scalar)) {
      return Value::Int(std::stoll(node.scalar));
    }
    if (const auto decimal = Decimal::Parse(node.scalar);
        decimal.ok() && node.scalar.find('.') != std::string::npos) {
      return Value::Of(*decimal);
    }
  }
  return Value::Text(arena.Copy(node.scalar));
}

std::string ScalarText(const google::protobuf::Message& message,
                       const google::protobuf::FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case google::protobuf::FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(message, &field, index)
                      : reflection.GetString(message, &field);
    case google::protobuf::FieldDescriptor::CPPTYPE_ENUM:
      return (repeated ? reflection.GetRepeatedEnum(message, &field, index)
                       : reflection.GetEnum(message, &field))
          ->name();
    case google::protobuf::FieldDescriptor::CPPTYPE_BOOL:
      return (repeated ? reflection.GetRepeatedBool(message, &field, index)
                       : reflection.GetBool(message, &field))
                 ? "true"
                 : "false";
    case google::protobuf::FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                                     : reflection.GetInt32(message, &field));
    case google::protobuf::FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                                     : reflection.GetInt64(message, &field));
    default:
      return {};
  }
}

// Compares what is expected with a message; only fields that are named are looked at.
class Comparison {
 public:
  explicit Comparison(std::vector<std::string>& failures) : failures_(failures) {}

  void Message(const google::protobuf::Message& message, const config::Node& expected,
               const std::string& path) {
    if (!expected.IsMapping()) {
      failures_.push_back(path + ": expected must be fields and their values");
      return;
    }
    for (const config::Node::Entry& entry : expected.entries) {
      Path(message, entry.key, entry.value, path);
    }
  }

 private:
  // A dotted key goes down into nested messages.
  void Path(const google::protobuf::Message& message, const std::string& key, const config::Node& expected,
            const std::string& path) {
    const auto dot = key.find('.');
    const std::string name = key.substr(0, dot);
    const auto* field = message.GetDescriptor()->FindFieldByName(name);
    const std::string here = path.empty() ? name : path + "." + name;
    if (field == nullptr) {
      failures_.push_back(here + ": " + message.GetDescriptor()->full_name() + " has no such field");
      return;
    }
    if (dot != std::string::npos) {
      if (field->is_repeated() || field->message_type() == nullptr) {
        failures_.push_back(here + ": is not a message with fields");
        return;
      }
      Path(message.GetReflection()->GetMessage(message, field), key.substr(dot + 1), expected, here);
      return;
    }
    if (field->is_repeated()) {
      List(message, *field, expected, here);
    } else if (field->message_type() != nullptr) {
      Message(message.GetReflection()->GetMessage(message, field), expected, here);
    } else {
      Scalar(ScalarText(message, *field, 0), expected, here);
    }
  }

  void List(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
            const config::Node& expected, const std::string& path) {
    const auto& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (!expected.IsSequence() || static_cast<int>(expected.items.size()) != size) {
      failures_.push_back(path + ": expected " +
                          (expected.IsSequence() ? std::to_string(expected.items.size()) : "a list of") +
                          " entries, got " + std::to_string(size));
      return;
    }
    for (int i = 0; i < size; ++i) {
      const std::string here = path + "[" + std::to_string(i) + "]";
      const config::Node& item = expected.items[static_cast<std::size_t>(i)];
      if (field.message_type() != nullptr) {
        Message(reflection.GetRepeatedMessage(message, &field, i), item, here);
      } else {
        Scalar(ScalarText(message, field, i), item, here);
      }
    }
  }

  void Scalar(const std::string& got, const config::Node& expected, const std::string& path) {
    const std::string want = expected.IsNull() ? "" : expected.scalar;
    if (got != want) {
      failures_.push_back(path + ": expected \"" + want + "\", got \"" + got + "\"");
    }
  }

  std::vector<std::string>& failures_;
};

std::unique_ptr<google::protobuf::Message> Decode(std::string_view name, std::string_view bytes) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(name));
  if (descriptor == nullptr) {
    return nullptr;
  }
  std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  return message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ? std::move(message) : nullptr;
}

// The stream of a test and the publication in it that the test names.
const StreamConfig* FindPublication(const ConnectorConfig& connector, const std::string& name,
                                    int& publication) {
  for (const auto& stream : connector.streams) {
    for (std::size_t i = 0; i < stream->mapper.publications.size(); ++i) {
      if (stream->mapper.publications[i].name == name || (i == 0 && stream->name == name)) {
        publication = static_cast<int>(i);
        return stream.get();
      }
    }
  }
  return nullptr;
}

class TestRun {
 public:
  TestRun(const config::Node& test, MappingTestResult& result) : test_(test), result_(result) {}

  void Run(const StreamConfig& stream, int publication) {
    config::Problems problems;
    const auto mapper = mapping::Mapper::Compile(stream.mapper, nullptr, nullptr, true, problems);
    const config::Node* input = test_.Find("input");
    if (mapper == nullptr || input == nullptr || !input->IsSequence()) {
      result_.failures.push_back(mapper == nullptr ? problems.ToString() : "input must be a list of rows");
      return;
    }
    std::vector<std::unique_ptr<google::protobuf::Message>> events;
    std::vector<std::string> rejections;
    for (const config::Node& row : input->items) {
      MapRow(*mapper, row, publication, events, rejections);
    }
    CompareEvents(events, rejections);
    CompareRejections(rejections);
  }

 private:
  static void MapRow(mapping::Mapper& mapper, const config::Node& node, int publication,
                     std::vector<std::unique_ptr<google::protobuf::Message>>& events,
                     std::vector<std::string>& rejections) {
    Arena arena;
    const Value cell = ValueOf(node, arena);
    connectors::Row row;
    row.cells = &cell;
    const mapping::MapResult& mapped = mapper.Map(row);
    for (const mapping::MappedEvent& event : mapped.events) {
      if (event.publication == publication) {
        events.push_back(Decode(mapper.MessageOf(publication), event.bytes));
      }
    }
    for (const mapping::Rejection& rejection : mapped.rejections) {
      if (rejection.publication == publication) {
        rejections.push_back(rejection.field + ": " + rejection.error.message());
      }
    }
  }

  void CompareEvents(const std::vector<std::unique_ptr<google::protobuf::Message>>& events,
                     const std::vector<std::string>& rejections) {
    const config::Node* expect = test_.Find("expect");
    const std::size_t wanted = expect != nullptr ? expect->items.size() : 0;
    if (events.size() != wanted) {
      result_.failures.push_back("expected " + std::to_string(wanted) + " events, got " +
                                 std::to_string(events.size()));
      for (const std::string& rejection : rejections) {
        result_.failures.push_back("rejected: " + rejection);
      }
      return;
    }
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::string path = wanted > 1 ? "event " + std::to_string(i + 1) : "";
      if (events[i] != nullptr) {
        Comparison(result_.failures).Message(*events[i], expect->items[i], path);
      }
    }
  }

  void CompareRejections(const std::vector<std::string>& rejections) {
    const config::Node* rejects = test_.Find("rejects");
    if (rejects == nullptr) {
      return;
    }
    std::vector<std::string> words;
    for (const config::Node& item : rejects->items) {
      words.push_back(item.scalar);
    }
    if (rejects->IsScalar()) {
      words.push_back(rejects->scalar);
    }
    std::string all;
    for (const std::string& rejection : rejections) {
      all += rejection + "\n";
    }
    for (const std::string& word : words) {
      if (all.find(word) == std::string::npos) {
        result_.failures.push_back("expected a rejection with \"" + word + "\", got " +
                                   (all.empty() ? "none" : all));
      }
    }
  }

  const config::Node& test_;
  MappingTestResult& result_;
};

}  // namespace

std::vector<MappingTestResult> RunMappingTests(const ConnectorConfig& connector) {
  std::vector<MappingTestResult> results;
  const config::Node* tests = connector.file->root.Find("tests");
  for (int i = 0;
       tests != nullptr && i < connector.common->tests_size() && i < static_cast<int>(tests->items.size());
       ++i) {
    const config::v1::Test& test = connector.common->tests(i);
    const config::Node& node = tests->items[static_cast<std::size_t>(i)];
    MappingTestResult result;
    result.name = test.name();
    result.place =
        connector.file->file + ":" + std::to_string(node.at.line) + ":" + std::to_string(node.at.column);
    int publication = 0;
    if (const StreamConfig* stream = FindPublication(connector, test.stream(), publication)) {
      TestRun(node, result).Run(*stream, publication);
    } else {
      result.failures.push_back("no stream \"" + test.stream() + "\"");
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace crossbill::runtime
