// Numbers and money. Texts become numbers only by these functions, and a text that is none is an error.
#include <fmt/format.h>

#include <charconv>

#include "connectors/mapping/functions.h"

namespace crossbill::mapping {
namespace {

bool ToInt(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].type() == ValueType::kInt) {
    return Give(out, a[0]);
  }
  if (a[0].type() == ValueType::kBool) {
    return Give(out, Value::Int(a[0].AsBool() ? 1 : 0));
  }
  if (a[0].type() == ValueType::kDecimal) {
    const Decimal whole = a[0].AsDecimal().Rounded(0, Rounding::kDown);
    const __int128 value = whole.coefficient();
    const bool fits = whole.scale() == 0 && value >= INT64_MIN && value <= INT64_MAX;
    return fits ? Give(out, Value::Int(static_cast<std::int64_t>(value)))
                : call.Fail(fmt::format("{} is larger than 64 bits", Shown(a[0])));
  }
  std::string_view text = Trimmed(a[0].AsText());
  if (text.empty()) {
    return Give(out, Value());
  }
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return call.Fail(fmt::format("{} is not a whole number", Shown(a[0])));
  }
  return Give(out, Value::Int(value));
}

bool ToDecimal(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].type() != ValueType::kText) {
    return Give(out, Value::Of(AsNumber(a[0])));
  }
  const std::string_view text = Trimmed(a[0].AsText());
  if (text.empty()) {
    return Give(out, Value());
  }
  const std::string_view separator = a.size() > 1 ? a[1].AsText() : std::string_view(".");
  if (separator != "." && separator != ",") {
    return call.Fail("the decimal separator is \".\" or \",\"");
  }
  auto number = separator == "." ? Decimal::Parse(text) : Decimal::ParseHuman(text, ',');
  if (!number.ok() && separator == ".") {
    number = Decimal::ParseHuman(text, '.');
  }
  return number.ok() ? Give(out, Value::Of(*number))
                     : call.Fail(fmt::format("{} is not a decimal number", Shown(a[0])));
}

std::unique_ptr<FunctionState> PrepareDecimal(Preparation& p) {
  if (p.constants.size() > 1 && p.constants[1] != nullptr && p.constants[1]->AsText() != "." &&
      p.constants[1]->AsText() != ",") {
    p.error = "the decimal separator is \".\" or \",\"";
  }
  return nullptr;
}

bool ToBool(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].type() == ValueType::kBool) {
    return Give(out, a[0]);
  }
  const std::string_view text = Trimmed(a[0].AsText());
  for (const std::string_view yes : {"true", "TRUE", "True", "t", "T", "1"}) {
    if (text == yes) {
      return Give(out, Value::Bool(true));
    }
  }
  for (const std::string_view no : {"false", "FALSE", "False", "f", "F", "0"}) {
    if (text == no) {
      return Give(out, Value::Bool(false));
    }
  }
  return text.empty() ? Give(out, Value())
                      : call.Fail(fmt::format("{} is neither true nor false", Shown(a[0])));
}

bool AmountOf(const Call& call, const Value& value, Decimal& amount) {
  if (value.type() != ValueType::kText) {
    amount = AsNumber(value);
    return true;
  }
  const auto parsed = Decimal::Parse(Trimmed(value.AsText()));
  if (!parsed.ok()) {
    return call.Fail(fmt::format("{} is not a decimal number", Shown(value)));
  }
  amount = *parsed;
  return true;
}

// An amount whose currency is missing is refused: without it the amount means nothing, and dropping it would
// hide it.
bool MakeMoney(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].IsNull() || (a[0].type() == ValueType::kText && Trimmed(a[0].AsText()).empty())) {
    return Give(out, Value());
  }
  Decimal amount;
  if (!AmountOf(call, a[0], amount)) {
    return false;
  }
  const std::string_view code = a[1].IsNull() ? std::string_view() : Trimmed(a[1].AsText());
  if (code.empty()) {
    return call.Fail(fmt::format("the amount {} has no currency", Shown(a[0])));
  }
  const auto currency = Currency::Parse(code);
  if (!currency.ok()) {
    return call.Fail(fmt::format("{} is not an ISO 4217 currency code", Shown(a[1])));
  }
  return Give(out,
              Value::Of(new (call.arena().Allocate(sizeof(Money), alignof(Money))) Money{amount, *currency}));
}

