// What a stream of an SQL connector reads, in plain words, and the checks and positions that all SQL
// connectors share. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/node.h"
#include "connectors/sdk/names.h"
#include "connectors/sdk/value.h"
#include "crossbill/config/v1/sql.pb.h"

namespace crossbill::connectors {

struct SqlChildSpec {
  std::string name;  // under which mappings see it
  std::string table;
  std::vector<std::pair<std::string, std::string>>
      on;  // child column, parent column; in order of the child's
  std::vector<std::string> order_by;
  std::string records_as;
  std::vector<std::string> key;
  bool report_orphans = true;
};

struct SqlStreamSpec {
  std::string table;
  std::string query;
  std::vector<std::string> key;  // as configured; entries that are expressions are not columns
  std::vector<std::string> cursor;
  std::string lookback;
  std::vector<SqlChildSpec> children;  // by name
};

// M: SqliteStream or PostgresStream.
SqlStreamSpec MakeSqlSpec(const std::vector<std::string>& key, const std::string& table,
                          const std::string& query, const config::v1::SqlCursor* cursor,
                          const google::protobuf::Map<std::string, config::v1::SqlChild>& children);
template <class M>
SqlStreamSpec SqlSpecOf(const std::vector<std::string>& key, const M& stream) {
  return MakeSqlSpec(key, stream.table(), stream.query(), stream.has_cursor() ? &stream.cursor() : nullptr,
                     stream.children());
}
// What descriptors cannot say of the keys table, query, cursor and children.
void CheckSqlStream(const SqlStreamSpec& spec, const config::File& file, const config::Node& node,
                    config::Problems& problems);

// A value of an order column, as positions keep it.
using SqlKey = std::variant<std::string, std::int64_t, double>;

// Where a pass over a table stands. A pass has phases: the rows in order of (cursor, key); rows whose cursor
// is NULL, by key; rows whose key is NULL; child rows without parent.
struct SqlPosition {
  enum class Phase { kRows, kNullCursor, kNullKey, kOrphans };
  std::int64_t pass = 1;
  Phase phase = Phase::kRows;
  std::optional<SqlKey> from;  // cursor: where this pass begins, inclusive
  std::optional<SqlKey> high;  // cursor: the newest value that was read
  std::vector<SqlKey> after;   // the order columns of the last row read; empty: none in this phase yet
  std::int64_t skip = 0;       // kNullKey and kOrphans: rows read in this phase
  std::string child;           // kOrphans: the child in work

  std::string ToJson() const;
  // "" is the beginning. kSourceChanged for what is no position.
  static Result<SqlPosition> FromJson(std::string_view json);
  // The position at which the next pass begins.
  SqlPosition NextPass(const std::string& lookback) const;
};

// `value` minus the look-back: of "2026-10-31 10:00:00", "2026-10-31T10:00:00Z", "2026-10-31", "20261031" (at
// least a day for dates) or a number (a plain number is taken away; a duration from a number changes
// nothing). Nothing when the value is none of these.
std::optional<SqlKey> MinusLookback(const SqlKey& value, const std::string& lookback);

std::string SqlKeyText(const SqlKey& key);
// "orders": as an SQL identifier, with quotes doubled.
std::string QuoteIdentifier(std::string_view name);
// "a, b": quoted identifiers, each behind `prefix`.
std::string QuoteList(const std::vector<std::string>& names, std::string_view prefix = {});
}  // namespace crossbill::connectors
