#include "connectors/mapping/expr.h"

#include <charconv>

#include "base/text.h"

namespace crossbill::mapping {
namespace {

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
constexpr std::string_view kWideBlanks[] = {"\u3000", "\u00a0", "\ufeff"};

std::size_t BlankAtStart(std::string_view text) {
  if (IsAscii(text.front())) {
    return IsBlank(text.front()) ? 1 : 0;
  }
  for (const std::string_view blank : kWideBlanks) {
    if (text.starts_with(blank)) {
      return blank.size();
    }
  }
  return 0;
}

std::size_t BlankAtEnd(std::string_view text) {
  if (IsAscii(text.back())) {
    return IsBlank(text.back()) ? 1 : 0;
  }
  for (const std::string_view blank : kWideBlanks) {
    if (text.ends_with(blank)) {
      return blank.size();
    }
  }
  return 0;
}

void AppendMoney(const Money& money, std::string& out) {
  money.amount.AppendTo(out);
  out += ' ';
  out += money.currency.code();
}

}  // namespace

bool Context::Fail(Code code, std::string message) {
  code_ = code;
  message_ = std::move(message);
  column_ = {};
  return false;
}

std::string_view TextOf(const Value& value, Arena& arena) {
  switch (value.type()) {
    case ValueType::kText:
      return value.AsText();
    case ValueType::kBool:
      return value.AsBool() ? "true" : "false";
    case ValueType::kInt: {
      char digits[24];
      const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value.AsInt());
      return arena.Copy({digits, static_cast<std::size_t>(end - digits)});
    }
    default:
      break;
  }
  std::string text;
  switch (value.type()) {
    case ValueType::kDecimal:
      value.AsDecimal().AppendTo(text);
      break;
    case ValueType::kDate:
      value.AsDate().AppendTo(text);
      break;
    case ValueType::kTimestamp:
      value.AsTimestamp().AppendTo(text);
      break;
    case ValueType::kMoney:
      AppendMoney(value.AsMoney(), text);
      break;
    default:
      break;
  }
  return arena.Copy(text);
}

std::string Shown(const Value& value) {
  switch (value.type()) {
    case ValueType::kNull:
      return "null";
    case ValueType::kText:
      return "\"" + Printable(value.AsText(), 80) + "\"";
    case ValueType::kList:
      return "a list";
    case ValueType::kMap:
    case ValueType::kRecord:
      return "a record";
    default:
      break;
  }
  Arena arena(256);
  return std::string(TextOf(value, arena));
}

Decimal AsNumber(const Value& value) {
  return value.type() == ValueType::kInt ? Decimal(value.AsInt()) : value.AsDecimal();
}

std::string_view Trimmed(std::string_view text) {
  const auto is_ink = [](char c) { return c > ' ' && c < 0x7F; };
  if (!text.empty() && is_ink(text.front()) && is_ink(text.back())) {
    return text;
  }
  while (!text.empty()) {
    const std::size_t n = BlankAtStart(text);
    if (n == 0) {
      break;
    }
    text.remove_prefix(n);
  }
  while (!text.empty()) {
    const std::size_t n = BlankAtEnd(text);
    if (n == 0) {
      break;
    }
    text.remove_suffix(n);
  }
  return text;
}

}  // namespace crossbill::mapping
