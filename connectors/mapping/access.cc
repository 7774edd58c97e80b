#include "connectors/mapping/access.h"

#include <fmt/format.h>

#include "base/text.h"

namespace crossbill::mapping {
namespace {

// Sources such as SQLite hold values of other types than the column says.
bool Fit(Context& c, const Value& cell, ValueType declared, const std::string& name, Value& out) {
  if (declared == ValueType::kText && (Bit(cell.type()) & kNumber) != 0) {
    out = Value::Text(TextOf(cell, c.arena));
    return true;
  }
  if (declared == ValueType::kDecimal && cell.type() == ValueType::kInt) {
    out = Value::Of(Decimal(cell.AsInt()));
    return true;
  }
  if (cell.type() == ValueType::kText && Trimmed(cell.AsText()).empty()) {
    out = Value();
    return true;
  }
  c.Fail(Code::kMapValue, fmt::format("{} is {}, and the column is declared as {}", Shown(cell),
                                      connectors::NameOf(cell.type()), connectors::NameOf(declared)));
  c.SetColumn(name);
  return false;
}

class ConstantExpr final : public Expr {
 public:
  ConstantExpr(const Value& value, const Type& t) : value_(value) {
    type = t;
    constant = true;
  }
  bool Eval(Context&, Value& out) const override {
    out = value_;
    return true;
  }

 private:
  Value value_;
};

class ColumnExpr final : public Expr {
 public:
  ColumnExpr(int index, const Schema::Column& of) : index_(index), declared_(of.type) {
    type = OfColumn(of.type);
    column = of.name;
  }
  bool Eval(Context& c, Value& out) const override {
    const Value& cell = c.cells[index_];
    if (cell.type() == declared_ || cell.IsNull() || declared_ == ValueType::kNull) {
      out = cell;
      return true;
    }
    return Fit(c, cell, declared_, column, out);
  }

 private:
  int index_;
  ValueType declared_;
};

class DynamicColumnExpr final : public Expr {
 public:
  DynamicColumnExpr(std::string name, ExprPtr otherwise) : otherwise_(std::move(otherwise)) {
    column = std::move(name);
  }
  bool Eval(Context& c, Value& out) const override {
    const Value* member = c.cells == nullptr ? nullptr : c.cells->Find(column);
    if (member != nullptr) {
      out = *member;
      return true;
    }
    out = Value();
    return otherwise_ == nullptr || otherwise_->Eval(c, out);
  }

 private:
  ExprPtr otherwise_;
};

class ChildExpr final : public Expr {
 public:
  ChildExpr(int index, std::string name, const Type& t) : index_(static_cast<std::size_t>(index)) {
    type = t;
    column = std::move(name);
  }
  bool Eval(Context& c, Value& out) const override {
    out = index_ < c.children.size() ? c.children[index_] : Value::List({});
    return true;
  }

 private:
  std::size_t index_;
};

class LocalExpr final : public Expr {
 public:
  LocalExpr(int slot, const Type& t) : slot_(static_cast<std::size_t>(slot)) { type = t; }
  bool Eval(Context& c, Value& out) const override {
    out = c.locals[slot_];
    return true;
  }

 private:
  std::size_t slot_;
};

class LocalColumnExpr final : public Expr {
 public:
  LocalColumnExpr(int slot, int index, const Schema::Column& of)
      : slot_(static_cast<std::size_t>(slot)), index_(static_cast<std::size_t>(index)), declared_(of.type) {
    type = OfColumn(of.type);
    column = of.name;
  }
  bool Eval(Context& c, Value& out) const override {
    const Value& element = c.locals[slot_];
    const bool in_place = element.type() == ValueType::kRecord && index_ < element.schema()->size();
    const Value* cell = in_place ? element.cells() + index_ : element.Find(column);
    if (cell == nullptr || cell->IsNull()) {
      out = Value();
      return true;
    }
    if (cell->type() == declared_ || declared_ == ValueType::kNull) {
      out = *cell;
      return true;
    }
    return Fit(c, *cell, declared_, column, out);
  }

 private:
  std::size_t slot_;
  std::size_t index_;
  ValueType declared_;
};

class DynamicLocalColumnExpr final : public Expr {
 public:
  DynamicLocalColumnExpr(int slot, std::string name, ExprPtr otherwise)
      : slot_(static_cast<std::size_t>(slot)), otherwise_(std::move(otherwise)) {
    column = std::move(name);
  }
  bool Eval(Context& c, Value& out) const override {
    const Value* member = c.locals[slot_].Find(column);
    if (member != nullptr) {
      out = *member;
      return true;
    }
    out = Value();
    return otherwise_ == nullptr || otherwise_->Eval(c, out);
  }

 private:
  std::size_t slot_;
  ExprPtr otherwise_;
};

class CountExpr final : public Expr {
 public:
  explicit CountExpr(int number) : number_(static_cast<std::size_t>(number)) { type = kIntType; }
  bool Eval(Context& c, Value& out) const override {
    out = Value::Int(c.counts[number_]);
    return true;
  }

