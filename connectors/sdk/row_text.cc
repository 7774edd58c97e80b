#include "connectors/sdk/row_text.h"

#include "base/text.h"

namespace crossbill::connectors {
namespace {

void AppendQuoted(std::string_view text, std::string& out) {
  const std::string printable = IsValidUtf8(text) ? std::string() : Printable(text, text.size() * 4 + 4);
  out.push_back('"');
  for (const char c : printable.empty() ? text : std::string_view(printable)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace

void AppendText(const Value& value, std::string& out) {
  switch (value.type()) {
    case ValueType::kNull:
      break;
    case ValueType::kBool:
      out += value.AsBool() ? "true" : "false";
      break;
    case ValueType::kInt:
      out += std::to_string(value.AsInt());
      break;
    case ValueType::kDecimal:
      value.AsDecimal().AppendTo(out);
      break;
    case ValueType::kText:
      out += value.AsText();
      break;
    case ValueType::kDate:
      value.AsDate().AppendTo(out);
      break;
    case ValueType::kTimestamp:
      value.AsTimestamp().AppendTo(out);
      break;
    case ValueType::kMoney:
      out += value.AsMoney().ToString();
      break;
    default:
      AppendJson(value, out);
  }
}

std::string TextOf(const Value& value) {
  std::string out;
  AppendText(value, out);
  return out;
}

void AppendJson(const Value& value, std::string& out) {
  switch (value.type()) {
    case ValueType::kNull:
      out += "null";
      break;
    case ValueType::kBool:
    case ValueType::kInt:
    case ValueType::kDecimal:
      AppendText(value, out);
      break;
    case ValueType::kList: {
      out.push_back('[');
      for (std::size_t i = 0; i < value.AsList().size(); ++i) {
        out += i == 0 ? "" : ",";
        AppendJson(value.AsList()[i], out);
      }
      out.push_back(']');
      break;
    }
    case ValueType::kMap: {
      out.push_back('{');
      for (std::size_t i = 0; i < value.AsMap().size(); ++i) {
        out += i == 0 ? "" : ",";
        AppendQuoted(value.AsMap()[i].key, out);
        out.push_back(':');
        AppendJson(value.AsMap()[i].value, out);
      }
      out.push_back('}');
      break;
    }
    case ValueType::kRecord: {
      out.push_back('{');
      const auto& columns = value.schema()->columns();
      for (std::size_t i = 0; i < columns.size(); ++i) {
        out += i == 0 ? "" : ",";
        AppendQuoted(columns[i].name, out);
        out.push_back(':');
        AppendJson(value.cells()[i], out);
      }
      out.push_back('}');
      break;
    }
    default:
      AppendQuoted(TextOf(value), out);
  }
}

std::string JsonOf(const Value& value) {
  std::string out;
  AppendJson(value, out);
  return out;
}

}  // namespace crossbill::connectors
