#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "connectors/mapping/kinds.h"
#include "connectors/mapping/publication.h"
#include "connectors/mapping/target_compiler.h"

namespace crossbill::mapping {
namespace {

// `require:` may name the fields just mapped: their expressions are evaluated again.
class MappedNames final : public TargetNames {
 public:
  MappedNames(const TargetCompiler& target, const Scope& row, const ExpressionCompiler& expressions)
      : target_(target), row_(row), expressions_(expressions.Silent()) {}

  ExprPtr Value(std::string_view path) const override {
    const auto found = target_.mapped().find(path);
    if (found == target_.mapped().end() || found->second.field->is_repeated()) {
      return nullptr;
    }
    std::vector<std::string> words;
    if (const auto* enumeration = found->second.field->enum_type(); enumeration != nullptr) {
      for (int i = 0; i < enumeration->value_count(); ++i) {
        words.emplace_back(enumeration->value(i)->name());
      }
    }
    return expressions_.Compile(*found->second.node, row_, words);
  }
  bool IsList(std::string_view name) const override {
    const auto found = target_.mapped().find(name);
    return found != target_.mapped().end() && found->second.field->is_repeated();
  }
  int NumberOf(std::string_view name) const override {
    return target_.mapped().find(name)->second.field->number();
  }
  std::vector<std::string> Names() const override {
    std::vector<std::string> names;
    for (const auto& [path, mapped] : target_.mapped()) {
      names.push_back(path);
    }
    return names;
  }

 private:
  const TargetCompiler& target_;
  const Scope& row_;
  mutable ExpressionCompiler expressions_;
};

// A key's column may have any name, also one that is no expression.
ExprPtr KeyColumn(const std::string& name, const Scope& row, TypePool& types) {
  if (row.schema != nullptr) {
    return row.schema->Find(name) >= 0 ? Resolve(row, name, types) : nullptr;
  }
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ' ' || static_cast<unsigned char>(c) >= 0x80;
  });
  return plain ? Resolve(row, name, types) : nullptr;
}

bool MayBeCondition(const Type& type) {
  return (Bit(type.kind) & (kBool | Bit(Kind::kDyn) | Bit(Kind::kNull))) != 0;
}

}  // namespace

void Publication::CompileKey(const PublicationSpec& spec, const Scope& row, ExpressionCompiler& expressions) {
  const config::Node nowhere;
  key_at_ = spec.key_node != nullptr ? spec.key_node->at : nowhere.at;
  if (spec.key.empty()) {
    expressions.Report(key_at_, Code::kConfigMissing,
                       fmt::format("{} has no key: name the columns that identify a record", spec.name));
  }
  for (std::size_t i = 0; i < spec.key.size(); ++i) {
    const config::Node* at = spec.key_node != nullptr ? spec.key_node : &nowhere;
    at = at->IsSequence() && i < at->items.size() ? &at->items[i] : at;
    KeyPart part;
    part.text = spec.key[i];
    part.expr = KeyColumn(part.text, row, expressions.compilation().types);
    if (part.expr == nullptr) {
      part.expr = expressions.Compile(part.text, *at, row);
    }
    if (part.expr != nullptr && (Bit(part.expr->type.kind) & (kList | kMapping)) != 0) {
      expressions.Report(at->at, Code::kMapType,
                         fmt::format("a key is text or a number, not {}", NameOf(part.expr->type)));
    }
    key_parts_.push_back(std::move(part));
  }
}

void Publication::CompileRule(const config::Node& node, const Scope& row, ExpressionCompiler& expressions) {
  if (!node.IsMapping()) {
    expressions.Report(node.at, Code::kConfigType,
                       "a rule is written {that: EXPRESSION, else: dead_letter | skip, why: TEXT}");
    return;
  }
  Rule rule;
  rule.at = node.at;
  for (const config::Node::Entry& entry : node.entries) {
    if (entry.key == "why") {
      rule.why = entry.value.scalar;
    } else if (entry.key == "else") {
      rule.skip = entry.value.scalar == "skip";
      if (!rule.skip && entry.value.scalar != "dead_letter") {
        expressions.Report(entry.value.at, Code::kConfigValue,
                           fmt::format("else: is dead_letter or skip, not \"{}\"", entry.value.scalar));
      }
    } else if (entry.key == "that") {
      rule.at = entry.value.at;
      rule.that = expressions.Compile(entry.value, row);
      if (rule.that != nullptr && !MayBeCondition(rule.that->type)) {
        expressions.Report(entry.value.at, Code::kMapType,
                           fmt::format("that: is true or false, not {}", NameOf(rule.that->type)));
      }
    } else {
      expressions.Report(entry.key_at, Code::kConfigUnknownKey,
                         fmt::format("unknown key \"{}\" in a rule{}", entry.key,
                                     DidYouMean(entry.key, {"that", "else", "why"})));
    }
  }
  const config::Node* that = node.Find("that");
  if (that == nullptr) {
    expressions.Report(node.at, Code::kConfigMissing,
                       "a rule needs `that:`, an expression that is true for a good row");
    return;
  }
  if (rule.why.empty()) {
    rule.why = "it is required that " + that->scalar;
  }
  rules_.push_back(std::move(rule));
}

void Publication::CompileRules(const config::Node& require, const Scope& row,
                               ExpressionCompiler& expressions) {
  if (!require.IsSequence()) {
    expressions.Report(require.at, Code::kConfigType,
                       "require: is a list of rules: [{that: EXPRESSION, else: dead_letter, why: TEXT}]");
    return;
  }
  for (const config::Node& node : require.items) {
    CompileRule(node, row, expressions);
  }
}

std::unique_ptr<Publication> Publication::Compile(const PublicationSpec& spec, const std::string& system,
                                                  const std::string& file, const Scope& row,
                                                  ExpressionCompiler& expressions) {
  auto made = std::make_unique<Publication>();
  made->file_ = file;
  made->system_ = system;
  made->stream_ = spec.name;
  const google::protobuf::Descriptor* message = DescriptorOfKind(spec.kind);
  const config::Position at = spec.map != nullptr        ? spec.map->at
                              : spec.key_node != nullptr ? spec.key_node->at
                                                         : config::Position{};
  if (message == nullptr) {
    expressions.Report(
        at, Code::kConfigValue,
        fmt::format("{} publishes \"{}\", which is no kind of event{}; the kinds are {}", spec.name,
                    spec.kind, DidYouMean(spec.kind, NamesOfKinds()), Listed(NamesOfKinds())));
    return made;
  }
  made->message_ = message->full_name();
  made->CompileKey(spec, row, expressions);
  if (spec.when != nullptr) {
    made->when_at_ = spec.when->at;
    made->when_ = expressions.Compile(*spec.when, row);
    if (made->when_ != nullptr && !MayBeCondition(made->when_->type)) {
      expressions.Report(spec.when->at, Code::kMapType,
                         fmt::format("when: is true or false, not {}", NameOf(made->when_->type)));
    }
  }
  TargetCompiler target(expressions, message);
  if (spec.map == nullptr) {
    expressions.Report(at, Code::kConfigMissing, fmt::format("{} has no `map:`", spec.name));
  } else {
    made->plan_ = target.Compile(*spec.map, row);
  }
  if (spec.require != nullptr) {
    const MappedNames names(target, row, expressions);
    Scope with_target = row;
    with_target.target = &names;
    made->CompileRules(*spec.require, with_target, expressions);
  }
  return made;
}

}  // namespace crossbill::mapping
