#include "connectors/mapping/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace crossbill::mapping {
namespace {

struct Operator {
  std::string_view text;
  Op op;
  int precedence;  // higher binds closer; ?: is below all
};

constexpr Operator kOperators[] = {
    {"||", Op::kOr, 1},    {"&&", Op::kAnd, 2},       {"==", Op::kEqual, 3},   {"!=", Op::kNotEqual, 3},
    {"<", Op::kLess, 3},   {"<=", Op::kLessEqual, 3}, {">", Op::kGreater, 3},  {">=", Op::kGreaterEqual, 3},
    {"in", Op::kIn, 3},    {"+", Op::kAdd, 4},        {"-", Op::kSubtract, 4}, {"*", Op::kMultiply, 5},
    {"/", Op::kDivide, 5}, {"%", Op::kRemainder, 5},
};

class Parser {
 public:
  Parser(std::string_view text, SyntaxError& error, const ParseLimits& limits)
      : lexer_(text), error_(error), limits_(limits) {}

  AstPtr Whole() {
    if (!Advance()) {
      return nullptr;
    }
    if (token_.type == Token::Type::kEnd) {
      return Fail("an expression was expected");
    }
    AstPtr ast = Expression();
    if (ast != nullptr && token_.type != Token::Type::kEnd) {
      return Fail(fmt::format("unexpected {} after the expression", Found()));
    }
    return ast;
  }

 private:
  // Counts how deep the parser stands in itself.
  struct Level {
    explicit Level(int& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }
    int& depth_;
  };

  AstPtr FailAt(std::uint32_t at, std::string message) {
    if (error_.message.empty()) {
      error_ = {at, std::move(message)};
    }
    return nullptr;
  }
  AstPtr Fail(std::string message) { return FailAt(token_.at, std::move(message)); }

  std::string Found() const {
    switch (token_.type) {
      case Token::Type::kEnd:
        return "end";
      case Token::Type::kInt:
      case Token::Type::kDecimal:
        return "number";
      case Token::Type::kText:
        return "text";
      default:
        return "\"" + token_.text + "\"";
    }
  }

  bool Advance() {
    auto next = lexer_.Next();
    if (!next) {
      FailAt(lexer_.error().at, lexer_.error().message);
      return false;
    }
    token_ = *std::move(next);
    return true;
  }
  bool Is(std::string_view symbol) const {
    return token_.type == Token::Type::kSymbol && token_.text == symbol;
  }
  bool Expect(std::string_view symbol) {
    if (!Is(symbol)) {
      Fail(fmt::format("\"{}\" was expected, not {}", symbol, Found()));
      return false;
    }
    return Advance();
  }

  AstPtr New(Ast::Type type, std::uint32_t at) {
    if (++nodes_ > limits_.nodes) {
      return FailAt(at, fmt::format("the expression has more than {} parts", limits_.nodes));
    }
    auto ast = std::make_unique<Ast>();
    ast->type = type;
    ast->at = at;
    return ast;
  }
  bool Take(Ast& into, AstPtr item) {
    if (item == nullptr) {
      return false;
    }
    into.height = std::max(into.height, item->height + 1);
    into.items.push_back(std::move(item));
    if (into.height > limits_.height) {
      FailAt(into.at, "the expression is too deep");
      return false;
    }
    return true;
  }

  AstPtr Expression() {
    const Level level(depth_);
    if (depth_ > limits_.nesting) {
      return Fail(fmt::format("the expression is nested deeper than {}", limits_.nesting));
    }
    AstPtr condition = Binary(1);
    if (condition == nullptr || !Is("?")) {
      return condition;
    }
    AstPtr choose = New(Ast::Type::kChoose, token_.at);
    if (choose == nullptr || !Take(*choose, std::move(condition)) || !Advance() ||
        !Take(*choose, Binary(1)) || !Expect(":") || !Take(*choose, Expression())) {
      return nullptr;
    }
    return choose;
  }

  const Operator* OperatorHere() const {
    if (token_.type != Token::Type::kSymbol &&
        !(token_.type == Token::Type::kKeyword && token_.text == "in")) {
      return nullptr;
    }
    for (const Operator& o : kOperators) {
      if (o.text == token_.text) {
        return &o;
      }
    }
    return nullptr;
  }

  AstPtr Binary(int least) {
    AstPtr left = Unary();
    while (left != nullptr) {
      const Operator* o = OperatorHere();
      if (o == nullptr || o->precedence < least) {
        return left;
      }
      AstPtr binary = New(Ast::Type::kBinary, token_.at);
      if (binary == nullptr || !Advance() || !Take(*binary, std::move(left)) ||
          !Take(*binary, Binary(o->precedence + 1))) {
        return nullptr;
      }
      binary->op = o->op;
      left = std::move(binary);
    }
    return nullptr;
  }

  AstPtr Unary() {
    if (!Is("!") && !Is("-")) {
      return Member();
    }
    const Level level(depth_);
    if (depth_ > limits_.nesting) {
      return Fail(fmt::format("the expression is nested deeper than {}", limits_.nesting));
    }
    const bool minus = Is("-");
    AstPtr unary = New(minus ? Ast::Type::kNegate : Ast::Type::kNot, token_.at);
    if (unary == nullptr || !Advance()) {
      return nullptr;
    }
    if (minus && token_.type == Token::Type::kInt && token_.smallest) {
      unary->type = Ast::Type::kInt;
      unary->integer = std::numeric_limits<std::int64_t>::min();
      return Advance() ? std::move(unary) : nullptr;
    }
    return Take(*unary, Unary()) ? std::move(unary) : nullptr;
  }

