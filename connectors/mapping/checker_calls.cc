// Calls: macros, functions and their arguments.
#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "connectors/mapping/checker.h"
#include "connectors/mapping/operators.h"

namespace crossbill::mapping {
namespace {

struct MacroName {
  std::string_view name;
  Macro macro;
};
constexpr MacroName kMacros[] = {{"exists", Macro::kExists},
                                 {"exists_one", Macro::kExistsOne},
                                 {"all", Macro::kAll},
                                 {"filter", Macro::kFilter},
                                 {"map", Macro::kMap}};

std::optional<Macro> MacroOf(const Ast& ast) {
  for (const MacroName& m : kMacros) {
    if (ast.method && m.name == ast.text) {
      return m.macro;
    }
  }
  return std::nullopt;
}

// Functions that CEL has and this language has not, and what to write.
struct Instead {
  std::string_view name;
  std::string_view write;
};
constexpr Instead kInstead[] = {
    {"double", "numbers are decimals here: decimal(x)"},
    {"uint", "int(x)"},
    {"timestamp", "datetime(x)"},
    {"duration", "days(date, n)"},
    {"bytes", "there are no byte strings"},
    {"type", "types are known when the mapping is checked"},
    {"dyn", "leave it out"},
    {"to_string", "string(x)"},
    {"len", "size(x)"},
    {"length", "size(x)"},
    {"substring_index", "split(text, separator)[0]"},
    {"if", "condition ? a : b"},
};

std::string Ordinal(std::size_t n) {
  constexpr std::string_view kWords[] = {"first", "second", "third", "fourth"};
  return n < 4 ? std::string(kWords[n]) : fmt::format("{}th", n + 1);
}

}  // namespace

ExprPtr Checker::Call(const Ast& ast) {
  if (const auto macro = MacroOf(ast)) {
    return MacroCall(ast, *macro);
  }
  if (ast.text == "has" && !ast.method) {
    return Has(ast);
  }
  if (ast.text == "or_null" && !ast.method) {
    return OrNull(ast);
  }
  const FunctionDef* function = FindFunction(ast.text);
  if (function == nullptr) {
    return UnknownFunction(ast);
  }
  if (ast.text == "size" && ast.items.size() == 1) {
    if (ExprPtr size = SizeOfTarget(ast); size != nullptr) {
      return size;
    }
  }
  std::vector<ExprPtr> arguments;
  bool ok = true;
  for (const AstPtr& item : ast.items) {
    arguments.push_back(Check(*item));
    ok = ok && arguments.back() != nullptr;
  }
  if (!ok || !CheckArguments(ast, *function, arguments)) {
    return nullptr;
  }
  return Prepared(ast, *function, std::move(arguments));
}

ExprPtr Checker::UnknownFunction(const Ast& ast) {
  for (const Instead& i : kInstead) {
    if (i.name == ast.text) {
      return Fail(ast, Code::kMapFunction, fmt::format("no function \"{}\"; {}", ast.text, i.write));
    }
  }
  std::vector<std::string> names = {"has", "or_null", "exists", "exists_one", "all", "filter", "map"};
  for (const MacroName& m : kMacros) {
    if (m.name == ast.text) {
      return Fail(ast, Code::kMapFunction, fmt::format("{0} is written list.{0}(x, …)", ast.text));
    }
  }
  for (const FunctionTheme& theme : AllFunctions()) {
    for (const FunctionDef& function : theme.functions) {
      names.emplace_back(function.name);
    }
  }
  return Fail(ast, Code::kMapFunction,
              fmt::format("no function \"{}\"{}", ast.text, DidYouMean(ast.text, names)));
}

bool Checker::CheckArguments(const Ast& ast, const FunctionDef& function,
                             const std::vector<ExprPtr>& arguments) {
  const int n = static_cast<int>(arguments.size());
  if (n < function.least || n > function.most) {
    const std::string takes =
        function.most == FunctionDef::kVariadic ? fmt::format("{} to {}", function.least, function.most)
        : function.least == function.most       ? fmt::format("{}", function.least)
                                                : fmt::format("{} or {}", function.least, function.most);
    Fail(ast, Code::kMapFunction,
         fmt::format("{}() takes {} argument(s), not {}: {}", function.name, takes, n, function.signature));
    return false;
  }
  bool ok = true;
  for (int i = 0; i < n; ++i) {
    const Type& have = arguments[static_cast<std::size_t>(i)]->type;
    const Kinds wanted = function.Parameter(i);
    if (have.kind == Kind::kDyn || have.kind == Kind::kNull || (wanted & Bit(have.kind)) != 0) {
      continue;
    }
    ok = false;
    Fail(*ast.items[static_cast<std::size_t>(i)], Code::kMapType,
         fmt::format("{}() takes {} as its {} argument, not {}{}: {}", function.name, NamesOf(wanted),
                     Ordinal(static_cast<std::size_t>(i)), NameOf(have), HowToConvert(have, wanted),
                     function.signature));
  }
  return ok;
}

ExprPtr Checker::Prepared(const Ast& ast, const FunctionDef& function, std::vector<ExprPtr> arguments) {
  std::vector<Type> types;
  std::vector<Value> values(arguments.size());
  std::vector<const Value*> constants(arguments.size(), nullptr);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    types.push_back(arguments[i]->type);
    if (arguments[i]->constant && arguments[i]->Eval(compilation_.constants, values[i])) {
      constants[i] = &values[i];
    }
  }
  std::unique_ptr<FunctionState> state;
  if (function.prepare != nullptr) {
    Preparation preparation{compilation_.environment, constants, Code::kMapFunction, {}};
    state = function.prepare(preparation);
    if (!preparation.error.empty()) {
      return Fail(ast.items.size() > 1 ? *ast.items[1] : ast, preparation.code,
                  fmt::format("{}(): {}", function.name, preparation.error));
    }
  }
  const Type type = function.result(types, compilation_.types);
  return Folded(MakeCall(function, std::move(arguments), std::move(state), type));
}

