#include <fmt/format.h>

#include "connectors/mapping/access.h"
#include "connectors/mapping/operators.h"

namespace crossbill::mapping {
namespace {

// The condition of a macro for the element in its slot. Null counts as false.
enum class Answer { kNo, kYes, kError };

class MacroExpr final : public Expr {
 public:
  MacroExpr(Macro macro, int slot, ExprPtr range, ExprPtr condition, ExprPtr body, const Type& t)
      : macro_(macro),
        slot_(static_cast<std::size_t>(slot)),
        range_(std::move(range)),
        condition_(std::move(condition)),
        body_(std::move(body)) {
    type = t;
    constant = range_->constant && body_->constant && (condition_ == nullptr || condition_->constant);
    column = range_->column;
  }

  bool Eval(Context& c, Value& out) const override {
    Value range;
    if (!range_->Eval(c, range)) {
      return false;
    }
    if (range.IsNull()) {
      out = Value();
      return true;
    }
    if (range.type() != ValueType::kList) {
      c.Fail(Code::kMapValue, fmt::format("a list was expected, not {}", Shown(range)));
      c.SetColumn(range_->column);
      return false;
    }
    switch (macro_) {
      case Macro::kExists:
        return AnyOrAll(c, range.AsList(), Answer::kYes, out);
      case Macro::kAll:
        return AnyOrAll(c, range.AsList(), Answer::kNo, out);
      case Macro::kExistsOne:
        return One(c, range.AsList(), out);
      case Macro::kFilter:
        return Filter(c, range.AsList(), out);
      case Macro::kMap:
        return Map(c, range.AsList(), out);
    }
    return false;
  }

 private:
  static Answer AnswerOf(Context& c, const Expr& condition) {
    bool is_true = false;
    return !Ask(c, condition, is_true) ? Answer::kError : is_true ? Answer::kYes : Answer::kNo;
  }

  // As || and && over the elements: one that decides makes the errors of others not matter.
  bool AnyOrAll(Context& c, std::span<const Value> list, Answer decisive, Value& out) const {
    bool failed = false;
    for (const Value& item : list) {
      c.locals[slot_] = item;
      const Answer answer = AnswerOf(c, *body_);
      failed = failed || answer == Answer::kError;
      if (answer == decisive) {
        c.ClearError();
        out = Value::Bool(decisive == Answer::kYes);
        return true;
      }
    }
    out = Value::Bool(decisive == Answer::kNo);
    return !failed;
  }

  bool One(Context& c, std::span<const Value> list, Value& out) const {
    int found = 0;
    for (const Value& item : list) {
      c.locals[slot_] = item;
      const Answer answer = AnswerOf(c, *body_);
      if (answer == Answer::kError) {
        return false;
      }
      found += answer == Answer::kYes ? 1 : 0;
    }
    out = Value::Bool(found == 1);
    return true;
  }

  bool Filter(Context& c, std::span<const Value> list, Value& out) const {
    Value* kept = c.arena.New<Value>(list.size());
    std::size_t n = 0;
    for (const Value& item : list) {
      c.locals[slot_] = item;
      const Answer answer = AnswerOf(c, *body_);
      if (answer == Answer::kError) {
        return false;
      }
      if (answer == Answer::kYes) {
        kept[n++] = item;
      }
    }
    out = Value::List({kept, n});
    return true;
  }

  bool Map(Context& c, std::span<const Value> list, Value& out) const {
    Value* made = c.arena.New<Value>(list.size());
    std::size_t n = 0;
    for (const Value& item : list) {
      c.locals[slot_] = item;
      const Answer answer = condition_ == nullptr ? Answer::kYes : AnswerOf(c, *condition_);
      if (answer == Answer::kError || (answer == Answer::kYes && !body_->Eval(c, made[n++]))) {
        return false;
      }
    }
    out = Value::List({made, n});
    return true;
  }

  Macro macro_;
  std::size_t slot_;
  ExprPtr range_;
  ExprPtr condition_;
  ExprPtr body_;
};

}  // namespace

ExprPtr MakeMacro(Macro macro, int slot, ExprPtr range, ExprPtr condition, ExprPtr body, const Type& type) {
  return std::make_unique<MacroExpr>(macro, slot, std::move(range), std::move(condition), std::move(body),
                                     type);
}

}  // namespace crossbill::mapping
