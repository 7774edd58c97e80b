// Missing values, and lookup tables of the connector.
#include <fmt/format.h>

#include "base/text.h"
#include "connectors/mapping/functions.h"

namespace crossbill::mapping {
namespace {

bool IsMissing(const Value& v) { return v.IsNull() || (v.type() == ValueType::kText && v.AsText().empty()); }

bool Coalesce(const Call&, std::span<const Value> a, Value& out) {
  for (const Value& v : a) {
    if (!IsMissing(v)) {
      return Give(out, v);
    }
  }
  return Give(out, Value());
}

bool EmptyToNull(const Call&, std::span<const Value> a, Value& out) {
  const bool blank = a[0].type() == ValueType::kText && Trimmed(a[0].AsText()).empty();
  return Give(out, blank ? Value() : a[0]);
}

bool IfEmpty(const Call&, std::span<const Value> a, Value& out) {
  const bool blank = IsMissing(a[0]) || (a[0].type() == ValueType::kText && Trimmed(a[0].AsText()).empty());
  return Give(out, blank ? a[1] : a[0]);
}

struct Table final : FunctionState {
  explicit Table(std::string_view n, const LookupTable* t) : name(n), table(t) {}
  std::string name;
  const LookupTable* table;
};

std::unique_ptr<FunctionState> PrepareLookup(Preparation& p) {
  if (p.constants[0] == nullptr || p.constants[0]->type() != ValueType::kText) {
    p.error = "the name of the lookup table must be a text constant";
    return nullptr;
  }
  const std::string_view name = p.constants[0]->AsText();
  const auto found = p.environment.lookups.find(name);
  if (found != p.environment.lookups.end()) {
    return std::make_unique<Table>(name, &found->second);
  }
  p.code = Code::kMapLookup;
  if (p.environment.lookups.empty()) {
    p.error = fmt::format("no lookup table \"{}\": this connector has no `lookups:`", name);
    return nullptr;
  }
  std::vector<std::string> names;
  std::string listed;
  for (const auto& [table, entries] : p.environment.lookups) {
    names.push_back(table);
    listed += (listed.empty() ? "\"" : ", \"") + table + "\"";
  }
  const auto near = Nearest(name, names);
  p.error = fmt::format("no lookup table \"{}\"; there is {}{}", name, listed,
                        near ? fmt::format("; did you mean \"{}\"?", *near) : "");
  return nullptr;
}

bool Lookup(const Call& call, std::span<const Value> a, Value& out) {
  const auto& table = static_cast<const Table&>(*call.state);
  if (a[1].IsNull()) {
    return Give(out, a.size() > 2 ? a[2] : Value());
  }
  const std::string_view key = TextOf(a[1], call.arena());
  const auto found = table.table->find(key);
  if (found != table.table->end()) {
    return Give(out, Value::Text(found->second));
  }
  if (a.size() > 2) {
    return Give(out, a[2]);
  }
  if (Trimmed(key).empty()) {
    return Give(out, Value());
  }
  return call.context.Fail(Code::kMapLookup,
                           fmt::format("{} is not in the lookup table \"{}\"", Shown(a[1]), table.name));
}

Type SecondType(std::span<const Type> arguments, TypePool& pool) {
  return pool.Join(arguments[0], arguments[1]);
}

constexpr FunctionDef kFunctions[] = {
    {"coalesce",
     "coalesce(a, b, …) → value",
     "The first that is neither null nor empty text.",
     "coalesce(null, \"\", \"x\")",
     "x",
     {kAny},
     1,
     FunctionDef::kVariadic,
     JoinOfAll,
     Coalesce,
     nullptr,
     NullRule::kIsSeen},
    {"if_empty",
     "if_empty(a, b) → value",
     "a, or b where a is null or blank text.",
     "if_empty(\"  \", \"none\")",
     "none",
     {kAny, kAny},
     2,
     2,
     SecondType,
     IfEmpty,
     nullptr,
     NullRule::kIsSeen},
    {"empty_to_null",
     "empty_to_null(value) → value",
     "Null for blank text, else the value.",
     "empty_to_null(\" \") == null",
     "true",
     {kAny},
     1,
     1,
     SameAsFirst,
     EmptyToNull},
    {"lookup",
     "lookup(\"table\", value[, default]) → text",
     "What the connector's `lookups:` have for the value. Without a default a value that is not in the table "
     "is an error; null and blank text give null.",
     "lookup(\"example\", \"A\")",
     "open",
     {kText, kScalar, kText},
     2,
     3,
     Always<kTextType>,
     Lookup,
     PrepareLookup,
     NullRule::kIsSeen},
};

}  // namespace

std::span<const FunctionDef> ValueFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
