// Rows in dead letters: what it takes to read a row's JSON back as the row it was, and reading it back.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/sdk/source.h"

namespace crossbill::v1 {
class DeadLetter;
class RowShape;
}  // namespace crossbill::v1

namespace crossbill::runtime {

v1::RowShape ShapeOf(const connectors::Source& source);
// A letter of a row that was read, as far as the row goes: place, original bytes, the row as the mapping saw
// it, its shape.
void KeepRow(const connectors::Source& source, const v1::RowShape& shape, const connectors::Row& row,
             v1::DeadLetter& letter);

// A row that was read back. It must stay where it is: rows point into it. One thread.
class KeptRow {
 public:
  KeptRow() = default;
  KeptRow(const KeptRow&) = delete;
  KeptRow& operator=(const KeptRow&) = delete;
  // kLimit: the letter has only a part of it. kRowSyntax: its JSON cannot be read, such as of text that is
  // not UTF-8.
  Status Read(const v1::DeadLetter& letter);
  const connectors::Row& row() const { return row_; }
  const connectors::Schema& schema() const { return schema_; }
  const std::vector<connectors::Child>& children() const { return children_; }
  bool dynamic() const { return dynamic_; }

 private:
  Status ReadCells(const connectors::Value& object, const connectors::Schema& schema,
                   connectors::Value* cells);
  Result<connectors::Value> ReadChildren(const connectors::Value& list, const connectors::Child& child);

  connectors::Arena arena_;
  connectors::Schema schema_;
  std::vector<connectors::Child> children_;
  bool dynamic_ = false;
  connectors::Row row_;
};

}  // namespace crossbill::runtime
