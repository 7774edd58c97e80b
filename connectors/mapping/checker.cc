#include "connectors/mapping/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "connectors/mapping/operators.h"

namespace crossbill::mapping {

std::string HowToConvert(const Type& have, Kinds wanted) {
  const bool text = have.kind == Kind::kText;
  if ((wanted & kText) != 0 && (Bit(have.kind) & kScalar) != 0) {
    return "; string(x) makes it text";
  }
  if ((wanted & kDate) != 0 && (text || have.kind == Kind::kTimestamp)) {
    return text ? "; date(x, format) makes it a date" : "; date(x) makes it a date";
  }
  if ((wanted & kTime) != 0 && (text || have.kind == Kind::kDate)) {
    return "; datetime(x) makes it a timestamp";
  }
  if ((wanted & Bit(Kind::kDecimal)) != 0 && text) {
    return "; decimal(x) makes it a number";
  }
  if ((wanted & kInt) != 0 && (text || have.kind == Kind::kDecimal)) {
    return "; int(x) makes it a whole number";
  }
  if ((wanted & kBool) != 0 && text) {
    return "; compare it: x == \"…\"";
  }
  if ((wanted & kMoney) != 0 && (Bit(have.kind) & (kText | kNumber)) != 0) {
    return "; money(x, currency) makes it money";
  }
  if (have.kind == Kind::kMoney && (wanted & kNumber) != 0) {
    return "; amount(x) is its number";
  }
  return "";
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = Nearest(word, candidates);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : "";
}

std::string Listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 60;
  std::string listed;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    listed += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kMost ? fmt::format("{} … ({} more)", listed, names.size() - kMost) : listed;
}

ExprPtr Checker::Fail(const Ast& ast, Code code, std::string message) {
  findings_.push_back({ast.at, code, std::move(message)});
  return nullptr;
}

ExprPtr Checker::Literal(const Value& value, const Type& type) { return MakeConstant(value, type); }

ExprPtr Checker::Folded(ExprPtr expr) {
  if (expr == nullptr || !expr->constant) {
    return expr;
  }
  Value value;
  if (!expr->Eval(compilation_.constants, value)) {
    compilation_.constants.ClearError();  // it fails for every row, unless && or || make it not matter
    return expr;
  }
  return MakeConstant(value, expr->type);
}

ExprPtr Checker::Check(const Ast& ast) {
  switch (ast.type) {
    case Ast::Type::kNull:
      return Literal(Value(), kNullType);
    case Ast::Type::kBool:
      return Literal(Value::Bool(ast.boolean), kBoolType);
    case Ast::Type::kInt:
      return Literal(Value::Int(ast.integer), kIntType);
    case Ast::Type::kDecimal:
      return Literal(Value::Of(ast.decimal), kDecimalType);
    case Ast::Type::kText:
      return Literal(Value::Text(compilation_.constants.arena.Copy(ast.text)), kTextType);
    case Ast::Type::kName:
      return Name(ast);
    case Ast::Type::kSelect:
      return Select(ast);
    case Ast::Type::kIndex:
      return Index(ast);
    case Ast::Type::kList:
      return List(ast);
    case Ast::Type::kCall:
      return Call(ast);
    case Ast::Type::kNot:
    case Ast::Type::kNegate:
      return Unary(ast);
    case Ast::Type::kBinary:
      return Binary(ast);
    case Ast::Type::kChoose:
      return Choose(ast);
  }
  return nullptr;
}

ExprPtr Checker::Name(const Ast& ast) {
  if (std::ranges::find(names_of_enum_, ast.text) != names_of_enum_.end()) {
    return Literal(Value::Text(compilation_.constants.arena.Copy(ast.text)), kTextType);
  }
  ExprPtr expr = Resolve(*scope_, ast.text, compilation_.types);
  return expr != nullptr ? std::move(expr) : UnknownName(ast, ast.text, *scope_);
}

ExprPtr Checker::UnknownName(const Ast& ast, const std::string& name, const Scope& scope) {
  const Scope* row = &scope;
  while (row->type != Scope::Type::kRow) {
    row = row->outer;
  }
  if (row->target != nullptr && row->target->IsList(name)) {
    return Fail(ast, Code::kMapType, fmt::format("of the list \"{0}\" only size({0}) is known here", name));
  }
  std::vector<std::string> names = NamesIn(scope);
  std::string listed = names.empty() ? "it has none" : "the columns are " + Listed(names);
  if (row->target != nullptr) {
    const std::vector<std::string> mapped = row->target->Names();
    listed += ", the fields " + Listed(mapped);
    names.insert(names.end(), mapped.begin(), mapped.end());
  }
  names.insert(names.end(), names_of_enum_.begin(), names_of_enum_.end());
  std::string hint = DidYouMean(name, names);
  if (hint.empty() && FindFunction(name) != nullptr) {
    hint = fmt::format("; the function is written {}(…)", name);
  } else if (hint.empty() && !names_of_enum_.empty()) {
    hint = "; the values here are " + Listed({names_of_enum_.begin(), names_of_enum_.end()});
  } else if (hint.empty()) {
    hint = fmt::format("; a text is written in quotes of its own: '\"{}\"'", name);
  }
  return Fail(ast, Code::kMapColumn,
              fmt::format("no column \"{}\" in {}: {}{}", name, row->stream, listed, hint));
}

