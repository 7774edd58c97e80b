// Values of source rows, and of expressions over them. Small views: text, lists and records live in an Arena
// or in the batch that gave them. Values are immutable; any thread may read while the memory lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "base/decimal.h"

namespace crossbill::connectors {

enum class ValueType : std::uint8_t {
  kNull,
  kBool,
  kInt,
  kDecimal,
  kText,
  kDate,
  kTimestamp,
  kMoney,
  kList,
  kMap,
  kRecord
};
std::string_view NameOf(ValueType type);  // "text", "decimal" … as messages say it

class Schema;
struct MapEntry;

class Value {
 public:
  Value() : type_(ValueType::kNull), int_(0) {}
  static Value Bool(bool b) {
    Value v;
    v.type_ = ValueType::kBool;
    v.int_ = b;
    return v;
  }
  static Value Int(std::int64_t i) {
    Value v;
    v.type_ = ValueType::kInt;
    v.int_ = i;
    return v;
  }
  static Value Text(std::string_view s) {
    Value v;
    v.type_ = ValueType::kText;
    v.data_ = s.data();
    v.size_ = s.size();
    return v;
  }
  static Value Of(const Decimal& d) {
    Value v;
    v.type_ = ValueType::kDecimal;
    v.coefficient_ = d.coefficient();
    v.size_ = static_cast<std::size_t>(d.scale());
    return v;
  }
  static Value Of(Date d) {
    Value v;
    v.type_ = ValueType::kDate;
    v.int_ = d.days();
    return v;
  }
  static Value Of(Timestamp t) {
    Value v;
    v.type_ = ValueType::kTimestamp;
    v.int_ = t.micros();
    v.size_ = static_cast<std::uint16_t>(t.offset_minutes());
    return v;
  }
  static Value Of(const Money* m) {
    Value v;
    v.type_ = ValueType::kMoney;
    v.data_ = m;
    return v;
  }
  static Value List(std::span<const Value> items) {
    Value v;
    v.type_ = ValueType::kList;
    v.data_ = items.data();
    v.size_ = items.size();
    return v;
  }
  static Value Map(std::span<const MapEntry> entries);
  // Cells in the order of the schema's columns.
  static Value Record(const Schema* schema, const Value* cells) {
    Value v;
    v.type_ = ValueType::kRecord;
    v.record_ = {cells, schema};
    return v;
  }

  ValueType type() const { return type_; }
  bool IsNull() const { return type_ == ValueType::kNull; }
  bool AsBool() const { return int_ != 0; }
  std::int64_t AsInt() const { return int_; }
  Decimal AsDecimal() const { return {coefficient_, static_cast<int>(size_)}; }
  std::string_view AsText() const { return {static_cast<const char*>(data_), size_}; }
  Date AsDate() const { return Date(static_cast<std::int32_t>(int_)); }
  Timestamp AsTimestamp() const { return Timestamp(int_, static_cast<std::int16_t>(size_)); }
  const Money& AsMoney() const { return *static_cast<const Money*>(data_); }
  std::span<const Value> AsList() const { return {static_cast<const Value*>(data_), size_}; }
  std::span<const MapEntry> AsMap() const;
  const Schema* schema() const { return record_.schema; }
  const Value* cells() const { return record_.cells; }
  const Value* Find(std::string_view name) const;  // in a map or a record; nullptr when it is not there

 private:
  struct RecordView {
    const Value* cells;
    const Schema* schema;
  };

  ValueType type_;
  std::size_t size_ = 0;  // of a text, list or map; a decimal's scale, a timestamp's offset
  union {
    std::int64_t int_;
    __int128 coefficient_;
    const void* data_;
    RecordView record_;
  };
};
static_assert(sizeof(Value) == 32);  // rows are made of them: what they weigh is what reading costs

struct MapEntry {
  std::string_view key;
  Value value;
};

inline Value Value::Map(std::span<const MapEntry> entries) {
  Value v;
  v.type_ = ValueType::kMap;
  v.data_ = entries.data();
  v.size_ = entries.size();
  return v;
}
inline std::span<const MapEntry> Value::AsMap() const { return {static_cast<const MapEntry*>(data_), size_}; }

// The columns of a stream or of a child.
class Schema {
 public:
  struct Column {
    std::string name;
    ValueType type = ValueType::kText;  // kNull: not known
  };
  Schema() = default;
  explicit Schema(std::vector<Column> columns);
  // by_name_ points into the columns, so a copy makes its own; moving keeps the columns where they are.
  Schema(const Schema& other);
  Schema& operator=(const Schema& other);
  Schema(Schema&&) noexcept = default;
  Schema& operator=(Schema&&) noexcept = default;
  const std::vector<Column>& columns() const { return columns_; }
  int Find(std::string_view name) const;  // -1 when there is none; names are compared exactly
  std::size_t size() const { return columns_.size(); }

 private:
  void Index();
  std::vector<Column> columns_;
  std::unordered_map<std::string_view, int> by_name_;
};

// Memory that is given back at once. One thread. Clear() keeps the first blocks for the next use.
class Arena {
 public:
  explicit Arena(std::size_t block_bytes = 256u << 10);
  char* Allocate(std::size_t bytes, std::size_t alignment = 1);
  std::string_view Copy(std::string_view text);
  template <class T>
  T* New(std::size_t n = 1) {
    return new (Allocate(sizeof(T) * n, alignof(T))) T[n];
  }  // T must be trivially destructible
  void Clear();
  std::size_t bytes() const { return used_; }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_bytes_;
  std::size_t block_ = 0;     // index of the block in use
  std::size_t position_ = 0;  // in it
  std::size_t used_ = 0;
  std::vector<std::unique_ptr<char[]>> large_;
};

}  // namespace crossbill::connectors
