#include "runtime/row_json.h"

#include <cstdio>

namespace crossbill::runtime {

using connectors::Value;
using connectors::ValueType;

void AppendJsonText(std::string_view utf8, std::string& out) {
  out += '"';
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

namespace {

template <class Cells>
void AppendObject(const connectors::Schema& schema, const Cells& cells, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < schema.size(); ++i) {
    out += i == 0 ? "" : ",";
    AppendJsonText(schema.columns()[i].name, out);
    out += ':';
    AppendJson(cells[i], out);
  }
}

}  // namespace

void AppendJson(const Value& value, std::string& out) {
  switch (value.type()) {
    case ValueType::kNull:
      out += "null";
      return;
    case ValueType::kBool:
      out += value.AsBool() ? "true" : "false";
      return;
    case ValueType::kInt:
      out += std::to_string(value.AsInt());
      return;
    case ValueType::kDecimal:
      value.AsDecimal().AppendTo(out);
      return;
    case ValueType::kText:
      AppendJsonText(value.AsText(), out);
      return;
    case ValueType::kDate:
      AppendJsonText(value.AsDate().ToString(), out);
      return;
    case ValueType::kTimestamp:
      AppendJsonText(value.AsTimestamp().ToString(), out);
      return;
    case ValueType::kMoney:
      AppendJsonText(value.AsMoney().ToString(), out);
      return;
    case ValueType::kList: {
      out += '[';
      const char* separator = "";
      for (const Value& item : value.AsList()) {
        out += separator;
        separator = ",";
        AppendJson(item, out);
      }
      out += ']';
      return;
    }
    case ValueType::kMap: {
      out += '{';
      const char* separator = "";
      for (const connectors::MapEntry& entry : value.AsMap()) {
        out += separator;
        separator = ",";
        AppendJsonText(entry.key, out);
        out += ':';
        AppendJson(entry.value, out);
      }
      out += '}';
      return;
    }
    case ValueType::kRecord:
      AppendObject(*value.schema(), value.cells(), out);
      out += '}';
      return;
  }
}

std::string RowToJson(const connectors::Schema& schema, const std::vector<connectors::Child>& children,
                      const connectors::Row& row) {
  std::string out;
  if (schema.size() == 0 && row.cells != nullptr) {
    AppendJson(row.cells[0], out);
    return out;
  }
  AppendObject(schema, row.cells, out);
  for (std::size_t i = 0; i < children.size() && i < row.children.size(); ++i) {
    out += out.size() > 1 ? "," : "";
    AppendJsonText(children[i].name, out);
    out += ':';
    AppendJson(row.children[i], out);
  }
  out += '}';
  return out;
}

}  // namespace crossbill::runtime
