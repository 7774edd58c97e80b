#include "connectors/postgres/pg_discover.h"

#include <algorithm>

#include "connectors/postgres/pg_client.h"
#include "connectors/postgres/pg_values.h"
#include "connectors/sdk/sql_found.h"
#include "connectors/sdk/sql_spec.h"

namespace crossbill::connectors {
namespace {

constexpr const char* kKeys =
    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN "
    "(pg_index i CROSS JOIN LATERAL "
    "unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a ON a.attrelid = "
    "i.indrelid AND a.attnum = k.attnum) "
    "ON i.indrelid = c.oid AND i.indisprimary WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', "
    "'f') ORDER BY c.relname, k.place";
constexpr const char* kLinks =
    "SELECT child.relname, a.attname, parent.relname, b.attname FROM pg_constraint x JOIN pg_class child ON "
    "child.oid = x.conrelid "
    "JOIN pg_class parent ON parent.oid = x.confrelid JOIN pg_namespace n ON n.oid = child.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = child.oid AND a.attnum = x.conkey[1] JOIN pg_attribute b ON "
    "b.attrelid = parent.oid AND b.attnum = x.confkey[1] "
    "WHERE x.contype = 'f' AND n.nspname = $1 ORDER BY 1, 2, 3";

}  // namespace

Result<std::vector<FoundStream>> DiscoverPostgres(const Secret& dsn, const std::string& schema) {
  CROSSBILL_TRY(auto connection, PgConnection::Open(dsn, schema));
  CROSSBILL_TRY(const PgResult keys, connection->Query(kKeys, {schema}));
  std::vector<FoundStream> out;
  out.reserve(static_cast<std::size_t>(keys.rows()));
  for (int i = 0; i < keys.rows(); ++i) {
    if (out.empty() || out.back().name != keys.Text(i, 0)) {
      out.emplace_back().name = keys.Text(i, 0);
    }
    if (!keys.IsNull(i, 1)) {
      out.back().key.push_back(keys.Text(i, 1));
    }
  }
  for (FoundStream& found : out) {
    found.settings = {{"table", found.name}};
    const auto rows = connection->Query("SELECT * FROM " + QuoteIdentifier(schema) + "." +
                                        QuoteIdentifier(found.name) + " LIMIT 20");
    if (!rows.ok()) {
      continue;  // a table that this user may not read is found, but without columns
    }
    std::vector<Schema::Column> columns;
    for (int i = 0; i < rows->columns(); ++i) {
      columns.push_back({rows->Name(i), PgTypeOf(rows->Type(i))});
    }
    found.schema = Schema(std::move(columns));
    for (int row = 0; row < rows->rows(); ++row) {
      auto& sample = found.samples.emplace_back();
      for (int i = 0; i < rows->columns(); ++i) {
        sample.push_back(rows->Text(row, i));
      }
    }
  }
  std::erase_if(out, [](const FoundStream& found) { return found.schema.size() == 0; });
  CROSSBILL_TRY(const PgResult links, connection->Query(kLinks, {schema}));
  std::vector<SqlForeignKey> foreign_keys;
  for (int i = 0; i < links.rows(); ++i) {
    foreign_keys.push_back({links.Text(i, 0), links.Text(i, 1), links.Text(i, 2), links.Text(i, 3)});
  }
  CompleteFound(out, foreign_keys);
  return out;
}

}  // namespace crossbill::connectors
