// ReadMessage: a walk over the tree and the descriptors side by side. It never stops at the first problem.
#include "config/reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"
#include "config/fields.h"
#include "config/find_key.h"

namespace crossbill::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string Join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

// What a scalar of YAML may set: one slot of a message.
struct Slot {
  Message& message;
  const FieldDescriptor& field;
};

class MessageReader {
 public:
  MessageReader(const File& file, const ReadOptions& options, Problems& problems)
      : file_(file), options_(options), problems_(problems), around_(options.around) {}

  void Read(const Node& node, const std::string& path, const std::vector<Message*>& messages) {
    Surrounding here{path, {}};
    for (const Message* message : messages) {
      here.messages.push_back(message->GetDescriptor());
    }
    if (!node.IsMapping() && !(node.IsNull() && around_.empty() && path.empty())) {
      Add(node.at, Code::kConfigType,
          fmt::format("{}: expected a mapping (key: value), but found {}", Called(path), Kind(node)));
      return;
    }
    around_.push_back(std::move(here));
    for (const Node::Entry& entry : node.entries) {
      ReadEntry(entry, path, messages);
    }
    for (Message* message : messages) {
      Complete(node, path, *message);
    }
    around_.pop_back();
  }

  // The defaults of a message of which nothing is given.
  static void FillDefaults(Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      FillDefault(message, *descriptor.field(i));
    }
  }

 private:
  void Add(Position at, Code code, std::string message) {
    problems_.Add(ProblemAt(file_, at, code, std::move(message)));
  }

  static std::string Called(std::string_view path) { return path.empty() ? "the file" : std::string(path); }

  // What stands there, for "but found …". Values of secrets are not shown.
  static std::string Kind(const Node& node, bool secret = false) {
    switch (node.type) {
      case Node::Type::kNull:
        return "nothing";
      case Node::Type::kSequence:
        return "a list";
      case Node::Type::kMapping:
        return "a mapping";
      case Node::Type::kScalar:
        break;
    }
    return secret ? "another value" : fmt::format("\"{}\"", Printable(node.Shown(), 60));
  }

  bool TreatedAsOpaque(const FieldDescriptor& field) const {
    return IsOpaque(field) || std::find(options_.opaque.begin(), options_.opaque.end(), field.full_name()) !=
                                  options_.opaque.end();
  }

  void ReadEntry(const Node::Entry& entry, const std::string& path, const std::vector<Message*>& messages) {
    for (Message* message : messages) {
      const FieldDescriptor* field = FieldOf(*message->GetDescriptor(), entry.key);
      if (field != nullptr) {
        ReadField(entry, Join(path, entry.key), {*message, *field});
        return;
      }
    }
    Add(entry.key_at, Code::kConfigUnknownKey, ExplainUnknownKey(entry.key, around_));
  }

  void ReadField(const Node::Entry& entry, const std::string& path, const Slot& slot) {
    const FieldDescriptor& field = slot.field;
    const Node& value = entry.value;
    if (value.IsNull()) {
      Null(entry, path, field);
      return;
    }
    if (TreatedAsOpaque(field)) {
      return;
    }
    if (field.containing_oneof() != nullptr &&
        slot.message.GetReflection()->HasOneof(slot.message, field.containing_oneof())) {
      const FieldDescriptor* other =
          slot.message.GetReflection()->GetOneofFieldDescriptor(slot.message, field.containing_oneof());
      Add(entry.key_at, Code::kConfigValue,
          fmt::format("{}: not together with \"{}\"; keep one of the two", path, KeyOf(*other)));
      return;
    }
    if (IsRequired(field) && IsEmpty(value)) {
      Add(value.at, Code::kConfigValue, fmt::format("{}: must not be empty", path));
      return;
    }
    if (field.is_map()) {
      ReadMap(value, path, slot);
    } else if (field.is_repeated()) {
      ReadList(value, path, slot);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Read(value, path, {slot.message.GetReflection()->MutableMessage(&slot.message, &field)});
    } else {
      ReadScalar(value, path, slot);
    }
  }

  static bool IsEmpty(const Node& node) {
    switch (node.type) {
      case Node::Type::kScalar:
        return node.scalar.empty() && !node.unresolved;
      case Node::Type::kSequence:
        return node.items.empty();
      case Node::Type::kMapping:
        return node.entries.empty();
      case Node::Type::kNull:
        return true;
    }
    return true;
  }

  void Null(const Node::Entry& entry, const std::string& path, const FieldDescriptor& field) {
    std::string hint = "give a value, or remove the key";
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field.is_repeated() && !IsOpaque(field)) {
      hint = "write \"\" for an empty text, or remove the key";
    } else if (NestedType(field) != nullptr && !field.is_repeated()) {
      hint = "write {} for the defaults, or remove the key";
    }
    Add(entry.value.at.line > 0 ? entry.value.at : entry.key_at, Code::kConfigType,
        fmt::format("{}: expected {}, but found nothing (null); {}", path,
                    TreatedAsOpaque(field) ? "a value" : ExpectedOf(field), hint));
  }

  void ReadMap(const Node& value, const std::string& path, const Slot& slot) {
    if (!value.IsMapping()) {
      Add(value.at, Code::kConfigType,
          fmt::format("{}: expected {}, but found {}", path, ExpectedOf(slot.field), Kind(value)));
      return;
    }
    for (const Node::Entry& entry : value.entries) {
      Message* pair = slot.message.GetReflection()->AddMessage(&slot.message, &slot.field);
      const FieldDescriptor& key_field = *pair->GetDescriptor()->map_key();
      if (key_field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        pair->GetReflection()->SetString(pair, &key_field, entry.key);
      } else {
        Node key;
        key.type = Node::Type::kScalar;
        key.at = entry.key_at;
        key.scalar = entry.key;
        ReadScalar(key, path, {*pair, key_field});
      }
      ReadField(entry, Join(path, entry.key), {*pair, *pair->GetDescriptor()->map_value()});
    }
  }

  void ReadList(const Node& value, const std::string& path, const Slot& slot) {
    if (!value.IsSequence()) {
      std::string hint;
      if (value.IsScalar() && slot.field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
          !IsSecret(slot.field)) {
        hint = fmt::format("; write [{}]", Printable(value.Shown(), 60));
      } else if (value.IsMapping() && slot.field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        hint = "; write \"- \" before its first key";
      }
      Add(value.at, Code::kConfigType,
          fmt::format("{}: expected {}, but found {}{}", path, ExpectedOf(slot.field),
                      Kind(value, IsSecret(slot.field)), hint));
      return;
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const Node& item = value.items[i];
      const std::string item_path = fmt::format("{}[{}]", path, i);
      if (slot.field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Read(item, item_path, {slot.message.GetReflection()->AddMessage(&slot.message, &slot.field)});
      } else if (item.IsNull()) {
        Add(item.at, Code::kConfigType,
            fmt::format("{}: expected a value, but found nothing (null)", item_path));
      } else {
        ReadScalar(item, item_path, slot);
      }
    }
  }

  void ReadScalar(const Node& value, const std::string& path, const Slot& slot) {
    const FieldDescriptor& field = slot.field;
    const std::string shown = Kind(value, IsSecret(field));
    if (!value.IsScalar()) {
      Add(value.at, Code::kConfigType,
          fmt::format("{}: expected {}, but found {}", path,
                      field.is_repeated() ? "a single value in the list" : ExpectedOf(field), shown));
      return;
    }
    if (value.unresolved) {
      return;
    }
    const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (!text && value.quoted) {
      Add(value.at, Code::kConfigType,
          fmt::format("{}: expected {}, but found the text {}; remove the quotes", path, Single(field),
                      shown));
      return;
    }
    const Status status = SetScalar(slot, value.scalar, shown);
    if (!status.ok()) {
      Add(value.at, status.error().code(), fmt::format("{}: {}", path, status.error().message()));
    }
  }

  static std::string Single(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return "true or false";
      case FieldDescriptor::CPPTYPE_ENUM:
        return "one of a few words";
      case FieldDescriptor::CPPTYPE_STRING:
        return "text";
      default:
        return "a whole number";
    }
  }

  // Puts text into the slot: of a file, or of (default_value). `shown` is what messages print of it.
  static Status SetScalar(const Slot& slot, const std::string& text, const std::string& shown) {
    switch (slot.field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return SetText(slot, text, shown);
      case FieldDescriptor::CPPTYPE_BOOL:
        return SetBool(slot, text, shown);
      case FieldDescriptor::CPPTYPE_ENUM:
        return SetEnum(slot, text, shown);
      case FieldDescriptor::CPPTYPE_INT32:
        return SetNumber<std::int32_t>(slot, text, shown);
      case FieldDescriptor::CPPTYPE_INT64:
        return SetNumber<std::int64_t>(slot, text, shown);
      case FieldDescriptor::CPPTYPE_UINT32:
        return SetNumber<std::uint32_t>(slot, text, shown);
      case FieldDescriptor::CPPTYPE_UINT64:
        return SetNumber<std::uint64_t>(slot, text, shown);
      default:
        return Error(Code::kInternal, fmt::format("the field {} has a type that configurations do not have",
                                                  slot.field.full_name()));
    }
  }

  static Status SetText(const Slot& slot, const std::string& text, const std::string& shown) {
    const std::string unit = UnitOf(slot.field);
    const Status status = CheckUnit(unit, text);
    if (!status.ok()) {
      return Error(Code::kConfigValue, fmt::format("expected {}, but found {}", UnitWords(unit), shown));
    }
    const Reflection& reflection = *slot.message.GetReflection();
    slot.field.is_repeated() ? reflection.AddString(&slot.message, &slot.field, text)
                             : reflection.SetString(&slot.message, &slot.field, text);
    return Ok();
  }

  static Status CheckUnit(std::string_view unit, std::string_view text) {
    if (unit == "duration") {
      CROSSBILL_RETURN_IF_ERROR(Dropped(ParseDuration(text)));
    } else if (unit == "size") {
      CROSSBILL_RETURN_IF_ERROR(Dropped(ParseSize(text)));
    } else if (unit == "percent") {
      CROSSBILL_RETURN_IF_ERROR(Dropped(ParsePercent(text)));
    } else if (unit == "duration_range") {
      CROSSBILL_RETURN_IF_ERROR(Dropped(ParseDurationRange(text)));
    }
    return Ok();
  }
  template <class T>
  static Status Dropped(Result<T> result) {
    return result.ok() ? Ok() : Status(std::move(result).error());
  }
  static std::string_view UnitWords(std::string_view unit) {
    return unit == "duration"  ? "a duration such as 250ms, 10s, 5m, 24h or 7d"
           : unit == "size"    ? "a size such as 4096, 64MB or 1GiB"
           : unit == "percent" ? "a percentage such as 2% or 0.25%"
                               : "two durations, the shorter first, such as 1s..1m";
  }

  static Status SetBool(const Slot& slot, const std::string& text, const std::string& shown) {
    if (text != "true" && text != "false") {
      static constexpr std::string_view kYes[] = {"yes", "on",  "y",  "True", "TRUE",
                                                  "Yes", "YES", "On", "ON",   "1"};
      static constexpr std::string_view kNo[] = {"no", "off", "n",   "False", "FALSE",
                                                 "No", "NO",  "Off", "OFF",   "0"};
      const bool yes = std::find(std::begin(kYes), std::end(kYes), text) != std::end(kYes);
      const bool no = std::find(std::begin(kNo), std::end(kNo), text) != std::end(kNo);
      return Error(Code::kConfigType, fmt::format("expected true or false, but found {}{}", shown,
                                                  yes  ? "; write true"
                                                  : no ? "; write false"
                                                       : ""));
    }
    const Reflection& reflection = *slot.message.GetReflection();
    slot.field.is_repeated() ? reflection.AddBool(&slot.message, &slot.field, text == "true")
                             : reflection.SetBool(&slot.message, &slot.field, text == "true");
    return Ok();
  }

  static Status SetEnum(const Slot& slot, const std::string& text, const std::string& shown) {
    const EnumDescriptor& type = *slot.field.enum_type();
    const std::vector<std::string> names = WordsOf(type);
    const EnumValueDescriptor* value = type.FindValueByName(text);
    if (value == nullptr || std::find(names.begin(), names.end(), text) == names.end()) {
      const std::optional<std::string> near = Nearest(text, names);
      return Error(Code::kConfigValue, fmt::format("{} is not one of {}{}", shown, fmt::join(names, ", "),
                                                   near ? fmt::format("; did you mean {}?", *near) : ""));
    }
    const Reflection& reflection = *slot.message.GetReflection();
    slot.field.is_repeated() ? reflection.AddEnum(&slot.message, &slot.field, value)
                             : reflection.SetEnum(&slot.message, &slot.field, value);
    return Ok();
  }

  template <class Number>
  static Status SetNumber(const Slot& slot, const std::string& text, const std::string& shown) {
    const std::string_view digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
      return Error(Code::kConfigType,
                   fmt::format("expected a whole number in decimal digits, but found {}", shown));
    }
    if (digits.size() > 1 && digits.front() == '0') {
      return Error(Code::kConfigType,
                   fmt::format("{} looks octal; write the number without leading zeros", shown));
    }
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return Error(Code::kConfigValue, fmt::format("expected a whole number from {} to {}, but found {}",
                                                   std::numeric_limits<Number>::min(),
                                                   std::numeric_limits<Number>::max(), shown));
    }
    Store(slot, number);
    return Ok();
  }
  static void Store(const Slot& s, std::int32_t n) {
    const Reflection& r = *s.message.GetReflection();
    s.field.is_repeated() ? r.AddInt32(&s.message, &s.field, n) : r.SetInt32(&s.message, &s.field, n);
  }
  static void Store(const Slot& s, std::int64_t n) {
    const Reflection& r = *s.message.GetReflection();
    s.field.is_repeated() ? r.AddInt64(&s.message, &s.field, n) : r.SetInt64(&s.message, &s.field, n);
  }
  static void Store(const Slot& s, std::uint32_t n) {
    const Reflection& r = *s.message.GetReflection();
    s.field.is_repeated() ? r.AddUInt32(&s.message, &s.field, n) : r.SetUInt32(&s.message, &s.field, n);
  }
  static void Store(const Slot& s, std::uint64_t n) {
    const Reflection& r = *s.message.GetReflection();
    s.field.is_repeated() ? r.AddUInt64(&s.message, &s.field, n) : r.SetUInt64(&s.message, &s.field, n);
  }

  // Missing keys and defaults.
  void Complete(const Node& node, const std::string& path, Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (node.Find(KeyOf(field)) != nullptr) {
        continue;
      }
      if (IsRequired(field)) {
        Add(node.at.line > 0 ? node.at : Position{1, 1}, Code::kConfigMissing, Missing(path, field));
      } else {
        FillDefault(message, field);
      }
    }
  }

  static std::string Missing(const std::string& path, const FieldDescriptor& field) {
    std::string out = fmt::format("the key \"{}\" is missing in {}", KeyOf(field), Called(path));
    if (const std::string doc = DocOf(field); !doc.empty()) {
      out += ": " + doc;
    }
    if (const std::string example = ExampleOf(field); !example.empty()) {
      out += fmt::format(" Example: {}: {}", KeyOf(field), example);
    }
    return out;
  }

  static void FillDefault(Message& message, const FieldDescriptor& field) {
    if (FilledWhenAbsent(field)) {
      FillDefaults(*message.GetReflection()->MutableMessage(&message, &field));
    } else if (HasDefault(field) && !field.is_repeated() && !IsOpaque(field) &&
               field.containing_oneof() == nullptr && !DefaultOf(field).empty()) {
      // A default that does not fit its own field is a defect of the .proto.
      CROSSBILL_CHECK(SetScalar({message, field}, DefaultOf(field), DefaultOf(field)).ok());
    }
  }

  const File& file_;
  const ReadOptions& options_;
  Problems& problems_;
  std::vector<Surrounding> around_;
};

}  // namespace

Problem ProblemAt(const File& file, Position at, Code code, std::string message) {
  Problem problem;
  problem.file = file.file;
  problem.at = at;
  problem.code = code;
  problem.message = std::move(message);
  return problem;
}

void ReadMessage(const File& file, const Node& node, std::string_view path,
                 const std::vector<Message*>& messages, const ReadOptions& options, Problems& problems) {
  MessageReader(file, options, problems).Read(node, std::string(path), messages);
}

void ReadMessage(const File& file, const Node& node, std::string_view path,
                 const std::vector<Message*>& messages, Problems& problems) {
  ReadMessage(file, node, path, messages, ReadOptions{}, problems);
}

}  // namespace crossbill::config
