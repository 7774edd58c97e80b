// How a source learns its columns, its order and its children.
#include <algorithm>

#include "connectors/postgres/pg_source.h"

namespace crossbill::connectors {
namespace {

// An entry of `key:` that is a name, and not an expression over columns.
bool IsName(std::string_view entry) {
  return entry.find_first_of("().,+*/%'\"?:[]<>=!&|{} ") == std::string_view::npos;
}

Schema SchemaOf(const std::vector<PgColumn>& columns) {
  std::vector<Schema::Column> out;
  for (const PgColumn& column : columns) {
    out.push_back({column.name, PgTypeOf(column.type)});
  }
  return Schema(std::move(out));
}

}  // namespace

std::string PgSource::Table(const std::string& name) const {
  return QuoteIdentifier(spec_.schema) + "." + QuoteIdentifier(name);
}

Status PgSource::Open(std::string_view position) {
  CROSSBILL_TRY(position_, SqlPosition::FromJson(position));
  if (!spec_.time_zone.empty()) {
    CROSSBILL_TRY(zone_, TimeZone::Open(spec_.time_zone));
  }
  CROSSBILL_TRY(rows_.connection, PgConnection::Open(spec_.dsn, spec_.schema));
  std::string query = spec_.stream.query;
  while (!query.empty() && (query.back() == ';' || query.back() == ' ' || query.back() == '\n')) {
    query.pop_back();
  }
  from_ = query.empty() ? Table(spec_.stream.table) : "(" + query + ")";
  CROSSBILL_TRY(columns_, Columns(from_, spec_.stream.table));
  schema_ = SchemaOf(columns_);
  CROSSBILL_RETURN_IF_ERROR(LearnOrder());
  CROSSBILL_RETURN_IF_ERROR(LearnTypeNames());
  CROSSBILL_RETURN_IF_ERROR(LearnCollation());
  CROSSBILL_RETURN_IF_ERROR(LearnChildren());
  for (std::size_t i = 0; i < spec_.stream.children.size(); ++i) {
    orphans_of_ = position_.child == spec_.stream.children[i].name ? static_cast<int>(i) : orphans_of_;
  }
  if (position_.phase == SqlPosition::Phase::kOrphans && orphans_of_ < 0) {
    position_.child.clear();  // the child is gone from the configuration
    position_.skip = 0;
    pass_over_ = true;
  }
  if (!position_.after.empty() && position_.after.size() != OrderOfPhase().size()) {
    return Error(Code::kSourceChanged,
                 "the key or the cursor of the stream is another than that of the stored position " +
                     position_.ToJson());
  }
  return Ok();
}

Result<std::vector<PgColumn>> PgSource::Columns(const std::string& from, const std::string& table) {
  const auto result = rows_.connection->Query("SELECT * FROM " + from + " AS p LIMIT 0");
  if (!result.ok()) {
    if (result.error().code() != Code::kSourceTable || table.empty()) {
      return result.error();
    }
    CROSSBILL_TRY(const PgResult tables,
                  rows_.connection->Query(
                      "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                      "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
                      {spec_.schema}));
    std::vector<std::string> names;
    for (int i = 0; i < tables.rows(); ++i) {
      names.push_back(tables.Text(i, 0));
    }
    return NoSuchName("table", table, "schema \"" + spec_.schema + "\"", std::move(names));
  }
  std::vector<PgColumn> columns;
  for (int i = 0; i < result->columns(); ++i) {
    columns.push_back({result->Name(i), result->Type(i)});
  }
  return columns;
}

Result<std::vector<std::string>> PgSource::PrimaryKey(const std::string& table) {
  CROSSBILL_TRY(
      const PgResult result,
      rows_.connection->Query("SELECT a.attname FROM pg_index i CROSS JOIN LATERAL "
                              "unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place) "
                              "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum JOIN "
                              "pg_class c ON c.oid = i.indrelid "
                              "JOIN pg_namespace n ON n.oid = c.relnamespace "
                              "WHERE i.indisprimary AND n.nspname = $1 AND c.relname = $2 ORDER BY k.place",
                              {spec_.schema, table}));
  std::vector<std::string> key;
  for (int i = 0; i < result.rows(); ++i) {
    key.push_back(result.Text(i, 0));
  }
  return key;
}

Status PgSource::LearnOrder() {
  const SqlStreamSpec& stream = spec_.stream;
  const std::string place = stream.table.empty() ? "the query" : "table \"" + stream.table + "\"";
  std::vector<std::string> primary;
  if (!stream.table.empty()) {
    CROSSBILL_TRY(primary, PrimaryKey(stream.table));
  }
  bool expression = false;
  for (const std::string& entry : stream.key) {
    if (!IsName(entry)) {
      expression = true;
      continue;
    }
    CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema_, {entry}, place));
    key_columns_.push_back(entry);
  }
  if (expression || key_columns_.empty()) {
    // The order of the primary key, else of all columns: any order does that tells rows apart.
    key_columns_ = primary;
    for (std::size_t i = 0; primary.empty() && i < columns_.size(); ++i) {
      key_columns_.push_back(columns_[i].name);
    }
  }
  key_is_unique_ =
      !primary.empty() && std::all_of(primary.begin(), primary.end(), [&](const std::string& column) {
        return std::find(key_columns_.begin(), key_columns_.end(), column) != key_columns_.end();
      });
  CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema_, stream.cursor, place));
  cursor_order_ = stream.cursor;
  for (const std::string& column : key_columns_) {
    if (std::find(cursor_order_.begin(), cursor_order_.end(), column) == cursor_order_.end()) {
      cursor_order_.push_back(column);
    }
  }
  return Ok();
}

