// libpq with our errors: connections that only read, queries with parameters, and COPY TO STDOUT row by row.
// One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

struct pg_conn;
struct pg_result;

namespace crossbill::connectors {

class PgResult {
 public:
  explicit PgResult(pg_result* result) : result_(result) {}
  PgResult(PgResult&& other) noexcept : result_(other.result_) { other.result_ = nullptr; }
  PgResult& operator=(PgResult&&) = delete;
  ~PgResult();
  int rows() const;
  int columns() const;
  std::string Name(int column) const;
  unsigned Type(int column) const;              // OID
  std::string Text(int row, int column) const;  // "" for NULL
  bool IsNull(int row, int column) const;
  pg_result* get() const { return result_; }

 private:
  pg_result* result_;
};

class PgConnection {
 public:
  // kSourceLogin, kSourceUnavailable. No message holds the password.
  static Result<std::unique_ptr<PgConnection>> Open(const Secret& dsn, const std::string& schema);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Errors: kSourceTable for a table or column that does not exist, kSourceLogin for a right that is missing,
  // kSourceUnavailable for a lost connection, else kSourceQuery with the server's words.
  Result<PgResult> Query(const std::string& sql, const std::vector<std::string>& parameters = {});
  Status Execute(const std::string& sql);
  std::string Literal(std::string_view text);  // quoted for SQL

  // COPY (sql) TO STDOUT. Rows come as lines of PostgreSQL's text format, without the line end, valid until
  // the next call.
  Status StartCopy(const std::string& sql);
  Result<std::optional<std::string_view>> NextLine();
  // Ends a COPY that is not read to its end.
  void StopCopy();

 private:
  explicit PgConnection(pg_conn* connection) : connection_(connection) {}
  Result<PgResult> Checked(PgResult result, std::string_view sql) const;
  Error ErrorOf(const pg_result* result, std::string_view sql) const;
  Error LostOr(std::string_view doing) const;

  pg_conn* connection_;
  std::vector<Secret> secrets_;
  char* line_ = nullptr;
  bool copying_ = false;
};

}  // namespace crossbill::connectors
