#include "runtime/row_shape.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "bus/dead_letter.h"
#include "connectors/jsonl/json_parser.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "runtime/row_json.h"

namespace crossbill::runtime {
namespace {

using connectors::Child;
using connectors::Schema;
using connectors::Value;
using connectors::ValueType;

template <class Columns>
void AppendColumns(const Schema& schema, Columns& columns) {
  for (const Schema::Column& column : schema.columns()) {
    v1::RowShape::Column& kept = *columns.Add();
    kept.set_name(column.name);
    kept.set_type(std::string(NameOf(column.type)));
  }
}

ValueType TypeOf(std::string_view name) {
  for (const ValueType type :
       {ValueType::kBool, ValueType::kInt, ValueType::kDecimal, ValueType::kText, ValueType::kDate,
        ValueType::kTimestamp, ValueType::kMoney, ValueType::kList, ValueType::kMap, ValueType::kRecord}) {
    if (NameOf(type) == name) {
      return type;
    }
  }
  return ValueType::kNull;
}

template <class Columns>
Schema SchemaOf(const Columns& columns) {
  std::vector<Schema::Column> all;
  for (const v1::RowShape::Column& column : columns) {
    all.push_back({column.name(), TypeOf(column.type())});
  }
  return Schema(std::move(all));
}

// JSON has no dates and one kind of number: the column's type says what it was.
Value Typed(const Value& value, ValueType type) {
  if (type == ValueType::kDecimal && value.type() == ValueType::kInt) {
    return Value::Of(Decimal(value.AsInt(), 0));
  }
  if (value.type() != ValueType::kText) {
    return value;
  }
  if (type == ValueType::kDate) {
    const auto date = Date::Parse(value.AsText());
    return date.ok() ? Value::Of(*date) : value;
  }
  if (type == ValueType::kTimestamp) {
    const auto time = Timestamp::Parse(value.AsText());
    return time.ok() ? Value::Of(*time) : value;
  }
  return value;
}

}  // namespace

v1::RowShape ShapeOf(const connectors::Source& source) {
  v1::RowShape shape;
  shape.set_dynamic(source.dynamic());
  AppendColumns(source.schema(), *shape.mutable_columns());
  for (const Child& child : source.children()) {
    v1::RowShape::Child& kept = *shape.add_children();
    kept.set_name(child.name);
    AppendColumns(child.schema, *kept.mutable_columns());
  }
  return shape;
}

void KeepRow(const connectors::Source& source, const v1::RowShape& shape, const connectors::Row& row,
             v1::DeadLetter& letter) {
  letter.set_file(std::string(row.place.file));
  letter.set_line(row.place.line);
  letter.set_record(row.place.record);
  letter.set_byte_offset(std::max<std::int64_t>(row.place.byte_offset, 0));
  letter.set_version(std::string(row.version));
  *letter.mutable_shape() = shape;
  std::string json = RowToJson(source.schema(), source.children(), row);
  bus::SetRaw(letter, row.raw.empty() ? std::string_view(json) : row.raw);
  if (!row.raw.empty() && row.raw != json && json.size() <= bus::kMaxLetterBytes) {
    letter.set_row(std::move(json));
  }
}

Status KeptRow::Read(const v1::DeadLetter& letter) {
  const v1::RowShape& shape = letter.shape();
  const std::string& json = letter.row().empty() ? letter.raw() : letter.row();
  if (letter.row().empty() && letter.raw_size() > 0) {
    return Error(Code::kLimit, "the letter has only the first " + std::to_string(letter.raw().size()) +
                                   " of " + std::to_string(letter.raw_size()) + " bytes of the row");
  }
  if (!IsValidUtf8(json)) {
    return Error(Code::kRowSyntax, "the row has text that is not UTF-8");
  }
  connectors::JsonParser parser;
  CROSSBILL_TRY(const Value object, parser.Parse(json, arena_));
  dynamic_ = shape.dynamic();
  if (dynamic_) {
    Value* cell = arena_.New<Value>();
    *cell = object;
    row_.cells = cell;
    return Ok();
  }
  schema_ = SchemaOf(shape.columns());
  for (const v1::RowShape::Child& child : shape.children()) {
    children_.push_back({child.name(), SchemaOf(child.columns())});
  }
  Value* cells = arena_.New<Value>(schema_.size());
  CROSSBILL_RETURN_IF_ERROR(ReadCells(object, schema_, cells));
  row_.cells = cells;
  Value* lists = arena_.New<Value>(children_.size());
  for (std::size_t i = 0; i < children_.size(); ++i) {
    const Value* list = object.Find(children_[i].name);
    CROSSBILL_TRY(lists[i], ReadChildren(list == nullptr ? Value() : *list, children_[i]));
  }
  row_.children = {lists, children_.size()};
  return Ok();
}

Status KeptRow::ReadCells(const Value& object, const Schema& schema, Value* cells) {
  if (object.type() != ValueType::kMap) {
    return Error(Code::kRowSyntax, "the row is no JSON object");
  }
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const Value* value = object.Find(schema.columns()[i].name);
    cells[i] = value == nullptr ? Value() : Typed(*value, schema.columns()[i].type);
  }
  return Ok();
}

Result<Value> KeptRow::ReadChildren(const Value& list, const Child& child) {
  if (list.IsNull()) {
    return Value::List({});
  }
  if (list.type() != ValueType::kList) {
    return Error(Code::kRowSyntax, "\"" + child.name + "\" is no list of rows");
  }
  const std::span<const Value> items = list.AsList();
  Value* records = arena_.New<Value>(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    Value* cells = arena_.New<Value>(child.schema.size());
    CROSSBILL_RETURN_IF_ERROR(ReadCells(items[i], child.schema, cells));
    records[i] = Value::Record(&child.schema, cells);
  }
  return Value::List({records, items.size()});
}

}  // namespace crossbill::runtime
