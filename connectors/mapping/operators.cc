#include "connectors/mapping/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace crossbill::mapping {
namespace {

constexpr int kQuotientScale = 10;  // digits after the point of a quotient that does not end

bool IsNumber(const Value& v) { return (Bit(v.type()) & kNumber) != 0; }

bool Mismatch(Context& c, Op op, const Value& a, const Value& b) {
  return c.Fail(Code::kMapValue, fmt::format("\"{}\" does not take {} and {}", TextOf(op),
                                             connectors::NameOf(a.type()), connectors::NameOf(b.type())));
}

bool Give(Context& c, const Result<Decimal>& result, Value& out) {
  if (!result.ok()) {
    return c.Fail(Code::kMapValue, result.error().message());
  }
  out = Value::Of(*result);
  return true;
}

bool ApplyInts(Context& c, Op op, std::int64_t a, std::int64_t b, Value& out) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Op::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case Op::kSubtract:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case Op::kMultiply:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    default:
      if (b == 0) {
        return c.Fail(Code::kMapValue, "division by zero");
      }
      overflow = a == std::numeric_limits<std::int64_t>::min() && b == -1;
      result = overflow ? 0 : (op == Op::kDivide ? a / b : a % b);
      break;
  }
  if (overflow) {
    return c.Fail(Code::kMapValue, "a whole number larger than 64 bits");
  }
  out = Value::Int(result);
  return true;
}

bool ApplyDecimals(Context& c, Op op, const Decimal& a, const Decimal& b, Value& out) {
  switch (op) {
    case Op::kAdd:
      return Give(c, a.Plus(b), out);
    case Op::kSubtract:
      return Give(c, a.Minus(b), out);
    case Op::kMultiply:
      return Give(c, a.Times(b), out);
    default:
      break;
  }
  if (b.IsZero()) {
    return c.Fail(Code::kMapValue, "division by zero");
  }
  const auto quotient = a.DividedBy(b, std::max(kQuotientScale, a.scale()), Rounding::kHalfEven);
  if (!quotient.ok()) {
    return Give(c, quotient, out);
  }
  out = Value::Of(quotient->Normalised());
  return true;
}

bool GiveMoney(Context& c, const Result<Money>& result, Value& out) {
  if (!result.ok()) {
    return c.Fail(Code::kMapValue, result.error().message());
  }
  out = Value::Of(new (c.arena.Allocate(sizeof(Money), alignof(Money))) Money(*result));
  return true;
}

bool MultiplyMoney(Context& c, const Money& money, const Decimal& factor, Value& out) {
  const auto amount = money.amount.Times(factor);
  return amount.ok() ? GiveMoney(c, Money{*amount, money.currency}, out) : Give(c, amount, out);
}

bool ApplyMoney(Context& c, Op op, const Value& a, const Value& b, Value& out) {
  const bool a_money = a.type() == ValueType::kMoney;
  const bool b_money = b.type() == ValueType::kMoney;
  if (a_money && b_money && op == Op::kAdd) {
    return GiveMoney(c, a.AsMoney().Plus(b.AsMoney()), out);
  }
  if (a_money && b_money && op == Op::kSubtract) {
    return GiveMoney(c, a.AsMoney().Minus(b.AsMoney()), out);
  }
  if (op == Op::kMultiply && a_money && IsNumber(b)) {
    return MultiplyMoney(c, a.AsMoney(), AsNumber(b), out);
  }
  if (op == Op::kMultiply && b_money && IsNumber(a)) {
    return MultiplyMoney(c, b.AsMoney(), AsNumber(a), out);
  }
  return Mismatch(c, op, a, b);
}

Value JoinTexts(Context& c, std::string_view a, std::string_view b) {
  char* to = c.arena.Allocate(a.size() + b.size() + 1);
  std::copy(a.begin(), a.end(), to);
  std::copy(b.begin(), b.end(), to + a.size());
  return Value::Text({to, a.size() + b.size()});
}

Value JoinLists(Context& c, std::span<const Value> a, std::span<const Value> b) {
  Value* to = c.arena.New<Value>(a.size() + b.size());
  std::copy(a.begin(), a.end(), to);
  std::copy(b.begin(), b.end(), to + a.size());
  return Value::List({to, a.size() + b.size()});
}

