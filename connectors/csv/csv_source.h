// A stream of CSV files in a folder, each row with its child rows of a file beside it. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/csv/csv_children.h"
#include "connectors/csv/csv_reader.h"
#include "connectors/sdk/file_walk.h"
#include "connectors/sdk/source.h"

namespace crossbill::connectors {

struct CsvSpec {
  FileWalkOptions walk;  // companions are set by the source
  CsvOptions options;
  std::vector<CsvChildSpec> children;
};

class CsvSource final : public Source {
 public:
  explicit CsvSource(CsvSpec spec);
  Status Open(std::string_view position) override;
  const Schema& schema() const override { return schema_; }
  const std::vector<Child>& children() const override { return children_; }
  bool needs_diff() const override { return spec_.walk.full; }
  Result<RowBatch> Read(std::size_t max_rows) override;

 private:
  struct BatchMemory;

  Status LearnColumns();
  Result<Schema> ChildSchema(const CsvChildSpec& child);
  Status StartFile();
  Status MarkParentsBefore(std::int64_t offset);
  // Reads rows into the batch; true at the end of the file's rows.
  Result<bool> ReadRows(std::size_t max_rows, RowBatch& batch, BatchMemory& memory);
  // Child rows that belong to nothing; true when all are given.
  bool ReadLeftovers(std::size_t max_rows, RowBatch& batch);
  void AddRow(const CsvReader::Record& record, RowBatch& batch, BatchMemory& memory);
  bool ParentKey(const Value* cells, std::size_t child, std::string& key) const;

  CsvSpec spec_;
  std::optional<FileWalk> walk_;
  Schema schema_;
  std::vector<Child> children_;
  std::vector<std::vector<int>> parent_columns_;  // of each child's `on`

  std::optional<FileTask> task_;  // the file in work
  std::unique_ptr<CsvReader> reader_;
  std::vector<int> fields_;                               // of the file, for each column
  std::vector<std::shared_ptr<CsvChildren>> child_rows_;  // nullptr: no such file
  std::optional<std::vector<BadRow>> leftovers_;
  bool skipped_ = false;  // the file has another header altogether
};

// The child's file that belongs to a parent's file: in the same folder, and with the same text for "*" where
// there are several. "" when there is none.
std::string CompanionOf(const std::string& folder, const std::string& parent_pattern,
                        const std::string& child_pattern, const std::string& parent_path);

}  // namespace crossbill::connectors
