// The child rows of one file, found by their parent's key: all of the file in memory, compactly (about 30
// bytes a row beside its text). One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/csv/csv_reader.h"
#include "connectors/sdk/source.h"

namespace crossbill::connectors {

struct CsvChildSpec {
  std::string name;
  std::string files;
  CsvOptions options;
  std::vector<std::pair<std::string, std::string>> on;  // child column, parent column
  std::vector<std::string> order_by;
  std::string records_as;
  bool report_orphans = true;
};

class CsvChildren {
 public:
  // `relative` is the file's name in messages. schema: the child's columns; the file may have them in another
  // order, or lack some.
  static Result<std::shared_ptr<CsvChildren>> Load(const std::string& path, const std::string& relative,
                                                   const CsvChildSpec& spec, const Schema& schema);
  // The parent's rows as a list of records, in the arena; they count as found. key: the parent's columns of
  // `on`, each followed by '\x1f'.
  Value ListOf(const std::string& key, Arena& arena);
  void MarkFound(const std::string& key);
  // Rows that cannot be read and rows that nobody asked for, in order of the file.
  std::vector<BadRow> Leftovers() const;

 private:
  struct Row {
    const char* text = nullptr;  // the fields one after the other
    std::uint32_t next = 0;      // row of the same parent, counted from 1
    std::uint32_t raw_size = 0;
    std::int64_t line = 0;
    std::int64_t offset = 0;
  };
  struct Group {
    std::uint32_t first = 0;  // counted from 1
    std::uint32_t last = 0;
    bool found = false;
  };

  void Add(const CsvReader::Record& record, const std::vector<int>& field_of_column);
  void Reject(const CsvReader::Record& record, Error error);
  void Cells(std::uint32_t row, Value* cells) const;
  std::string RawOf(const Row& row) const;
  bool Before(std::uint32_t a, std::uint32_t b) const;

  const CsvChildSpec* spec_ = nullptr;
  const Schema* schema_ = nullptr;
  std::string path_;
  std::string relative_;
  std::vector<int> on_columns_;
  std::vector<int> order_columns_;
  Arena arena_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> lengths_;  // schema's size for each row; kNull: no such field
  std::unordered_map<std::string, Group> groups_;
  std::vector<BadRow> bad_;
};

// Which field of a file stands in each column of the schema; -1: none.
std::vector<int> FieldsOf(const Schema& schema, const std::vector<std::string>& file_columns);
// kRowColumns, "3 columns instead of 11".
Error WrongColumns(std::size_t fields, std::size_t columns);

}  // namespace crossbill::connectors