// Whether the order of the table's texts is that of their bytes without our asking for it: then an index
// serves.
Status PgSource::LearnCollation() {
  if (spec_.stream.table.empty()) {
    return Ok();
  }
  // Before version 15 there was no choice of provider, and no column that says so.
  CROSSBILL_TRY(
      const PgResult result,
      rows_.connection->Query(
          "SELECT lower(d.datcollate) IN ('c', 'posix', 'c.utf-8', 'c.utf8') AND "
          "coalesce(to_jsonb(d)->>'datlocprovider', 'c') = 'c' AND NOT EXISTS (SELECT 1 FROM "
          "pg_attribute a JOIN pg_collation o ON o.oid = a.attcollation JOIN pg_class c ON c.oid = "
          "a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname "
          "= $2 AND o.collname NOT IN ('default', 'C', 'POSIX')) FROM pg_database d WHERE d.datname = "
          "current_database()",
          {spec_.schema, spec_.stream.table}));
  own_order_is_bytes_ = result.rows() == 1 && result.Text(0, 0) == "t";
  return Ok();
}

Status PgSource::LearnTypeNames() {
  constexpr unsigned kBpchar = 1042;
  for (const std::string& name : cursor_order_) {
    const unsigned type = columns_[static_cast<std::size_t>(schema_.Find(name))].type;
    CROSSBILL_TRY(const PgResult result,
                  rows_.connection->Query("SELECT $1::oid::regtype::text", {std::to_string(type)}));
    type_names_.emplace_back(name, type == kBpchar ? "bpchar" : result.Text(0, 0));
  }
  return Ok();
}

Status PgSource::LearnChildren() {
  const std::string parent =
      spec_.stream.table.empty() ? "the query" : "table \"" + spec_.stream.table + "\"";
  children_.reserve(spec_.stream.children.size());
  for (const SqlChildSpec& spec : spec_.stream.children) {
    ChildState& state = child_states_.emplace_back();
    CROSSBILL_TRY(state.columns, Columns(Table(spec.table), spec.table));
    children_.push_back({spec.name, SchemaOf(state.columns)});
    const Schema& schema = children_.back().schema;
    const std::string place = "table \"" + spec.table + "\"";
    for (const auto& [child_column, parent_column] : spec.on) {
      CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema, {child_column}, place));
      CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema_, {parent_column}, parent));
    }
    CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema, spec.order_by, place));
    CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema, spec.key, place));
    state.order = spec.order_by;
    if (state.order.empty()) {
      CROSSBILL_TRY(state.order, PrimaryKey(spec.table));
    }
    CROSSBILL_TRY(state.stream.connection, PgConnection::Open(spec_.dsn, spec_.schema));
  }
  return Ok();
}

}  // namespace crossbill::connectors
