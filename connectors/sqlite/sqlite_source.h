// A stream of an SQLite table or query. Rows are copied in chunks, each in a read transaction of its own
// together with its child rows, so that the file is never locked while rows are mapped. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/sdk/source.h"
#include "connectors/sdk/sql_spec.h"
#include "connectors/sdk/sweep_pace.h"
#include "connectors/sqlite/sqlite_db.h"

namespace crossbill::connectors {

class SqliteSource final : public Source {
 public:
  // `clock`: for the pace of looking for what a cursor does not lead to; nullptr: in each pass.
  SqliteSource(std::string path, SqlStreamSpec spec, const Clock* clock)
      : path_(std::move(path)), spec_(std::move(spec)), sweep_(clock) {}
  Status Open(std::string_view position) override;
  const Schema& schema() const override { return schema_; }
  const std::vector<Child>& children() const override { return children_; }
  bool needs_diff() const override { return true; }
  Result<RowBatch> Read(std::size_t max_rows) override;

 private:
  struct Chunk;
  struct ChunkRow;
  struct Parents;

  Status LearnSchema();
  Status LearnOrder(const std::vector<SqliteColumn>& columns);
  Status LearnChildren();

  // Reads the next rows of the phase into chunk_.
  Status Fetch(std::size_t max_rows);
  Status FetchInTransaction(std::size_t limit);
  Status FetchRows(std::size_t limit);
  Status FetchChildren(std::size_t child);
  Status FetchOrphans(std::size_t limit);
  const Value* ReadCells(const SqliteStatement& statement, const Schema& schema, bool& valid);
  bool DropLastGroup();

  bool NextPhase();
  Result<bool> NothingToRead();
  void EndPass();
  void Advance(const ChunkRow& row);
  RowBatch Slice(std::size_t max_rows);
  std::string SelectRows() const;
  std::string SelectChildren(std::size_t child) const;
  std::string SelectOrphans(std::size_t child) const;
  const std::vector<std::string>& OrderOfPhase() const;
  BadRow BadText(const Schema& schema, const Value* cells, const std::vector<std::string>& key,
                 const std::string& stream) const;

  std::string path_;
  SqlStreamSpec spec_;
  std::optional<SqliteDb> db_;
  std::string from_;  // "orders" quoted, or the query in brackets
  Schema schema_;
  std::vector<Child> children_;
  std::vector<std::vector<std::string>> child_order_;
  std::vector<std::string> key_columns_;   // that order rows of one cursor value
  std::vector<std::string> cursor_order_;  // cursor, then key
  SqlPosition position_;                   // after the last batch given
  std::shared_ptr<Chunk> chunk_;
  std::size_t chunk_at_ = 0;
  std::int64_t version_at_start_ = -1;  // of the pass in work
  std::int64_t version_finished_ = -1;  // of the last whole pass of this object
  std::int64_t done_ = 0;
  std::vector<int> blob_columns_;  // order columns that may hold binary data
  int orphans_of_ = -1;            // kOrphans: index of the child in work
  bool pass_over_ = false;
  SweepPace sweep_;
};

}  // namespace crossbill::connectors
