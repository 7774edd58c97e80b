// How single values are written: checked for what the field holds, null and empty text left out. Values of
// dynamic rows (JSON) are converted where they have the exact form already.
#include <fmt/format.h>

#include "base/utf8.h"
#include "connectors/mapping/writer.h"

namespace crossbill::mapping {
namespace {

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool SameWord(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Upper(a[i]) != Upper(b[i])) {
      return false;
    }
  }
  return true;
}

std::string Names(const EnumPlan& enumeration) {
  std::string names;
  for (std::size_t i = 0; i < enumeration.names.size(); ++i) {
    if (enumeration.numbers[i] != 0) {
      names += (names.empty() ? "" : ", ") + enumeration.names[i];
    }
  }
  return names;
}

}  // namespace

Kinds KindsOf(Form form) {
  switch (form) {
    case Form::kDate:
      return kDate;
    case Form::kInstant:
      return kTime;
    case Form::kDecimal:
      return kNumber;
    case Form::kBool:
      return kBool;
    case Form::kInt:
      return kInt;
    case Form::kMoney:
      return kMoney;
    default:
      return kText;
  }
}

Wrote Writer::Fail(const ValuePlan& plan, std::string message) {
  c_.Fail(Code::kMapValue, std::move(message));
  c_.SetColumn(plan.expr->column);
  return Failed(plan.at);
}

Wrote Writer::Refuse(const ValuePlan& plan, const connectors::Value& value) {
  return Fail(plan, fmt::format("{} is {}, and {} was expected", Shown(value),
                                connectors::NameOf(value.type()), NamesOf(KindsOf(plan.form))));
}

Wrote Writer::Put(const ValuePlan& plan, int number, const connectors::Value& value) {
  if (value.IsNull() || (value.type() == ValueType::kText && value.AsText().empty())) {
    return Wrote::kNothing;
  }
  if ((KindsOf(plan.form) & kText) == 0 && value.type() == ValueType::kText &&
      Trimmed(value.AsText()).empty()) {
    return Wrote::kNothing;
  }
  switch (plan.form) {
    case Form::kDate:
      return PutDate(plan, number, value);
    case Form::kInstant:
      return PutInstant(plan, number, value);
    case Form::kDecimal:
      return PutDecimal(plan, number, value);
    case Form::kMoney:
      return PutMoney(plan, number, value);
    case Form::kBool:
      if (value.type() != ValueType::kBool) {
        return Refuse(plan, value);
      }
      if (!value.AsBool()) {
        return Wrote::kNothing;
      }
      wire_.VarintField(number, 1);
      return Wrote::kSomething;
    case Form::kInt:
      if (value.type() != ValueType::kInt) {
        return Refuse(plan, value);
      }
      if (value.AsInt() == 0) {
        return Wrote::kNothing;
      }
      wire_.VarintField(number, static_cast<std::uint64_t>(value.AsInt()));
      return Wrote::kSomething;
    default:
      return PutText(plan, number, value);
  }
}

Wrote Writer::PutText(const ValuePlan& plan, int number, const connectors::Value& value) {
  std::string_view text;
  if (value.type() == ValueType::kText) {
    text = value.AsText();
  } else if ((Bit(value.type()) & (kNumber | kBool)) != 0) {
    text = TextOf(value, c_.arena);
  } else {
    return Refuse(plan, value);
  }
  if (plan.form == Form::kEnum) {
    return PutEnum(plan, number, Trimmed(text));
  }
  if (plan.form == Form::kCurrency || plan.form == Form::kCountry) {
    return PutChecked(plan, number, Trimmed(text));
  }
  if (ValidUtf8Prefix(text) != text.size()) {
    return Fail(plan, fmt::format("{} is not valid UTF-8", Shown(value)));
  }
  wire_.TextField(number, text);
  return Wrote::kSomething;
}

