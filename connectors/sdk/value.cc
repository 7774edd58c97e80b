#include "connectors/sdk/value.h"

#include <cstring>

namespace crossbill::connectors {

std::string_view NameOf(ValueType type) {
  switch (type) {
    case ValueType::kNull:
      return "null";
    case ValueType::kBool:
      return "bool";
    case ValueType::kInt:
      return "int";
    case ValueType::kDecimal:
      return "decimal";
    case ValueType::kText:
      return "text";
    case ValueType::kDate:
      return "date";
    case ValueType::kTimestamp:
      return "timestamp";
    case ValueType::kMoney:
      return "money";
    case ValueType::kList:
      return "list";
    case ValueType::kMap:
      return "map";
    case ValueType::kRecord:
      return "record";
  }
  return "unknown";
}

const Value* Value::Find(std::string_view name) const {
  if (type_ == ValueType::kRecord) {
    const int column = schema()->Find(name);
    return column < 0 ? nullptr : cells() + column;
  }
  if (type_ == ValueType::kMap) {
    for (const MapEntry& entry : AsMap()) {
      if (entry.key == name) {
        return &entry.value;
      }
    }
  }
  return nullptr;
}

Schema::Schema(std::vector<Column> columns) : columns_(std::move(columns)) { Index(); }

Schema::Schema(const Schema& other) : columns_(other.columns_) { Index(); }

Schema& Schema::operator=(const Schema& other) {
  if (this != &other) {
    columns_ = other.columns_;
    Index();
  }
  return *this;
}

void Schema::Index() {
  by_name_.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    by_name_.emplace(columns_[i].name, static_cast<int>(i));
  }
}

int Schema::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? -1 : found->second;
}

Arena::Arena(std::size_t block_bytes) : block_bytes_(block_bytes < 64 ? 64 : block_bytes) {}

char* Arena::Allocate(std::size_t bytes, std::size_t alignment) {
  used_ += bytes;
  if (bytes > block_bytes_ / 4) {  // operator new[] aligns for every fundamental type
    large_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    return large_.back().get();
  }
  std::size_t start = (position_ + alignment - 1) & ~(alignment - 1);
  if (blocks_.empty() || start + bytes > block_bytes_) {
    if (!blocks_.empty()) {
      ++block_;
    }
    if (block_ == blocks_.size()) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes_));
    }
    start = 0;
  }
  position_ = start + bytes;
  return blocks_[block_].get() + start;
}

std::string_view Arena::Copy(std::string_view text) {
  if (text.empty()) {
    return "";
  }
  char* to = Allocate(text.size());
  std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

void Arena::Clear() {
  large_.clear();
  block_ = 0;
  position_ = 0;
  used_ = 0;
}

}  // namespace crossbill::connectors
