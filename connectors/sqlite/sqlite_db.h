// SQLite opened for reading only. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/sdk/sql_spec.h"
#include "connectors/sdk/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace crossbill::connectors {

class SqliteStatement {
 public:
  SqliteStatement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  SqliteStatement(SqliteStatement&& other) noexcept : db_(other.db_), statement_(other.statement_) {
    other.statement_ = nullptr;
  }
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement();

  void Bind(int parameter, const SqlKey& value);  // from 1
  Result<bool> Step();                            // false at the end
  int columns() const;
  std::string ColumnName(int column) const;
  std::string DeclaredType(int column) const;
  std::string ColumnText(int column) const;
  std::int64_t ColumnInt(int column) const;
  bool IsBlob(int column) const;
  // The value by its storage class; an INTEGER in a column that is declared a decimal is a decimal. Text is
  // copied to the arena; a BLOB is its hexadecimal digits. `valid_text` becomes false for text that is not
  // UTF-8.
  Value Cell(int column, ValueType declared, Arena& arena, bool& valid_text) const;

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_;
};

struct SqliteColumn {
  std::string name;
  std::string declared;
  int primary_key = 0;  // place in the primary key, from 1
};

class SqliteDb {
 public:
  // kSourceTable when there is no such file, kSourceUnavailable when it cannot be read now.
  static Result<SqliteDb> Open(const std::string& path);
  SqliteDb(SqliteDb&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
  SqliteDb& operator=(SqliteDb&&) = delete;
  ~SqliteDb();

  Result<SqliteStatement> Prepare(const std::string& sql);
  Status Execute(const std::string& sql);
  // Changes when another connection has written to the file.
  Result<std::int64_t> DataVersion();
  Result<std::vector<std::string>> Tables();  // and views, by name
  // kSourceTable with the nearest name when there is no such table.
  Result<std::vector<SqliteColumn>> Columns(const std::string& table);

 private:
  explicit SqliteDb(sqlite3* db) : db_(db) {}
  sqlite3* db_;
};

// What values of a declared type come as: INTEGER affinity kInt, TEXT affinity kText, NUMERIC and REAL
// affinity kDecimal, none kNull.
ValueType SqliteTypeOf(std::string_view declared);
Schema SqliteSchemaOf(const std::vector<SqliteColumn>& columns);

}  // namespace crossbill::connectors