// `parent`, `parent.parent`: a scope and not a value.
const Scope* Checker::ScopeNamed(const Ast& ast) const {
  if (ast.text != "parent" || (ast.type != Ast::Type::kName && ast.type != Ast::Type::kSelect)) {
    return nullptr;
  }
  if (ast.type == Ast::Type::kName) {
    return ParentOf(*scope_);
  }
  const Scope* inner = ScopeNamed(*ast.items[0]);
  return inner == nullptr ? nullptr : ParentOf(*inner);
}

ExprPtr Checker::Select(const Ast& ast) {
  if (const Scope* scope = ScopeNamed(*ast.items[0]); scope != nullptr) {
    ExprPtr expr = Resolve(*scope, ast.text, compilation_.types);
    return expr != nullptr ? std::move(expr) : UnknownName(ast, ast.text, *scope);
  }
  if (ExprPtr target = SelectTarget(ast); target != nullptr) {
    return target;
  }
  ExprPtr operand = Check(*ast.items[0]);
  if (operand == nullptr) {
    return nullptr;
  }
  const Type& type = operand->type;
  if (type.kind == Kind::kRecord && type.schema != nullptr) {
    const int index = type.schema->Find(ast.text);
    if (index < 0) {
      std::vector<std::string> names;
      for (const Schema::Column& column : type.schema->columns()) {
        names.push_back(column.name);
      }
      return Fail(ast, Code::kMapColumn,
                  fmt::format("no column \"{}\": the columns are {}{}", ast.text, Listed(names),
                              DidYouMean(ast.text, names)));
    }
    return MakeSelect(std::move(operand), ast.text,
                      OfColumn(type.schema->columns()[static_cast<std::size_t>(index)].type));
  }
  if ((Bit(type.kind) & (Bit(Kind::kDyn) | Bit(Kind::kNull) | kMapping)) == 0) {
    const bool money = type.kind == Kind::kMoney && (ast.text == "amount" || ast.text == "currency");
    return Fail(
        ast, Code::kMapType,
        fmt::format("{} has no members{}", NameOf(type), money ? "; " + ast.text + "(x) gives it" : ""));
  }
  return Folded(MakeSelect(std::move(operand), ast.text, kDynType));
}

// In `require:`, customer.id is the mapped field where the row has no column `customer`.
ExprPtr Checker::SelectTarget(const Ast& ast) {
  std::string path = ast.text;
  const Ast* root = ast.items[0].get();
  for (; root->type == Ast::Type::kSelect; root = root->items[0].get()) {
    path = root->text + "." + path;
  }
  const Scope* row = scope_;
  while (row->type != Scope::Type::kRow) {
    row = row->outer;
  }
  if (root->type != Ast::Type::kName || row->target == nullptr) {
    return nullptr;
  }
  ExprPtr target = row->target->Value(root->text + "." + path);
  if (target == nullptr || row->schema == nullptr) {
    if (target == nullptr) {
      return nullptr;
    }
    ExprPtr column = MakeDynamicColumn(root->text, nullptr);
    ExprPtr member = MakeDynamicColumn(root->text, nullptr);
    for (std::size_t at = 0; at <= path.size();) {
      const std::size_t end = std::min(path.find('.', at), path.size());
      member = MakeSelect(std::move(member), path.substr(at, end - at), kDynType);
      at = end + 1;
    }
    return MakeChoose(MakeHas(std::move(column)), std::move(member), std::move(target));
  }
  return row->schema->Find(root->text) >= 0 ? nullptr : std::move(target);
}

