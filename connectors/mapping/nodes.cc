// The nodes of operators: what is lazy (&&, ||, ?:) and what is not.
#include <fmt/format.h>

#include "connectors/mapping/operators.h"

namespace crossbill::mapping {
namespace {

class BinaryExpr final : public Expr {
 public:
  BinaryExpr(Op op, ExprPtr a, ExprPtr b) : op_(op), a_(std::move(a)), b_(std::move(b)) {
    constant = a_->constant && b_->constant;
    column = a_->column.empty() ? b_->column : a_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    Value a, b;
    if (!a_->Eval(c, a) || !b_->Eval(c, b)) {
      return false;
    }
    if (!Apply(c, op_, a, b, out)) {
      c.SetColumn(column);
      return false;
    }
    return true;
  }

 private:
  Op op_;
  ExprPtr a_;
  ExprPtr b_;
};

// True and false, as three values; a value of another type is an error.
enum class Truth { kFalse, kTrue, kNull, kError };

Truth TruthOf(Context& c, const Expr& e) {
  Value v;
  if (!e.Eval(c, v)) {
    return Truth::kError;
  }
  if (v.IsNull()) {
    return Truth::kNull;
  }
  if (v.type() != ValueType::kBool) {
    c.Fail(Code::kMapValue, fmt::format("a condition is true or false, not {}", Shown(v)));
    c.SetColumn(e.column);
    return Truth::kError;
  }
  return v.AsBool() ? Truth::kTrue : Truth::kFalse;
}

class LogicExpr final : public Expr {
 public:
  LogicExpr(bool is_or, ExprPtr a, ExprPtr b)
      : decisive_(is_or ? Truth::kTrue : Truth::kFalse), a_(std::move(a)), b_(std::move(b)) {
    type = kBoolType;
    constant = a_->constant && b_->constant;
    column = a_->column.empty() ? b_->column : a_->column;
  }
  // CEL: one side that decides makes the other's error not matter, in either order.
  bool Eval(Context& c, Value& out) const override {
    const Truth a = TruthOf(c, *a_);
    if (a == decisive_) {
      return Give(a, out);
    }
    if (a != Truth::kError) {
      const Truth b = TruthOf(c, *b_);
      return b == Truth::kError ? false : Give(a == Truth::kNull && b != decisive_ ? Truth::kNull : b, out);
    }
    const Code code = c.code();
    const std::string message = c.message();
    const std::string_view from = c.column();
    if (TruthOf(c, *b_) == decisive_) {
      c.ClearError();
      return Give(decisive_, out);
    }
    c.Fail(code, message);
    c.SetColumn(from);
    return false;
  }

 private:
  static bool Give(Truth truth, Value& out) {
    out = truth == Truth::kNull ? Value() : Value::Bool(truth == Truth::kTrue);
    return true;
  }
  Truth decisive_;
  ExprPtr a_;
  ExprPtr b_;
};

class NotExpr final : public Expr {
 public:
  explicit NotExpr(ExprPtr a) : a_(std::move(a)) {
    type = kBoolType;
    constant = a_->constant;
    column = a_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    const Truth truth = TruthOf(c, *a_);
    out = truth == Truth::kNull ? Value() : Value::Bool(truth == Truth::kFalse);
    return truth != Truth::kError;
  }

 private:
  ExprPtr a_;
};

class NegateExpr final : public Expr {
 public:
  explicit NegateExpr(ExprPtr a) : a_(std::move(a)) {
    type = a_->type;
    constant = a_->constant;
    column = a_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    Value v;
    if (!a_->Eval(c, v)) {
      return false;
    }
    if (!Negate(c, v, out)) {
      c.SetColumn(column);
      return false;
    }
    return true;
  }

 private:
  ExprPtr a_;
};

class ChooseExpr final : public Expr {
 public:
  ChooseExpr(ExprPtr condition, ExprPtr then, ExprPtr otherwise)
      : condition_(std::move(condition)), then_(std::move(then)), otherwise_(std::move(otherwise)) {
    constant = condition_->constant && then_->constant && otherwise_->constant;
    column = !then_->column.empty()        ? then_->column
             : !otherwise_->column.empty() ? otherwise_->column
                                           : condition_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    const Truth truth = TruthOf(c, *condition_);
    return truth != Truth::kError && (truth == Truth::kTrue ? then_ : otherwise_)->Eval(c, out);
  }

 private:
  ExprPtr condition_;
  ExprPtr then_;
  ExprPtr otherwise_;
};

}  // namespace

bool Ask(Context& c, const Expr& condition, bool& is_true) {
  const Truth truth = TruthOf(c, condition);
  is_true = truth == Truth::kTrue;
  return truth != Truth::kError;
}

ExprPtr MakeBinary(Op op, ExprPtr a, ExprPtr b) {
  return std::make_unique<BinaryExpr>(op, std::move(a), std::move(b));
}
ExprPtr MakeLogic(bool is_or, ExprPtr a, ExprPtr b) {
  return std::make_unique<LogicExpr>(is_or, std::move(a), std::move(b));
}
ExprPtr MakeNot(ExprPtr a) { return std::make_unique<NotExpr>(std::move(a)); }
ExprPtr MakeNegate(ExprPtr a) { return std::make_unique<NegateExpr>(std::move(a)); }
ExprPtr MakeChoose(ExprPtr condition, ExprPtr then, ExprPtr otherwise) {
  return std::make_unique<ChooseExpr>(std::move(condition), std::move(then), std::move(otherwise));
}

}  // namespace crossbill::mapping