bool Amount(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Of(a[0].AsMoney().amount));
}
bool CurrencyOf(const Call& call, std::span<const Value> a, Value& out) {
  return GiveText(call, a[0].AsMoney().currency.code(), out);
}

bool Abs(const Call& call, std::span<const Value> a, Value& out) {
  if (a[0].type() == ValueType::kDecimal) {
    return Give(out, Value::Of(a[0].AsDecimal().Abs()));
  }
  if (a[0].AsInt() == INT64_MIN) {
    return call.Fail("a whole number larger than 64 bits");
  }
  return Give(out, Value::Int(a[0].AsInt() < 0 ? -a[0].AsInt() : a[0].AsInt()));
}

bool Round(const Call& call, std::span<const Value> a, Value& out) {
  if (a[1].AsInt() < 0 || a[1].AsInt() > Decimal::kMaxDigits) {
    return call.Fail(fmt::format("round() takes 0 to {} digits", Decimal::kMaxDigits));
  }
  return Give(out, Value::Of(AsNumber(a[0]).Rounded(static_cast<int>(a[1].AsInt()), Rounding::kHalfUp)));
}

constexpr FunctionDef kFunctions[] = {
    {"int",
     "int(text | decimal | bool) → int",
     "The whole number; a decimal loses what is behind its point. Empty text gives null.",
     "int(\" 42 \")",
     "42",
     {kText | kNumber | kBool},
     1,
     1,
     Always<kIntType>,
     ToInt},
    {"decimal",
     "decimal(text[, \",\" | \".\"]) → decimal",
     "The number as people write it: separators of thousands are dropped, full-width digits folded, a "
     "trailing minus and brackets are negative. "
     "The second argument is the decimal separator (\".\"). Empty text gives null; what is no number is an "
     "error.",
     "decimal(\"1.234,50\", \",\")",
     "1234.50",
     {kText | kNumber, kText},
     1,
     2,
     Always<kDecimalType>,
     ToDecimal,
     PrepareDecimal},
    {"bool",
     "bool(text) → bool",
     "CEL: \"true\", \"t\", \"1\" or \"false\", \"f\", \"0\". Empty text gives null.",
     "bool(\"1\")",
     "true",
     {kText | kBool},
     1,
     1,
     Always<kBoolType>,
     ToBool},
    {"money",
     "money(amount, currency) → money",
     "An amount (decimal, int, or text in plain digits with a point) with its ISO 4217 currency. A missing "
     "amount gives null; an amount without "
     "a currency is an error.",
     "money(\"1250.00\", \"CNY\")",
     "1250.00 CNY",
     {kText | kNumber, kText},
     2,
     2,
     Always<kMoneyType>,
     MakeMoney,
     nullptr,
     NullRule::kIsSeen},
    {"amount",
     "amount(money) → decimal",
     "The amount.",
     "amount(money(7, \"JPY\"))",
     "7",
     {kMoney},
     1,
     1,
     Always<kDecimalType>,
     Amount},
    {"currency",
     "currency(money) → text",
     "The currency.",
     "currency(money(7, \"JPY\"))",
     "JPY",
     {kMoney},
     1,
     1,
     Always<kTextType>,
     CurrencyOf},
    {"abs",
     "abs(number) → number",
     "Without its sign.",
     "abs(-3.5)",
     "3.5",
     {kNumber},
     1,
     1,
     SameAsFirst,
     Abs},
    {"round",
     "round(number, digits) → decimal",
     "Rounded to so many digits after the point, half away from zero as in commerce.",
     "round(2.345, 2)",
     "2.35",
     {kNumber, kInt},
     2,
     2,
     Always<kDecimalType>,
     Round},
};

}  // namespace

std::span<const FunctionDef> NumberFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