Wrote Writer::PutChecked(const ValuePlan& plan, int number, std::string_view text) {
  if (text.empty()) {
    return Wrote::kNothing;
  }
  if (plan.form == Form::kCurrency) {
    const auto currency = Currency::Parse(text);
    if (!currency.ok()) {
      return Fail(plan,
                  fmt::format("{} is not an ISO 4217 currency code", Shown(connectors::Value::Text(text))));
    }
    wire_.TextField(number, currency->code());
    return Wrote::kSomething;
  }
  if (text.size() != 2 || !IsLetter(text[0]) || !IsLetter(text[1])) {
    return Fail(plan, fmt::format("{} is not an ISO 3166 country code of two letters",
                                  Shown(connectors::Value::Text(text))));
  }
  const char code[2] = {Upper(text[0]), Upper(text[1])};
  wire_.TextField(number, {code, 2});
  return Wrote::kSomething;
}

Wrote Writer::PutEnum(const ValuePlan& plan, int number, std::string_view text) {
  if (text.empty()) {
    return Wrote::kNothing;
  }
  const EnumPlan& enumeration = *plan.enumeration;
  for (std::size_t i = 0; i < enumeration.names.size(); ++i) {
    if (SameWord(enumeration.names[i], text)) {
      if (enumeration.numbers[i] == 0) {
        return Wrote::kNothing;
      }
      wire_.VarintField(number, static_cast<std::uint64_t>(enumeration.numbers[i]));
      return Wrote::kSomething;
    }
  }
  return Fail(plan,
              fmt::format("{} is none of {}", Shown(connectors::Value::Text(text)), Names(enumeration)));
}

Wrote Writer::PutDate(const ValuePlan& plan, int number, const connectors::Value& value) {
  Date date;
  if (value.type() == ValueType::kDate) {
    date = value.AsDate();
  } else if (value.type() == ValueType::kText) {
    const auto parsed = Date::Parse(Trimmed(value.AsText()));
    if (!parsed.ok()) {
      return Fail(plan, fmt::format("{} is not a date such as 2026-10-31; date(x, format) reads other forms",
                                    Shown(value)));
    }
    date = *parsed;
  } else {
    return Refuse(plan, value);
  }
  wire_.WrittenField(number, date);
  return Wrote::kSomething;
}

Wrote Writer::PutInstant(const ValuePlan& plan, int number, const connectors::Value& value) {
  Timestamp instant;
  if (value.type() == ValueType::kTimestamp) {
    instant = value.AsTimestamp();
  } else if (value.type() == ValueType::kText) {
    const auto parsed = Timestamp::Parse(Trimmed(value.AsText()));
    if (!parsed.ok()) {
      return Fail(
          plan,
          fmt::format(
              "{} is not a time such as 2026-10-31T09:00:00+08:00; datetime(x, format) reads other forms",
              Shown(value)));
    }
    instant = *parsed;
  } else {
    return Refuse(plan, value);
  }
  wire_.WrittenField(number, instant);
  return Wrote::kSomething;
}

Wrote Writer::PutDecimal(const ValuePlan& plan, int number, const connectors::Value& value) {
  Decimal decimal;
  if ((Bit(value.type()) & kNumber) != 0) {
    decimal = AsNumber(value);
  } else if (value.type() == ValueType::kText) {
    const auto parsed = Decimal::Parse(Trimmed(value.AsText()));
    if (!parsed.ok()) {
      return Fail(plan, fmt::format("{} is not a decimal number", Shown(value)));
    }
    decimal = *parsed;
  } else {
    return Refuse(plan, value);
  }
  wire_.WrittenField(number, decimal);
  return Wrote::kSomething;
}

Wrote Writer::PutMoney(const ValuePlan& plan, int number, const connectors::Value& value) {
  if (value.type() != ValueType::kMoney) {
    return Refuse(plan, value);
  }
  const Money& money = value.AsMoney();
  const std::size_t begin = wire_.Begin(number);
  wire_.WrittenField(1, money.amount);
  wire_.TextField(2, money.currency.code());
  wire_.End(begin);
  return Wrote::kSomething;
}

}  // namespace crossbill::mapping