  AstPtr Member() {
    AstPtr left = Primary();
    while (left != nullptr && (Is(".") || Is("["))) {
      left = Is(".") ? Selected(std::move(left)) : Indexed(std::move(left));
    }
    if (left != nullptr && Is("{")) {
      return Fail("messages and maps cannot be written in an expression");
    }
    return left;
  }

  AstPtr Selected(AstPtr operand) {
    if (!Advance()) {
      return nullptr;
    }
    if (token_.type != Token::Type::kName) {
      return Fail(fmt::format("a name was expected after \".\", not {}", Found()));
    }
    AstPtr select = New(Ast::Type::kSelect, token_.at);
    if (select == nullptr || !Take(*select, std::move(operand))) {
      return nullptr;
    }
    select->text = token_.text;
    if (!Advance()) {
      return nullptr;
    }
    if (!Is("(")) {
      return select;
    }
    select->type = Ast::Type::kCall;
    select->method = true;
    return Items(*select, ")") ? std::move(select) : nullptr;
  }

  AstPtr Indexed(AstPtr operand) {
    AstPtr index = New(Ast::Type::kIndex, token_.at);
    if (index == nullptr || !Take(*index, std::move(operand)) || !Advance() || !Take(*index, Expression()) ||
        !Expect("]")) {
      return nullptr;
    }
    return index;
  }

  // From the opening bracket to the closing one. A list may end in a comma.
  bool Items(Ast& into, std::string_view close) {
    if (!Advance()) {
      return false;
    }
    while (!Is(close)) {
      if (!Take(into, Expression())) {
        return false;
      }
      if (Is(",")) {
        if (!Advance()) {
          return false;
        }
        if (Is(close) && close == ")") {
          Fail("an argument was expected");
          return false;
        }
      } else if (!Is(close)) {
        Fail(fmt::format("\",\" or \"{}\" was expected, not {}", close, Found()));
        return false;
      }
    }
    return Advance();
  }

  AstPtr Primary() {
    switch (token_.type) {
      case Token::Type::kInt:
      case Token::Type::kDecimal:
      case Token::Type::kText:
      case Token::Type::kKeyword:
        return Literal();
      case Token::Type::kName:
        return NameOrCall();
      default:
        break;
    }
    if (Is("(")) {
      if (!Advance()) {
        return nullptr;
      }
      AstPtr inner = Expression();
      return inner != nullptr && Expect(")") ? std::move(inner) : nullptr;
    }
    if (Is("[")) {
      AstPtr list = New(Ast::Type::kList, token_.at);
      return list != nullptr && Items(*list, "]") ? std::move(list) : nullptr;
    }
    if (Is("{")) {
      return Fail("messages and maps cannot be written in an expression");
    }
    return Fail(fmt::format("a value was expected, not {}", Found()));
  }

  AstPtr Literal() {
    AstPtr literal = New(Ast::Type::kNull, token_.at);
    if (literal == nullptr) {
      return nullptr;
    }
    if (token_.type == Token::Type::kInt) {
      if (token_.smallest) {
        return Fail("a whole number larger than 64 bits; with a point it is a decimal");
      }
      literal->type = Ast::Type::kInt;
      literal->integer = token_.integer;
    } else if (token_.type == Token::Type::kDecimal) {
      literal->type = Ast::Type::kDecimal;
      literal->decimal = token_.decimal;
    } else if (token_.type == Token::Type::kText) {
      literal->type = Ast::Type::kText;
      literal->text = token_.text;
    } else if (token_.text == "in") {
      return Fail("a value was expected, not \"in\"");
    } else if (token_.text != "null") {
      literal->type = Ast::Type::kBool;
      literal->boolean = token_.text == "true";
    }
    return Advance() ? std::move(literal) : nullptr;
  }

  AstPtr NameOrCall() {
    AstPtr name = New(Ast::Type::kName, token_.at);
    if (name == nullptr) {
      return nullptr;
    }
    name->text = token_.text;
    if (!Advance()) {
      return nullptr;
    }
    if (!Is("(")) {
      return name;
    }
    name->type = Ast::Type::kCall;
    return Items(*name, ")") ? std::move(name) : nullptr;
  }

  Lexer lexer_;
  SyntaxError& error_;
  const ParseLimits& limits_;
  Token token_;
  int depth_ = 0;
  int nodes_ = 0;
};

}  // namespace

std::string_view TextOf(Op op) {
  for (const Operator& o : kOperators) {
    if (o.op == op) {
      return o.text;
    }
  }
  return "";
}

AstPtr Parse(std::string_view expression, SyntaxError& error, const ParseLimits& limits) {
  error = {};
  if (expression.size() > limits.bytes) {
    error = {0, fmt::format("the expression is longer than {} bytes", limits.bytes)};
    return nullptr;
  }
  return Parser(expression, error, limits).Whole();
}

}  // namespace crossbill::mapping
