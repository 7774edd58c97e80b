// How a source learns its columns, its order and its children.
#include <algorithm>

#include "connectors/sqlite/sqlite_source.h"

namespace crossbill::connectors {
namespace {

// An entry of `key:` that is a name, and not an expression over columns.
bool IsName(std::string_view entry) {
  return entry.find_first_of("().,+*/%'\"?:[]<>=!&|{} ") == std::string_view::npos;
}

}  // namespace

Status SqliteSource::Open(std::string_view position) {
  CROSSBILL_TRY(position_, SqlPosition::FromJson(position));
  CROSSBILL_TRY(SqliteDb db, SqliteDb::Open(path_));
  db_.emplace(std::move(db));
  CROSSBILL_RETURN_IF_ERROR(LearnSchema());
  CROSSBILL_RETURN_IF_ERROR(LearnChildren());
  for (std::size_t i = 0; i < spec_.children.size(); ++i) {
    orphans_of_ = position_.child == spec_.children[i].name ? static_cast<int>(i) : orphans_of_;
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

Status SqliteSource::LearnSchema() {
  std::vector<SqliteColumn> columns;
  if (!spec_.table.empty()) {
    from_ = QuoteIdentifier(spec_.table);
    CROSSBILL_TRY(columns, db_->Columns(spec_.table));
    schema_ = SqliteSchemaOf(columns);
    return LearnOrder(columns);
  }
  std::string query = spec_.query;
  while (!query.empty() && (query.back() == ';' || query.back() == ' ' || query.back() == '\n')) {
    query.pop_back();
  }
  from_ = "(" + query + ")";
  CROSSBILL_TRY(SqliteStatement statement, db_->Prepare("SELECT * FROM " + from_));
  for (int i = 0; i < statement.columns(); ++i) {
    columns.push_back({statement.ColumnName(i), statement.DeclaredType(i), 0});
  }
  schema_ = SqliteSchemaOf(columns);
  return LearnOrder(columns);
}

Status SqliteSource::LearnOrder(const std::vector<SqliteColumn>& columns) {
  const std::string place = spec_.table.empty() ? "the query" : "table \"" + spec_.table + "\"";
  bool expression = false;
  for (const std::string& entry : spec_.key) {
    if (!IsName(entry)) {
      expression = true;
      continue;
    }
    CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema_, {entry}, place));
    key_columns_.push_back(entry);
  }
  if (expression || key_columns_.empty()) {
    // The order of the primary key, else of all columns: any order does that tells rows apart.
    std::vector<SqliteColumn> ordered;
    std::copy_if(columns.begin(), columns.end(), std::back_inserter(ordered),
                 [](const SqliteColumn& c) { return c.primary_key > 0; });
    std::sort(ordered.begin(), ordered.end(),
              [](const auto& a, const auto& b) { return a.primary_key < b.primary_key; });
    key_columns_.clear();
    for (const SqliteColumn& column : ordered.empty() ? columns : ordered) {
      key_columns_.push_back(column.name);
    }
  }
  CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema_, spec_.cursor, place));
  cursor_order_ = spec_.cursor;
  for (const std::string& column : key_columns_) {
    if (std::find(cursor_order_.begin(), cursor_order_.end(), column) == cursor_order_.end()) {
      cursor_order_.push_back(column);
    }
  }
  for (const std::string& column : cursor_order_) {
    blob_columns_.push_back(schema_.Find(column));
  }
  return Ok();
}

Status SqliteSource::LearnChildren() {
  children_.reserve(spec_.children.size());
  for (const SqlChildSpec& spec : spec_.children) {
    CROSSBILL_TRY(const auto columns, db_->Columns(spec.table));
    children_.push_back({spec.name, SqliteSchemaOf(columns)});
    const Schema& schema = children_.back().schema;
    const std::string place = "table \"" + spec.table + "\"";
    for (const auto& [child_column, parent_column] : spec.on) {
      CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema, {child_column}, place));
      CROSSBILL_RETURN_IF_ERROR(RequireColumns(
          schema_, {parent_column}, spec_.table.empty() ? "the query" : "table \"" + spec_.table + "\""));
    }
    CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema, spec.order_by, place));
    CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema, spec.key, place));
    std::vector<std::string> order = spec.order_by;
    if (order.empty()) {
      auto ordered = columns;
      std::erase_if(ordered, [](const SqliteColumn& c) { return c.primary_key == 0; });
      std::sort(ordered.begin(), ordered.end(),
                [](const auto& a, const auto& b) { return a.primary_key < b.primary_key; });
      for (const SqliteColumn& column : ordered) {
        order.push_back(column.name);
      }
    }
    child_order_.push_back(std::move(order));
  }
  return Ok();
}

}  // namespace crossbill::connectors
