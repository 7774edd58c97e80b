// From a `map:` in YAML to the plan of a canonical message, checked against its descriptor. One thread.
#pragma once

#include <map>
#include <string>

#include "connectors/mapping/expression_compiler.h"
#include "connectors/mapping/plan.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace crossbill::mapping {

class TargetCompiler {
 public:
  TargetCompiler(ExpressionCompiler& expressions, const google::protobuf::Descriptor* message)
      : expressions_(expressions), message_(message) {}
  // The plan may be incomplete where problems were reported.
  MessagePlan Compile(const config::Node& map, const Scope& row);

  // Where the values of single fields come from: "customer.id" to its expression and its field.
  struct Mapped {
    const config::Node* node;
    const google::protobuf::FieldDescriptor* field;
  };
  const std::map<std::string, Mapped, std::less<>>& mapped() const { return mapped_; }

 private:
  using Descriptor = google::protobuf::Descriptor;
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  // Where a mapping stands: "lines[].product", for messages; in an element single values have no path.
  struct Place {
    const Scope* scope;
    std::string path;
    bool in_element = false;
    std::string Of(std::string_view name) const {
      return path.empty() ? std::string(name) : path + "." + std::string(name);
    }
  };

  void Mapping(const config::Node& map, const Descriptor* message, const Place& place, MessagePlan& plan);
  void Entry(const config::Node::Entry& entry, std::string_view key, const Descriptor* message,
             const Place& place, MessagePlan& plan);
  const FieldDescriptor* FindField(const config::Node::Entry& entry, std::string_view name,
                                   const Descriptor* message, const Place& place);
  FieldPlan* NewField(const config::Node::Entry& entry, const FieldDescriptor* field, const Place& place,
                      MessagePlan& plan);
  void Nested(const config::Node::Entry& entry, std::string_view rest, const FieldDescriptor* field,
              const Place& place, MessagePlan& plan);
  void Single(const config::Node::Entry& entry, const FieldDescriptor* field, const Place& place,
              FieldPlan& plan);
  void Values(const config::Node::Entry& entry, const FieldDescriptor* field, const Place& place,
              FieldPlan& plan);
  void Messages(const config::Node::Entry& entry, const FieldDescriptor* field, const Place& place,
                FieldPlan& plan);
  void Element(const config::Node& node, const FieldDescriptor* field, const Place& place, FieldPlan& plan);
  void Each(const config::Node& node, const FieldDescriptor* field, const Place& place, FieldPlan& plan);
  bool EachScope(const config::Node& node, const Place& place, ElementPlan& element, Scope& scope);
  // allow_list: the expression may give a list of such values.
  bool Value(const config::Node& node, const FieldDescriptor* field, const Place& place, bool allow_list,
             ValuePlan& value);
  bool CheckType(const config::Node& node, const FieldDescriptor* field, const Place& place, bool allow_list,
                 const ValuePlan& value);
  void CheckConstant(const config::Node& node, const std::string& path, const ValuePlan& value);
  std::string FieldsOf(const Descriptor* message) const;
  static void Finish(MessagePlan& plan);

  ExpressionCompiler& expressions_;
  const Descriptor* message_;
  std::map<std::string, Mapped, std::less<>> mapped_;
};

}  // namespace crossbill::mapping
