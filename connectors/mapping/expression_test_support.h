// For tests of expressions: one is compiled against a row and evaluated; what comes is a text. Included by
// tests only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "connectors/mapping/checker.h"
#include "connectors/mapping/parser.h"

namespace crossbill::mapping {

// The row of these tests: typed columns, a child `lines`, and a dynamic column `doc` as JSON has it:
// {n: 7, t: "x", tags: ["a", "b", null], deep: {name: "y"}}.
class Evaluator {
 public:
  Evaluator() {
    using connectors::Value;
    compilation_.environment.lookups["example"] = {{"A", "open"}, {"B", "closed"}};
    compilation_.environment.lookups["states"] = {{"1", "new"}};
    compilation_.environment.zone = *TimeZone::Open("Asia/Shanghai");
    Add("t", ValueType::kText, Value::Text("text"));
    Add("empty", ValueType::kText, Value::Text(""));
    Add("nothing", ValueType::kText, Value());
    Add("qty", ValueType::kText, Value::Text("three"));
    Add("i", ValueType::kInt, Value::Int(7));
    Add("d", ValueType::kDecimal, Value::Of(Decimal(1250, 2)));
    Add("yes", ValueType::kBool, Value::Bool(true));
    Add("no_bool", ValueType::kBool, Value());
    Add("day", ValueType::kDate, Value::Of(*Date::FromCivil(2026, 10, 31)));
    Add("at", ValueType::kTimestamp, Value::Of(Timestamp(0, 480)));
    Add("doc", ValueType::kNull, Document());
    Add("订单号", ValueType::kText, Value::Text("订-1"));
    Add("Order No", ValueType::kText, Value::Text("4711"));
    schema_ = Schema(columns_);
    Children();
  }

  // "42", "\"text\"", "[1, 2]", "null"; "error: …" while running, "refused: …" (all findings) when it does
  // not compile.
  std::string operator()(std::string_view text) {
    SyntaxError syntax;
    const AstPtr ast = Parse(text, syntax);
    if (ast == nullptr) {
      return fmt::format("refused: {}: {}", syntax.at, syntax.message);
    }
    Scope row;
    row.stream = "erp/orders";
    row.schema = &schema_;
    row.children = &children_;
    Checker checker(compilation_, row);
    const ExprPtr expr = checker.Check(*ast);
    std::string refused;
    for (const Finding& finding : checker.findings()) {
      refused += fmt::format("{}{}: {} {}", refused.empty() ? "refused: " : "; ", finding.at,
                             InfoOf(finding.code).name, finding.message);
    }
    if (!refused.empty()) {
      return refused;
    }
    type_ = NameOf(expr->type);
    context_.arena.Clear();
    context_.cells = cells_.data();
    context_.children = {&lines_, 1};
    connectors::Value value;
    if (!expr->Eval(context_, value)) {
      return fmt::format("error: {}{}", context_.message(),
                         context_.column().empty() ? "" : fmt::format(" (from {})", context_.column()));
    }
    return Show(value);
  }
  const std::string& type() const { return type_; }

  std::string Show(const connectors::Value& value) {
    switch (value.type()) {
      case ValueType::kNull:
        return "null";
      case ValueType::kText:
        return "\"" + std::string(value.AsText()) + "\"";
      case ValueType::kMap:
      case ValueType::kRecord:
        return "{…}";
      case ValueType::kList: {
        std::string list;
        for (const connectors::Value& item : value.AsList()) {
          list += (list.empty() ? "" : ", ") + Show(item);
        }
        return "[" + list + "]";
      }
      default:
        return std::string(TextOf(value, context_.arena));
    }
  }

 private:
  void Add(std::string name, ValueType type, const connectors::Value& value) {
    columns_.push_back({std::move(name), type});
    cells_.push_back(value);
  }
  connectors::Value Document() {
    using connectors::Value;
    static_assert(sizeof(Value) > 0);
    auto* tags = memory_.New<Value>(3);
    tags[0] = Value::Text("a");
    tags[1] = Value::Text("b");
    auto* deep = memory_.New<MapEntry>();
    *deep = {"name", Value::Text("y")};
    auto* entries = memory_.New<MapEntry>(5);
    entries[0] = {"n", Value::Int(7)};
    entries[1] = {"t", Value::Text("x")};
    entries[2] = {"tags", Value::List({tags, 3})};
    entries[3] = {"deep", Value::Map({deep, 1})};
    entries[4] = {"price", Value::Of(Decimal(2038, 2))};
    return Value::Map({entries, 5});
  }
  void Children() {
    using connectors::Value;
    children_.push_back({"lines", Schema({{"sku", ValueType::kText}, {"amount", ValueType::kDecimal}})});
    auto* cells = memory_.New<Value>(4);
    cells[0] = Value::Text("A-1");
    cells[1] = Value::Of(Decimal(1000, 2));
    cells[2] = Value::Text("B-2");
    cells[3] = Value::Of(Decimal(550, 2));
    auto* records = memory_.New<Value>(2);
    records[0] = Value::Record(&children_[0].schema, cells);
    records[1] = Value::Record(&children_[0].schema, cells + 2);
    lines_ = Value::List({records, 2});
  }

  Compilation compilation_;
  Context context_;
  connectors::Arena memory_{4096};
  std::vector<Schema::Column> columns_;
  std::vector<connectors::Value> cells_;
  Schema schema_;
  std::vector<connectors::Child> children_;
  connectors::Value lines_;
  std::string type_;
};

}  // namespace crossbill::mapping
