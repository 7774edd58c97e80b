#include "connectors/mapping/functions.h"

#include <fmt/format.h>

#include <algorithm>

namespace crossbill::mapping {
namespace {

constexpr std::size_t kFewArguments = 4;

class CallExpr final : public Expr {
 public:
  CallExpr(const FunctionDef& function, std::vector<ExprPtr> arguments, std::unique_ptr<FunctionState> state,
           const Type& t)
      : function_(function), arguments_(std::move(arguments)), state_(std::move(state)) {
    type = t;
    constant = true;
    for (const ExprPtr& argument : arguments_) {
      constant = constant && argument->constant;
      column = column.empty() ? argument->column : column;
    }
  }

  bool Eval(Context& c, Value& out) const override {
    if (arguments_.size() <= kFewArguments) {
      Value values[kFewArguments];
      return Run(c, {values, arguments_.size()}, out);
    }
    return Run(c, {c.arena.New<Value>(arguments_.size()), arguments_.size()}, out);
  }

 private:
  bool Run(Context& c, std::span<Value> values, Value& out) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!arguments_[i]->Eval(c, values[i])) {
        return false;
      }
      if (values[i].IsNull()) {
        if (function_.nulls == NullRule::kGivesNull) {
          out = Value();
          return true;
        }
        continue;
      }
      if ((function_.Parameter(static_cast<int>(i)) & Bit(values[i].type())) == 0 &&
          !Convert(c, static_cast<int>(i), values[i])) {
        return false;
      }
    }
    if (!function_.apply(Call{c, state_.get()}, values, out)) {
      c.SetColumn(column);
      return false;
    }
    return true;
  }

  // Numbers of dynamic rows (JSON) are taken as text where text is wanted.
  bool Convert(Context& c, int i, Value& value) const {
    const Kinds wanted = function_.Parameter(i);
    if ((wanted & kText) != 0 && (Bit(value.type()) & kNumber) != 0) {
      value = Value::Text(TextOf(value, c.arena));
      return true;
    }
    c.Fail(Code::kMapValue,
           fmt::format("{}() takes {}, not {}", function_.name, NamesOf(wanted), Shown(value)));
    c.SetColumn(arguments_[static_cast<std::size_t>(i)]->column);
    return false;
  }

  const FunctionDef& function_;
  std::vector<ExprPtr> arguments_;
  std::unique_ptr<FunctionState> state_;
};

}  // namespace

std::vector<FunctionTheme> AllFunctions() {
  return {{"Cleaning", CleaningFunctions()},
          {"Text", TextFunctions()},
          {"Patterns", PatternFunctions()},
          {"Numbers and money", NumberFunctions()},
          {"Dates and times", DateFunctions()},
          {"Lists", ListFunctions()},
          {"Missing values and tables", ValueFunctions()}};
}

const FunctionDef* FindFunction(std::string_view name) {
  for (const FunctionTheme& theme : AllFunctions()) {
    for (const FunctionDef& function : theme.functions) {
      if (function.name == name) {
        return &function;
      }
    }
  }
  return nullptr;
}

ExprPtr MakeCall(const FunctionDef& function, std::vector<ExprPtr> arguments,
                 std::unique_ptr<FunctionState> state, const Type& type) {
  return std::make_unique<CallExpr>(function, std::move(arguments), std::move(state), type);
}

Type JoinOfAll(std::span<const Type> arguments, TypePool& pool) {
  Type joined = kNullType;
  for (const Type& argument : arguments) {
    joined = pool.Join(joined, argument);
  }
  return joined;
}

bool GiveText(const Call& call, std::string_view text, Value& out) {
  return Give(out, Value::Text(call.arena().Copy(text)));
}

}  // namespace crossbill::mapping
