#include "connectors/sqlite/sqlite_discover.h"

#include <algorithm>

#include "connectors/sdk/sql_found.h"
#include "connectors/sqlite/sqlite_db.h"

namespace crossbill::connectors {
namespace {

Status AddForeignKeys(SqliteDb& db, const std::string& table, std::vector<SqlForeignKey>& out) {
  CROSSBILL_TRY(SqliteStatement statement,
                db.Prepare("SELECT \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?)"));
  statement.Bind(1, SqlKey(table));
  while (true) {
    CROSSBILL_TRY(const bool row, statement.Step());
    if (!row) {
      return Ok();
    }
    out.push_back({table, statement.ColumnText(1), statement.ColumnText(0), statement.ColumnText(2)});
  }
}

Status AddSamples(SqliteDb& db, FoundStream& found) {
  CROSSBILL_TRY(SqliteStatement statement,
                db.Prepare("SELECT * FROM " + QuoteIdentifier(found.name) + " LIMIT 20"));
  while (true) {
    CROSSBILL_TRY(const bool row, statement.Step());
    if (!row) {
      return Ok();
    }
    std::vector<std::string> sample;
    for (int i = 0; i < statement.columns(); ++i) {
      sample.push_back(statement.ColumnText(i));
    }
    found.samples.push_back(std::move(sample));
  }
}

}  // namespace

Result<std::vector<FoundStream>> DiscoverSqlite(const std::string& path) {
  CROSSBILL_TRY(SqliteDb db, SqliteDb::Open(path));
  CROSSBILL_TRY(const auto tables, db.Tables());
  std::vector<FoundStream> out;
  out.reserve(tables.size());
  std::vector<SqlForeignKey> links;
  for (const std::string& table : tables) {
    CROSSBILL_TRY(auto columns, db.Columns(table));
    FoundStream found;
    found.name = table;
    found.schema = SqliteSchemaOf(columns);
    found.settings = {{"table", table}};
    std::erase_if(columns, [](const SqliteColumn& c) { return c.primary_key == 0; });
    std::sort(columns.begin(), columns.end(),
              [](const auto& a, const auto& b) { return a.primary_key < b.primary_key; });
    for (const SqliteColumn& column : columns) {
      found.key.push_back(column.name);
    }
    CROSSBILL_RETURN_IF_ERROR(AddForeignKeys(db, table, links));
    CROSSBILL_RETURN_IF_ERROR(AddSamples(db, found));
    out.push_back(std::move(found));
  }
  CompleteFound(out, links);
  return out;
}

}  // namespace crossbill::connectors
