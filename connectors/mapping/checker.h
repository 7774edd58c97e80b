// From syntax to typed, evaluable expressions. All findings of an expression are collected. One thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "connectors/mapping/ast.h"
#include "connectors/mapping/functions.h"
#include "connectors/mapping/scope.h"

namespace crossbill::mapping {

struct Finding {
  std::uint32_t at = 0;  // byte offset in the expression
  Code code = Code::kMapSyntax;
  std::string message;
};

// What lives as long as the expressions: constants and types.
struct Compilation {
  Environment environment;
  TypePool types;
  Context constants;
};

class Checker {
 public:
  // constants: names that are text constants here: the values of the enumeration that is mapped to.
  Checker(Compilation& compilation, const Scope& scope, std::span<const std::string> names_of_enum = {})
      : compilation_(compilation), scope_(&scope), names_of_enum_(names_of_enum) {}
  // nullptr: see findings().
  ExprPtr Check(const Ast& ast);
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  ExprPtr Fail(const Ast& ast, Code code, std::string message);
  ExprPtr Literal(const Value& value, const Type& type);
  // The same, evaluated now where no row is needed.
  ExprPtr Folded(ExprPtr expr);
  ExprPtr Name(const Ast& ast);
  ExprPtr UnknownName(const Ast& ast, const std::string& name, const Scope& scope);
  ExprPtr Select(const Ast& ast);
  ExprPtr SelectTarget(const Ast& ast);
  const Scope* ScopeNamed(const Ast& ast) const;
  ExprPtr Index(const Ast& ast);
  ExprPtr List(const Ast& ast);
  ExprPtr Unary(const Ast& ast);
  ExprPtr Binary(const Ast& ast);
  ExprPtr Choose(const Ast& ast);
  bool IsCondition(const Ast& ast, const ExprPtr& expr);
  // checker_calls.cc
  ExprPtr Call(const Ast& ast);
  ExprPtr Has(const Ast& ast);
  ExprPtr OrNull(const Ast& ast);
  ExprPtr MacroCall(const Ast& ast, Macro macro);
  ExprPtr SizeOfTarget(const Ast& ast);
  ExprPtr UnknownFunction(const Ast& ast);
  bool CheckArguments(const Ast& ast, const FunctionDef& function, const std::vector<ExprPtr>& arguments);
  ExprPtr Prepared(const Ast& ast, const FunctionDef& function, std::vector<ExprPtr> arguments);

  Compilation& compilation_;
  const Scope* scope_;
  std::span<const std::string> names_of_enum_;
  std::vector<Finding> findings_;
};

// "; string(x) makes it text", or nothing: how a value of this type becomes one of those.
std::string HowToConvert(const Type& have, Kinds wanted);
// "; did you mean \"x\"?", or nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);
// "a, b, c … (12 more)"
std::string Listed(const std::vector<std::string>& names);

}  // namespace crossbill::mapping
