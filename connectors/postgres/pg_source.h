// A stream of a PostgreSQL table or query. A pass runs in one REPEATABLE READ snapshot: the rows and, on
// connections of their own that share the snapshot, the child rows come as COPY streams in the same order and
// are merged. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/postgres/pg_client.h"
#include "connectors/postgres/pg_values.h"
#include "connectors/sdk/source.h"
#include "connectors/sdk/sql_spec.h"
#include "connectors/sdk/sweep_pace.h"

namespace crossbill::connectors {

struct PgSpec {
  Secret dsn;
  std::string schema = "public";
  std::string time_zone;
  SqlStreamSpec stream;
};

class PgSource final : public Source {
 public:
  // `clock`: for the pace of looking for what a cursor does not lead to; nullptr: in each pass.
  PgSource(PgSpec spec, const Clock* clock) : spec_(std::move(spec)), sweep_(clock) {}
  Status Open(std::string_view position) override;
  const Schema& schema() const override { return schema_; }
  const std::vector<Child>& children() const override { return children_; }
  bool needs_diff() const override { return true; }
  Result<RowBatch> Read(std::size_t max_rows) override;

 private:
  struct Stream {
    std::unique_ptr<PgConnection> connection;
    std::optional<std::string_view> line;  // the next one that nobody took
  };
  struct ChildState {
    std::vector<PgColumn> columns;
    std::vector<std::string> order;
    Stream stream;
  };

  Result<std::vector<PgColumn>> Columns(const std::string& from, const std::string& table);
  Result<std::vector<std::string>> PrimaryKey(const std::string& table);
  Status LearnOrder();
  Status LearnChildren();
  Status LearnTypeNames();
  Status LearnCollation();

  Status BeginPass();  // opens the snapshot on all connections
  Result<bool> NothingChanged();
  Status StartPhase();
  Status Advance(Stream& stream);
  bool NextPhase();
  Status EndPass();
  Status ReadRows(std::size_t max_rows, RowBatch& batch, Arena& arena);
  Status ReadChildren(std::string_view prefix, std::size_t child, std::vector<Value>& items, RowBatch& batch,
                      Arena& arena);
  Status ReadOrphans(std::size_t max_rows, RowBatch& batch, Arena& arena);
  void Remember(std::string_view prefix);
  BadRow BadOf(const Schema& schema, const Value* cells, const std::vector<std::string>& key,
               const std::string& stream, Error error) const;

  std::string Ordered(const std::vector<std::string>& columns) const;
  std::string Window() const;  // the WHERE of the phase
  std::string SelectRows() const;
  std::string SelectChildren(std::size_t child) const;
  std::string SelectOrphans(std::size_t child) const;
  std::string Table(const std::string& name) const;
  const std::vector<std::string>& OrderOfPhase() const;
  std::string Typed(const std::string& column, const SqlKey& value) const;

  PgSpec spec_;
  TimeZone zone_;
  std::string from_;
  std::vector<PgColumn> columns_;
  std::vector<std::pair<std::string, std::string>> type_names_;  // of the order columns
  Schema schema_;
  std::vector<Child> children_;
  std::vector<ChildState> child_states_;
  std::vector<std::string> key_columns_;
  std::vector<std::string> cursor_order_;

  Stream rows_;
  bool in_pass_ = false;
  bool phase_started_ = false;
  bool pass_over_ = false;
  bool key_is_unique_ = false;
  bool own_order_is_bytes_ = false;  // texts of the database are ordered by their bytes
  int orphans_of_ = -1;
  SqlPosition position_;
  std::string snapshot_;           // of the pass in work
  std::string finished_snapshot_;  // of the last whole pass of this object
  std::string
      last_prefix_;  // of the last row: rows that are equal in all order columns share their child rows
  std::int64_t done_ = 0;
  SweepPace sweep_;
};

}  // namespace crossbill::connectors