bool Arithmetic(Context& c, Op op, const Value& a, const Value& b, Value& out) {
  if (IsNumber(a) && IsNumber(b)) {
    if (a.type() == ValueType::kInt && b.type() == ValueType::kInt) {
      return ApplyInts(c, op, a.AsInt(), b.AsInt(), out);
    }
    return op == Op::kRemainder ? Mismatch(c, op, a, b) : ApplyDecimals(c, op, AsNumber(a), AsNumber(b), out);
  }
  if (op == Op::kAdd && a.type() == ValueType::kText && b.type() == ValueType::kText) {
    out = JoinTexts(c, a.AsText(), b.AsText());
    return true;
  }
  if (op == Op::kAdd && a.type() == ValueType::kList && b.type() == ValueType::kList) {
    out = JoinLists(c, a.AsList(), b.AsList());
    return true;
  }
  return ApplyMoney(c, op, a, b, out);
}

template <class T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

bool Ordered(Context& c, Op op, const Value& a, const Value& b, int& order) {
  if (IsNumber(a) && IsNumber(b)) {
    order = a.type() == b.type() && a.type() == ValueType::kInt ? Order(a.AsInt(), b.AsInt())
                                                                : Order(AsNumber(a), AsNumber(b));
    return true;
  }
  if (a.type() != b.type()) {
    return Mismatch(c, op, a, b);
  }
  switch (a.type()) {
    case ValueType::kBool:
      order = Order(a.AsBool(), b.AsBool());
      return true;
    case ValueType::kText:
      order = Order(a.AsText(), b.AsText());
      return true;
    case ValueType::kDate:
      order = Order(a.AsDate(), b.AsDate());
      return true;
    case ValueType::kTimestamp:
      order = Order(a.AsTimestamp(), b.AsTimestamp());
      return true;
    case ValueType::kMoney:
      if (!(a.AsMoney().currency == b.AsMoney().currency)) {
        return c.Fail(Code::kMapValue, fmt::format("{} and {} are of different currencies",
                                                   a.AsMoney().ToString(), b.AsMoney().ToString()));
      }
      order = Order(a.AsMoney().amount, b.AsMoney().amount);
      return true;
    default:
      return Mismatch(c, op, a, b);
  }
}

bool Contains(Context& c, const Value& item, const Value& in, Value& out) {
  if (in.type() == ValueType::kList) {
    out = Value::Bool(std::ranges::any_of(in.AsList(), [&](const Value& v) { return Equal(item, v); }));
    return true;
  }
  if ((Bit(in.type()) & kMapping) != 0 && item.type() == ValueType::kText) {
    out = Value::Bool(in.Find(item.AsText()) != nullptr);
    return true;
  }
  return Mismatch(c, Op::kIn, item, in);
}

bool EqualMaps(const Value& a, const Value& b) {
  const auto entries = a.AsMap();
  return entries.size() == b.AsMap().size() && std::ranges::all_of(entries, [&](const MapEntry& e) {
           const Value* other = b.Find(e.key);
           return other != nullptr && Equal(e.value, *other);
         });
}

bool EqualRecords(const Value& a, const Value& b) {
  if (a.schema()->size() != b.schema()->size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.schema()->size(); ++i) {
    const Value* other = b.Find(a.schema()->columns()[i].name);
    if (other == nullptr || !Equal(a.cells()[i], *other)) {
      return false;
    }
  }
  return true;
}

bool OrderedKinds(Kinds a, Kinds b) {
  constexpr Kinds kOrdered = kBool | kText | kDate | kTime | kMoney;
  return ((a & kNumber) != 0 && (b & kNumber) != 0) || (a == b && (a & kOrdered) != 0);
}

bool TypeOfSum(Op op, const Type& a, const Type& b, TypePool& pool, Type& result) {
  const Kinds ka = Bit(a.kind), kb = Bit(b.kind);
  if ((ka & kNumber) != 0 && (kb & kNumber) != 0) {
    result = a.kind == Kind::kInt && b.kind == Kind::kInt ? kIntType : kDecimalType;
    return op != Op::kRemainder || result.kind == Kind::kInt;
  }
  if (op == Op::kAdd && (ka & kb & kList) != 0) {
    result = pool.ListOf(pool.Join(ElementOf(a), ElementOf(b)));
    return true;
  }
  result = a;
  if (op == Op::kAdd) {
    return ka == kb && (ka & (kText | kMoney)) != 0;
  }
  if (op == Op::kSubtract) {
    return (ka & kb & kMoney) != 0;
  }
  result = kMoneyType;
  return op == Op::kMultiply &&
         (((ka & kMoney) != 0 && (kb & kNumber) != 0) || ((kb & kMoney) != 0 && (ka & kNumber) != 0));
}

}  // namespace

