// Reference pages in Markdown, from the same descriptors that the reader walks.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

#include <set>

#include "config/fields.h"
#include "config/reader.h"

namespace crossbill::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// A cell of a table: no line breaks, no bars.
std::string Cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += "\\|";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string Code(std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", Cell(text)); }

std::string TypeWord(const FieldDescriptor& field) {
  if (IsOpaque(field)) {
    return "YAML";
  }
  if (field.is_map()) {
    return NestedType(field) == nullptr ? "names and values" : "names and mappings";
  }
  std::string one;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      one = "mapping";
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      one = "true or false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      one = fmt::format("`{}`", fmt::join(WordsOf(*field.enum_type()), "`, `"));
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string unit = UnitOf(field);
      one = unit.empty() ? "text" : unit == "duration_range" ? "durations" : unit;
      break;
    }
    default:
      one = "whole number";
  }
  return field.is_repeated() ? fmt::format("list of {}{}", one, one == "mapping" ? "s" : "") : one;
}

std::string Meaning(const FieldDescriptor& field) {
  std::string out = Cell(DocOf(field));
  if (IsSecret(field)) {
    out += " Never printed; write `${NAME}` or `${file:PATH}`.";
  }
  if (const std::string example = ExampleOf(field); !example.empty()) {
    out += fmt::format(" Example: `{}: {}`.", KeyOf(field), Cell(example));
  }
  return out;
}

class PageWriter {
 public:
  std::string Write(const Descriptor& message, std::string_view title) {
    out_ = fmt::format("# {}\n\n", title);
    Section(message, "");
    return std::move(out_);
  }

 private:
  void Section(const Descriptor& message, const std::string& path) {
    out_ += "| key | type | default | meaning |\n|---|---|---|---|\n";
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      out_ += fmt::format("| `{}` | {} | {} | {} |\n", KeyOf(field), TypeWord(field),
                          IsRequired(field) ? "required" : Code(DefaultOf(field)), Meaning(field));
    }
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (NestedType(field) != nullptr) {
        Nested(field, path.empty() ? PathOf(field) : path + "." + PathOf(field));
      }
    }
  }

  void Nested(const FieldDescriptor& field, const std::string& path) {
    const Descriptor& message = *NestedType(field);
    out_ += fmt::format("\n## {}\n\n", path);
    if (!seen_.insert(&message).second) {
      out_ += fmt::format("The same keys as another `{}` above.\n", message.name());
      return;
    }
    if (const std::string doc = DocOf(field); !doc.empty()) {
      out_ += doc + "\n\n";
    }
    Section(message, path);
  }

  std::string out_;
  std::set<const Descriptor*> seen_;
};

}  // namespace

std::string ReferencePage(const Descriptor& message, std::string_view title) {
  return PageWriter().Write(message, title);
}

}  // namespace crossbill::config
