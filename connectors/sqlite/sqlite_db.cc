#include "connectors/sqlite/sqlite_db.h"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "base/text.h"

namespace crossbill::connectors {
namespace {

Error ErrorOf(sqlite3* db, int code) {
  const std::string text = sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return {Code::kSourceUnavailable, "SQLite: " + text};
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Code::kSourceLogin, "SQLite: " + text};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {Code::kSourceChanged, "SQLite: " + text + "; is it an SQLite file, copied as a whole?"};
    default:
      return {Code::kSourceQuery, "SQLite: " + text};
  }
}

// The shortest decimal text that is the same double.
Value RealValue(double real, Arena& arena) {
  char buffer[400];
  const auto end = std::isfinite(real)
                       ? std::to_chars(buffer, buffer + sizeof buffer, real, std::chars_format::fixed).ptr
                       : std::to_chars(buffer, buffer + sizeof buffer, real).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const auto decimal = Decimal::Parse(text);
  return decimal.ok() ? Value::Of(*decimal) : Value::Text(arena.Copy(text));
}

std::string Upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string FileUri(const std::string& path) {
  std::string out = "file:";
  for (const char c : path) {
    out += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
  }
  return out;
}

}  // namespace

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::Bind(int parameter, const SqlKey& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    sqlite3_bind_text64(statement_, parameter, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement_, parameter, *number);
  } else {
    sqlite3_bind_double(statement_, parameter, std::get<double>(value));
  }
}

Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code == SQLITE_DONE) {
    return false;
  }
  return ErrorOf(db_, code);
}

int SqliteStatement::columns() const { return sqlite3_column_count(statement_); }
std::string SqliteStatement::ColumnName(int column) const { return sqlite3_column_name(statement_, column); }

std::string SqliteStatement::DeclaredType(int column) const {
  const char* type = sqlite3_column_decltype(statement_, column);
  return type == nullptr ? std::string() : std::string(type);
}

std::int64_t SqliteStatement::ColumnInt(int column) const { return sqlite3_column_int64(statement_, column); }

bool SqliteStatement::IsBlob(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

std::string SqliteStatement::ColumnText(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr
             ? std::string()
             : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

Value SqliteStatement::Cell(int column, ValueType declared, Arena& arena, bool& valid_text) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER: {
      const std::int64_t number = sqlite3_column_int64(statement_, column);
      return declared == ValueType::kDecimal ? Value::Of(Decimal(number)) : Value::Int(number);
    }
    case SQLITE_FLOAT:
      return RealValue(sqlite3_column_double(statement_, column), arena);
    case SQLITE_TEXT: {
      const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
      const std::string_view text(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
      valid_text = valid_text && IsValidUtf8(text);
      return Value::Text(arena.Copy(text));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const unsigned char*>(sqlite3_column_blob(statement_, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
      char* out = arena.Allocate(size * 2);
      for (std::size_t i = 0; i < size; ++i) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
      }
      return Value::Text({out, size * 2});
    }
    default:
      return {};
  }
}

SqliteDb::~SqliteDb() { sqlite3_close_v2(db_); }

Result<SqliteDb> SqliteDb::Open(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return Error(Code::kSourceTable, "there is no file \"" + path + "\"");
  }
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return Error(Code::kSourceTable, "\"" + path + "\" is not a file");
  }
  // A database in WAL mode in a folder that cannot be written to is readable only when nobody else can write
  // either.
  for (const char* mode : {"?mode=ro", "?mode=ro&immutable=1"}) {
    sqlite3* raw = nullptr;
    int code = sqlite3_open_v2((FileUri(path) + mode).c_str(), &raw,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
    SqliteDb db(raw);
    if (code == SQLITE_OK) {
      sqlite3_busy_timeout(raw, 5000);
      code = sqlite3_exec(raw, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
    }
    if (code == SQLITE_OK) {
      return db;
    }
    const bool try_again =
        (code & 0xff) == SQLITE_CANTOPEN && !std::filesystem::exists(path + "-wal", ignored);
    if (!try_again || std::string_view(mode).find("immutable") != std::string_view::npos) {
      return ErrorOf(raw, code).At(path);
    }
  }
  return Error(Code::kInternal, "unreachable");
}

Result<SqliteStatement> SqliteDb::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(db_, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) {
    Error error = ErrorOf(db_, code);
    return Error(error.code(), error.message() + " (in: " + sql.substr(0, 300) + ")");
  }
  if (statement == nullptr) {
    return Error(Code::kSourceQuery, "the query is empty");
  }
  SqliteStatement out(db_, statement);
  if (sqlite3_stmt_readonly(statement) == 0) {
    return Error(Code::kSourceQuery, "the query is not a SELECT");
  }
  return out;
}

Status SqliteDb::Execute(const std::string& sql) {
  CROSSBILL_TRY(SqliteStatement statement, Prepare(sql));
  const auto stepped = statement.Step();
  return stepped.ok() ? Ok() : Status(stepped.error());
}

Result<std::int64_t> SqliteDb::DataVersion() {
  CROSSBILL_TRY(SqliteStatement statement, Prepare("PRAGMA data_version"));
  CROSSBILL_TRY(const bool row, statement.Step());
  return row ? statement.ColumnInt(0) : 0;
}

Result<std::vector<std::string>> SqliteDb::Tables() {
  CROSSBILL_TRY(SqliteStatement statement,
                Prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
                        "'sqlite\\_%' ESCAPE '\\' ORDER BY name"));
  std::vector<std::string> names;
  while (true) {
    CROSSBILL_TRY(const bool row, statement.Step());
    if (!row) {
      return names;
    }
    names.push_back(statement.ColumnText(0));
  }
}

Result<std::vector<SqliteColumn>> SqliteDb::Columns(const std::string& table) {
  CROSSBILL_TRY(SqliteStatement statement,
                Prepare("SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid"));
  statement.Bind(1, SqlKey(table));
  std::vector<SqliteColumn> columns;
  while (true) {
    CROSSBILL_TRY(const bool row, statement.Step());
    if (!row) {
      break;
    }
    columns.push_back(
        {statement.ColumnText(0), statement.ColumnText(1), static_cast<int>(statement.ColumnInt(2))});
  }
  if (columns.empty()) {
    CROSSBILL_TRY(auto tables, Tables());
    return NoSuchName("table", table, "the database", std::move(tables));
  }
  return columns;
}

ValueType SqliteTypeOf(std::string_view declared) {
  const std::string upper = Upper(declared);
  const auto has = [&](std::string_view part) { return upper.find(part) != std::string::npos; };
  if (has("INT")) {
    return ValueType::kInt;
  }
  if (has("CHAR") || has("CLOB") || has("TEXT")) {
    return ValueType::kText;
  }
  if (upper.empty() || has("BLOB")) {
    return ValueType::kNull;
  }
  // DATE and DATETIME have NUMERIC affinity, but hold text or a number as the writer liked.
  return has("DATE") || has("TIME") || has("BOOL") || has("JSON") ? ValueType::kNull : ValueType::kDecimal;
}

Schema SqliteSchemaOf(const std::vector<SqliteColumn>& columns) {
  std::vector<Schema::Column> out;
  for (const SqliteColumn& column : columns) {
    out.push_back({column.name, SqliteTypeOf(column.declared)});
  }
  return Schema(std::move(out));
}

}  // namespace crossbill::connectors