bool Equal(const Value& a, const Value& b) {
  if (IsNumber(a) && IsNumber(b)) {
    return a.type() == ValueType::kInt && b.type() == ValueType::kInt ? a.AsInt() == b.AsInt()
                                                                      : AsNumber(a) == AsNumber(b);
  }
  if (a.type() != b.type()) {
    return false;
  }
  switch (a.type()) {
    case ValueType::kNull:
      return true;
    case ValueType::kBool:
      return a.AsBool() == b.AsBool();
    case ValueType::kText:
      return a.AsText() == b.AsText();
    case ValueType::kDate:
      return a.AsDate() == b.AsDate();
    case ValueType::kTimestamp:
      return a.AsTimestamp() == b.AsTimestamp();
    case ValueType::kMoney:
      return a.AsMoney() == b.AsMoney();
    case ValueType::kList:
      return std::ranges::equal(a.AsList(), b.AsList(), Equal);
    case ValueType::kMap:
      return EqualMaps(a, b);
    case ValueType::kRecord:
      return EqualRecords(a, b);
    default:
      return false;
  }
}

bool TypeOfBinary(Op op, const Type& a, const Type& b, TypePool& pool, Type& result) {
  const bool open =
      a.kind == Kind::kDyn || b.kind == Kind::kDyn || a.kind == Kind::kNull || b.kind == Kind::kNull;
  const Kinds ka = Bit(a.kind), kb = Bit(b.kind);
  result = kBoolType;
  switch (op) {
    case Op::kOr:
    case Op::kAnd:
      return (open || ka == kb) && ((ka | kb) & ~(kBool | Bit(Kind::kDyn) | Bit(Kind::kNull))) == 0;
    case Op::kEqual:
    case Op::kNotEqual:
      return open || ka == kb || ((ka | kb) & ~kNumber) == 0 || ((ka | kb) & ~kMapping) == 0;
    case Op::kIn:
      return b.kind == Kind::kDyn || b.kind == Kind::kNull || (kb & kList) != 0 ||
             ((kb & kMapping) != 0 && (open || (ka & kText) != 0));
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return open || OrderedKinds(ka, kb);
    default:
      break;
  }
  if (open) {
    result = kDynType;
    return true;
  }
  return TypeOfSum(op, a, b, pool, result);
}

bool Apply(Context& c, Op op, const Value& a, const Value& b, Value& out) {
  if (op == Op::kEqual || op == Op::kNotEqual) {
    out = Value::Bool(Equal(a, b) == (op == Op::kEqual));
    return true;
  }
  if (b.IsNull() || (a.IsNull() && op != Op::kIn)) {
    out = Value();
    return true;
  }
  if (op == Op::kIn) {
    return Contains(c, a, b, out);
  }
  if (op >= Op::kAdd) {
    return Arithmetic(c, op, a, b, out);
  }
  int order = 0;
  if (!Ordered(c, op, a, b, order)) {
    return false;
  }
  out = Value::Bool(op == Op::kLess        ? order < 0
                    : op == Op::kLessEqual ? order <= 0
                    : op == Op::kGreater   ? order > 0
                                           : order >= 0);
  return true;
}

bool Negate(Context& c, const Value& a, Value& out) {
  switch (a.type()) {
    case ValueType::kNull:
      out = Value();
      return true;
    case ValueType::kInt:
      return ApplyInts(c, Op::kSubtract, 0, a.AsInt(), out);
    case ValueType::kDecimal:
      out = Value::Of(a.AsDecimal().Negated());
      return true;
    case ValueType::kMoney:
      return MultiplyMoney(c, a.AsMoney(), Decimal(-1), out);
    default:
      return c.Fail(Code::kMapValue, fmt::format("\"-\" does not take {}", connectors::NameOf(a.type())));
  }
}

}  // namespace crossbill::mapping