 private:
  std::size_t number_;
};

class SelectExpr final : public Expr {
 public:
  SelectExpr(ExprPtr operand, std::string name, const Type& t)
      : operand_(std::move(operand)), name_(std::move(name)) {
    type = t;
    constant = operand_->constant;
    column = operand_->column.empty() ? name_ : operand_->column + "." + name_;
  }
  bool Eval(Context& c, Value& out) const override {
    Value operand;
    if (!operand_->Eval(c, operand)) {
      return false;
    }
    if (!operand.IsNull() && (Bit(operand.type()) & kMapping) == 0) {
      c.Fail(Code::kMapValue, fmt::format("{} has no member \"{}\"", Shown(operand), name_));
      c.SetColumn(operand_->column);
      return false;
    }
    const Value* member = operand.Find(name_);
    out = member == nullptr ? Value() : *member;
    return true;
  }

 private:
  ExprPtr operand_;
  std::string name_;
};

class HasExpr final : public Expr {
 public:
  explicit HasExpr(ExprPtr operand) : operand_(std::move(operand)) {
    type = kBoolType;
    constant = operand_->constant;
    column = operand_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    Value v;
    if (!operand_->Eval(c, v)) {
      return false;
    }
    out = Value::Bool(!v.IsNull());
    return true;
  }

 private:
  ExprPtr operand_;
};

class OrNullExpr final : public Expr {
 public:
  explicit OrNullExpr(ExprPtr operand) : operand_(std::move(operand)) {
    type = operand_->type;
    constant = operand_->constant;
    column = operand_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    if (!operand_->Eval(c, out)) {
      c.ClearError();
      out = Value();
    }
    return true;
  }

 private:
  ExprPtr operand_;
};

class IndexExpr final : public Expr {
 public:
  IndexExpr(ExprPtr operand, ExprPtr index, const Type& t)
      : operand_(std::move(operand)), index_(std::move(index)) {
    type = t;
    constant = operand_->constant && index_->constant;
    column = operand_->column;
  }
  bool Eval(Context& c, Value& out) const override {
    Value operand, index;
    if (!operand_->Eval(c, operand) || !index_->Eval(c, index)) {
      return false;
    }
    if (operand.IsNull() || index.IsNull()) {
      out = Value();
      return true;
    }
    if (operand.type() == ValueType::kList && index.type() == ValueType::kInt) {
      const auto list = operand.AsList();
      const std::int64_t at = index.AsInt();
      if (at >= 0 && at < static_cast<std::int64_t>(list.size())) {
        out = list[static_cast<std::size_t>(at)];
        return true;
      }
      c.Fail(Code::kMapValue,
             fmt::format("there is no element {} in a list of {}; nth(list, n) gives null then", at,
                         list.size()));
    } else if ((Bit(operand.type()) & kMapping) != 0 && index.type() == ValueType::kText) {
      const Value* member = operand.Find(index.AsText());
      out = member == nullptr ? Value() : *member;
      return true;
    } else {
      c.Fail(Code::kMapValue, fmt::format("[…] does not take {} of {}", connectors::NameOf(index.type()),
                                          connectors::NameOf(operand.type())));
    }
    c.SetColumn(column);
    return false;
  }

 private:
  ExprPtr operand_;
  ExprPtr index_;
};

class ListExpr final : public Expr {
 public:
  ListExpr(std::vector<ExprPtr> items, const Type& t) : items_(std::move(items)) {
    type = t;
    constant = true;
    for (const ExprPtr& item : items_) {
      constant = constant && item->constant;
      column = column.empty() ? item->column : column;
    }
  }
  bool Eval(Context& c, Value& out) const override {
    Value* values = c.arena.New<Value>(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i]->Eval(c, values[i])) {
        return false;
      }
    }
    out = Value::List({values, items_.size()});
    return true;
  }

 private:
  std::vector<ExprPtr> items_;
};

}  // namespace

ExprPtr MakeConstant(const Value& value, const Type& type) {
  return std::make_unique<ConstantExpr>(value, type);
}
ExprPtr MakeColumn(int index, const Schema::Column& column) {
  return std::make_unique<ColumnExpr>(index, column);
}
ExprPtr MakeDynamicColumn(std::string name, ExprPtr otherwise) {
  return std::make_unique<DynamicColumnExpr>(std::move(name), std::move(otherwise));
}
ExprPtr MakeChild(int index, std::string name, const Type& type) {
  return std::make_unique<ChildExpr>(index, std::move(name), type);
}
ExprPtr MakeLocal(int slot, const Type& type) { return std::make_unique<LocalExpr>(slot, type); }
ExprPtr MakeLocalColumn(int slot, int index, const Schema::Column& column) {
  return std::make_unique<LocalColumnExpr>(slot, index, column);
}
ExprPtr MakeDynamicLocalColumn(int slot, std::string name, ExprPtr otherwise) {
  return std::make_unique<DynamicLocalColumnExpr>(slot, std::move(name), std::move(otherwise));
}
ExprPtr MakeCount(int field_number) { return std::make_unique<CountExpr>(field_number); }
ExprPtr MakeSelect(ExprPtr operand, std::string name, const Type& type) {
  return std::make_unique<SelectExpr>(std::move(operand), std::move(name), type);
}
ExprPtr MakeHas(ExprPtr operand) { return std::make_unique<HasExpr>(std::move(operand)); }
ExprPtr MakeOrNull(ExprPtr operand) { return std::make_unique<OrNullExpr>(std::move(operand)); }
ExprPtr MakeIndex(ExprPtr operand, ExprPtr index, const Type& type) {
  return std::make_unique<IndexExpr>(std::move(operand), std::move(index), type);
}
ExprPtr MakeList(std::vector<ExprPtr> items, const Type& type) {
  return std::make_unique<ListExpr>(std::move(items), type);
}

}  // namespace crossbill::mapping
