// The functions of expressions: one table, by theme, that the checker, the evaluator and the reference page
// are made of. The tables are constant; any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "connectors/mapping/expr.h"

namespace crossbill::mapping {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using LookupTable = std::unordered_map<std::string, std::string, TextHash, std::equal_to<>>;

// What functions may use of the configuration.
struct Environment {
  std::map<std::string, LookupTable, std::less<>> lookups;
  TimeZone zone;
};

// What a call works out once from its constant arguments: a regular expression, date formats, a lookup table.
struct FunctionState {
  virtual ~FunctionState() = default;
};

struct Call {
  Context& context;
  const FunctionState* state;
  Arena& arena() const { return context.arena; }
  bool Fail(std::string message) const { return context.Fail(Code::kMapValue, std::move(message)); }
};

// What `prepare` sees: the arguments that are constant (else nullptr), and where it says what is wrong.
struct Preparation {
  const Environment& environment;
  std::span<const Value* const> constants;
  Code code = Code::kMapFunction;
  std::string error;  // set: the call is refused
};

enum class NullRule : std::uint8_t { kGivesNull, kIsSeen };

struct FunctionDef {
  std::string_view name;
  std::string_view signature;  // "date(text[, format | list of formats]) → date"
  std::string_view doc;        // a sentence or two
  std::string_view example;    // an expression that needs no columns, and what string(it) gives; tested
  std::string_view result_text;
  Kinds parameters[4] = {};  // what each takes; a variadic function's last one repeats
  int least = 1;
  int most = 1;  // kVariadic: any number
  Type (*result)(std::span<const Type> arguments, TypePool& pool) = nullptr;
  bool (*apply)(const Call& call, std::span<const Value> arguments, Value& out) = nullptr;
  std::unique_ptr<FunctionState> (*prepare)(Preparation& preparation) = nullptr;
  NullRule nulls = NullRule::kGivesNull;

  static constexpr int kVariadic = 64;
  Kinds Parameter(int i) const { return parameters[i < 4 ? i : 3] != 0 ? parameters[i < 4 ? i : 3] : Last(); }
  Kinds Last() const {
    Kinds last = parameters[0];
    for (const Kinds kinds : parameters) {
      last = kinds != 0 ? kinds : last;
    }
    return last;
  }
};

struct FunctionTheme {
  std::string_view title;
  std::span<const FunctionDef> functions;
};

std::span<const FunctionDef> CleaningFunctions();
std::span<const FunctionDef> TextFunctions();
std::span<const FunctionDef> PatternFunctions();
std::span<const FunctionDef> NumberFunctions();
std::span<const FunctionDef> DateFunctions();
std::span<const FunctionDef> ListFunctions();
std::span<const FunctionDef> ValueFunctions();

std::vector<FunctionTheme> AllFunctions();
const FunctionDef* FindFunction(std::string_view name);  // nullptr when there is none

// A call of a function whose number of arguments was checked; `state` may be nullptr.
ExprPtr MakeCall(const FunctionDef& function, std::vector<ExprPtr> arguments,
                 std::unique_ptr<FunctionState> state, const Type& type);

// Result types, for the tables.
template <const Type& type>
Type Always(std::span<const Type>, TypePool&) {
  return type;
}
inline Type SameAsFirst(std::span<const Type> arguments, TypePool&) { return arguments[0]; }
inline Type ElementOfFirst(std::span<const Type> arguments, TypePool&) { return ElementOf(arguments[0]); }
Type JoinOfAll(std::span<const Type> arguments, TypePool& pool);

// For implementations.
inline bool Give(Value& out, const Value& value) {
  out = value;
  return true;
}
bool GiveText(const Call& call, std::string_view text, Value& out);  // a copy in the arena

}  // namespace crossbill::mapping