ExprPtr Checker::Index(const Ast& ast) {
  ExprPtr operand = Check(*ast.items[0]);
  ExprPtr index = Check(*ast.items[1]);
  if (operand == nullptr || index == nullptr) {
    return nullptr;
  }
  const Kinds of = Bit(operand->type.kind), by = Bit(index->type.kind);
  constexpr Kinds kOpen = Bit(Kind::kDyn) | Bit(Kind::kNull);
  const bool list = (of & (kList | kOpen)) != 0 && (by & (kInt | kOpen)) != 0;
  const bool map = (of & (kMapping | kOpen)) != 0 && (by & (kText | kOpen)) != 0;
  if (!list && !map) {
    return Fail(ast, Code::kMapType,
                fmt::format("{} is not indexed by {}", NameOf(operand->type), NameOf(index->type)));
  }
  const Type type = operand->type.kind == Kind::kList ? ElementOf(operand->type) : kDynType;
  return Folded(MakeIndex(std::move(operand), std::move(index), type));
}

ExprPtr Checker::List(const Ast& ast) {
  std::vector<ExprPtr> items;
  Type element = kNullType;
  bool ok = true;
  for (const AstPtr& item : ast.items) {
    items.push_back(Check(*item));
    ok = ok && items.back() != nullptr;
    element = ok ? compilation_.types.Join(element, items.back()->type) : kDynType;
  }
  if (!ok) {
    return nullptr;
  }
  return Folded(MakeList(std::move(items), compilation_.types.ListOf(element)));
}

bool Checker::IsCondition(const Ast& ast, const ExprPtr& expr) {
  if ((Bit(expr->type.kind) & (kBool | Bit(Kind::kDyn) | Bit(Kind::kNull))) != 0) {
    return true;
  }
  Fail(ast, Code::kMapType,
       fmt::format("a condition is true or false, not {}{}", NameOf(expr->type),
                   HowToConvert(expr->type, kBool)));
  return false;
}

ExprPtr Checker::Unary(const Ast& ast) {
  ExprPtr operand = Check(*ast.items[0]);
  if (operand == nullptr) {
    return nullptr;
  }
  if (ast.type == Ast::Type::kNot) {
    return IsCondition(*ast.items[0], operand) ? Folded(MakeNot(std::move(operand))) : nullptr;
  }
  if ((Bit(operand->type.kind) & (kNumber | kMoney | Bit(Kind::kDyn) | Bit(Kind::kNull))) == 0) {
    return Fail(
        ast, Code::kMapType,
        fmt::format("\"-\" does not take {}{}", NameOf(operand->type), HowToConvert(operand->type, kNumber)));
  }
  return Folded(MakeNegate(std::move(operand)));
}

ExprPtr Checker::Binary(const Ast& ast) {
  ExprPtr a = Check(*ast.items[0]);
  ExprPtr b = Check(*ast.items[1]);
  if (a == nullptr || b == nullptr) {
    return nullptr;
  }
  if (ast.op == Op::kAnd || ast.op == Op::kOr) {
    const bool left = IsCondition(*ast.items[0], a);
    const bool right = IsCondition(*ast.items[1], b);  // also when the left one is none: both are reported
    return left && right ? Folded(MakeLogic(ast.op == Op::kOr, std::move(a), std::move(b))) : nullptr;
  }
  Type type;
  if (!TypeOfBinary(ast.op, a->type, b->type, compilation_.types, type)) {
    const bool number_left = (Bit(a->type.kind) & kNumber) != 0,
               number_right = (Bit(b->type.kind) & kNumber) != 0;
    std::string hint;
    if (number_left != number_right) {
      hint = HowToConvert(number_left ? b->type : a->type, kNumber);
    } else if (a->type.kind == Kind::kText || b->type.kind == Kind::kText) {
      const bool text_left = a->type.kind == Kind::kText;
      hint = HowToConvert(text_left ? a->type : b->type, Bit(text_left ? b->type.kind : a->type.kind));
    }
    return Fail(ast, Code::kMapType,
                fmt::format("\"{}\" does not take {} and {}{}", TextOf(ast.op), NameOf(a->type),
                            NameOf(b->type), hint));
  }
  ExprPtr binary = MakeBinary(ast.op, std::move(a), std::move(b));
  binary->type = type;
  return Folded(std::move(binary));
}

ExprPtr Checker::Choose(const Ast& ast) {
  ExprPtr condition = Check(*ast.items[0]);
  ExprPtr then = Check(*ast.items[1]);
  ExprPtr otherwise = Check(*ast.items[2]);
  if (condition == nullptr || then == nullptr || otherwise == nullptr ||
      !IsCondition(*ast.items[0], condition)) {
    return nullptr;
  }
  const Type type = compilation_.types.Join(then->type, otherwise->type);
  ExprPtr choose = MakeChoose(std::move(condition), std::move(then), std::move(otherwise));
  choose->type = type;
  return Folded(std::move(choose));
}

}  // namespace crossbill::mapping