ExprPtr Checker::Has(const Ast& ast) {
  if (ast.items.size() != 1 ||
      (ast.items[0]->type != Ast::Type::kSelect && ast.items[0]->type != Ast::Type::kName)) {
    return Fail(ast, Code::kMapFunction, "has() takes a column or a member: has(a.b)");
  }
  ExprPtr operand = Check(*ast.items[0]);
  return operand == nullptr ? nullptr : Folded(MakeHas(std::move(operand)));
}

ExprPtr Checker::OrNull(const Ast& ast) {
  if (ast.items.size() != 1) {
    return Fail(ast, Code::kMapFunction, "or_null() takes one expression: or_null(date(dob))");
  }
  ExprPtr operand = Check(*ast.items[0]);
  return operand == nullptr ? nullptr : Folded(MakeOrNull(std::move(operand)));
}

ExprPtr Checker::MacroCall(const Ast& ast, Macro macro) {
  const std::size_t n = ast.items.size();
  if (n != 3 && !(macro == Macro::kMap && n == 4)) {
    return Fail(ast, Code::kMapFunction, fmt::format("{0} is written list.{0}(x, …)", ast.text));
  }
  if (ast.items[1]->type != Ast::Type::kName) {
    return Fail(*ast.items[1], Code::kMapSyntax,
                fmt::format("{}() takes the name of a variable first", ast.text));
  }
  ExprPtr range = Check(*ast.items[0]);
  if (range == nullptr) {
    return nullptr;
  }
  if ((Bit(range->type.kind) & (kList | Bit(Kind::kDyn) | Bit(Kind::kNull))) == 0) {
    return Fail(*ast.items[0], Code::kMapType,
                fmt::format("{}() walks a list, not {}", ast.text, NameOf(range->type)));
  }
  Scope variable;
  variable.type = Scope::Type::kVariable;
  variable.outer = scope_;
  variable.name = ast.items[1]->text;
  variable.slot = scope_->NextSlot();
  variable.value_type = ElementOf(range->type);
  if (variable.slot >= Context::kMaxLocals) {
    return Fail(ast, Code::kMapSyntax, "lists are walked in each other too deeply");
  }
  scope_ = &variable;
  ExprPtr condition = n == 4 ? Check(*ast.items[2]) : nullptr;
  ExprPtr body = Check(*ast.items[n - 1]);
  scope_ = variable.outer;
  if (body == nullptr || (n == 4 && (condition == nullptr || !IsCondition(*ast.items[2], condition))) ||
      (macro != Macro::kMap && !IsCondition(*ast.items[2], body))) {
    return nullptr;
  }
  const Type type = macro == Macro::kFilter ? range->type
                    : macro == Macro::kMap  ? compilation_.types.ListOf(body->type)
                                            : kBoolType;
  return Folded(
      MakeMacro(macro, variable.slot, std::move(range), std::move(condition), std::move(body), type));
}

// In `require:`, size(lines) is the number of lines mapped where the row has no `lines` of its own.
ExprPtr Checker::SizeOfTarget(const Ast& ast) {
  const Ast& name = *ast.items[0];
  const Scope* row = scope_;
  while (row->type != Scope::Type::kRow) {
    row = row->outer;
  }
  if (name.type != Ast::Type::kName || row->target == nullptr || !row->target->IsList(name.text)) {
    return nullptr;
  }
  ExprPtr count = MakeCount(row->target->NumberOf(name.text));
  ExprPtr column = Resolve(*scope_, name.text, compilation_.types);
  if (column == nullptr) {
    return count;
  }
  if (column->type.kind != Kind::kDyn) {
    return nullptr;  // a child: the call is checked as any other
  }
  std::vector<ExprPtr> arguments;
  arguments.push_back(Resolve(*scope_, name.text, compilation_.types));
  ExprPtr size = MakeCall(*FindFunction("size"), std::move(arguments), nullptr, kIntType);
  ExprPtr choose = MakeChoose(MakeHas(std::move(column)), std::move(size), std::move(count));
  choose->type = kIntType;
  return choose;
}

}  // namespace crossbill::mapping
