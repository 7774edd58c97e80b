#include "connectors/postgres/pg_client.h"

#include <libpq-fe.h>

namespace crossbill::connectors {
namespace {

std::string OneLine(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '\n' || c == '\t' ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

Code CodeOf(std::string_view state) {
  if (state == "42P01" || state == "42703" || state == "3F000") {
    return Code::kSourceTable;
  }
  if (state == "42501" || state.substr(0, 2) == "28") {
    return Code::kSourceLogin;
  }
  const std::string_view group = state.substr(0, 2);
  if (group == "08" || group == "53" || group == "57" || group == "40" || group == "58" || group == "XX") {
    return Code::kSourceUnavailable;
  }
  return Code::kSourceQuery;
}

// The password of a connection string, also of a URL; nothing when it is no connection string.
std::optional<std::vector<Secret>> SecretsOf(const std::string& dsn) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(dsn.c_str(), &message);
  if (options == nullptr) {
    PQfreemem(message);
    return std::nullopt;
  }
  std::vector<Secret> secrets = {Secret(dsn)};
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    if (option->val != nullptr && (keyword == "password" || keyword == "sslpassword")) {
      secrets.emplace_back(option->val);
    }
  }
  PQconninfoFree(options);
  return secrets;
}

}  // namespace

PgResult::~PgResult() { PQclear(result_); }
int PgResult::rows() const { return PQntuples(result_); }
int PgResult::columns() const { return PQnfields(result_); }
std::string PgResult::Name(int column) const { return PQfname(result_, column); }
unsigned PgResult::Type(int column) const { return PQftype(result_, column); }
std::string PgResult::Text(int row, int column) const {
  return {PQgetvalue(result_, row, column), static_cast<std::size_t>(PQgetlength(result_, row, column))};
}
bool PgResult::IsNull(int row, int column) const { return PQgetisnull(result_, row, column) != 0; }

PgConnection::~PgConnection() {
  PQfreemem(line_);
  PQfinish(connection_);
}

Result<std::unique_ptr<PgConnection>> PgConnection::Open(const Secret& dsn, const std::string& schema) {
  auto secrets = SecretsOf(dsn.Reveal());
  if (!secrets) {
    return Error(Code::kSourceLogin,
                 "`dsn` is not a connection string: it is written as \"host=… dbname=… user=… password=…\" "
                 "or postgresql://…");
  }
  const char* keywords[] = {"dbname", "fallback_application_name", "client_encoding", "connect_timeout",
                            nullptr};
  const char* values[] = {dsn.Reveal().c_str(), "crossbill", "UTF8", "10", nullptr};
  std::unique_ptr<PgConnection> out(new PgConnection(PQconnectdbParams(keywords, values, 1)));
  out->secrets_ = std::move(*secrets);
  if (PQstatus(out->connection_) != CONNECTION_OK) {
    const std::string message = OneLine(Redact(PQerrorMessage(out->connection_), out->secrets_));
    const bool refused = message.find("authentication failed") != std::string::npos ||
                         message.find("does not exist") != std::string::npos ||
                         message.find("no password supplied") != std::string::npos ||
                         message.find("pg_hba.conf") != std::string::npos;
    return Error(refused ? Code::kSourceLogin : Code::kSourceUnavailable, "PostgreSQL: " + message);
  }
  PQsetNoticeProcessor(out->connection_, [](void*, const char*) {}, nullptr);
  char* quoted = PQescapeIdentifier(out->connection_, schema.data(), schema.size());
  const std::string path = quoted == nullptr ? "public" : quoted;
  PQfreemem(quoted);
  CROSSBILL_RETURN_IF_ERROR(
      out->Execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET datestyle = 'ISO, YMD'; SET "
                   "TimeZone = 'UTC'; "
                   "SET extra_float_digits = 1; SET jit = off; SET bytea_output = 'hex'; SET search_path = " +
                   path));
  return out;
}

Error PgConnection::ErrorOf(const pg_result* result, std::string_view sql) const {
  if (PQstatus(connection_) != CONNECTION_OK) {
    return LostOr("");
  }
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = primary != nullptr ? primary : PQerrorMessage(connection_);
  const Code code = state == nullptr ? Code::kSourceUnavailable : CodeOf(state);
  return {code, "PostgreSQL: " + OneLine(Redact(message, secrets_)) +
                    (code == Code::kSourceQuery ? " (in: " + std::string(sql.substr(0, 300)) + ")" : "")};
}

Error PgConnection::LostOr(std::string_view doing) const {
  return {Code::kSourceUnavailable, "PostgreSQL: the connection was lost" + std::string(doing) + ": " +
                                        OneLine(Redact(PQerrorMessage(connection_), secrets_))};
}

Result<PgResult> PgConnection::Query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) {
    values.push_back(parameter.c_str());
  }
  PgResult result(PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                               values.data(), nullptr, nullptr, 0));
  return Checked(std::move(result), sql);
}

Result<PgResult> PgConnection::Checked(PgResult result, std::string_view sql) const {
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return ErrorOf(result.get(), sql);
  }
  return result;
}

Status PgConnection::Execute(const std::string& sql) {
  const auto result = Checked(PgResult(PQexec(connection_, sql.c_str())), sql);
  return result.ok() ? Ok() : Status(result.error());
}

std::string PgConnection::Literal(std::string_view text) {
  char* quoted = PQescapeLiteral(connection_, text.data(), text.size());
  std::string out = quoted == nullptr ? "NULL" : quoted;
  PQfreemem(quoted);
  return out;
}

Status PgConnection::StartCopy(const std::string& sql) {
  const std::string copy = "COPY (" + sql + ") TO STDOUT";
  const PgResult result(PQexec(connection_, copy.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_OUT) {
    return ErrorOf(result.get(), copy);
  }
  copying_ = true;
  return Ok();
}

Result<std::optional<std::string_view>> PgConnection::NextLine() {
  PQfreemem(line_);
  line_ = nullptr;
  if (!copying_) {
    return std::optional<std::string_view>();
  }
  const int size = PQgetCopyData(connection_, &line_, 0);
  if (size > 0) {
    return std::optional<std::string_view>(std::string_view(line_, static_cast<std::size_t>(size) - 1));
  }
  copying_ = false;
  std::optional<Error> failed;
  if (size == -2) {
    failed = LostOr(" while reading");
  }
  while (pg_result* raw = PQgetResult(connection_)) {
    const PgResult result(raw);
    if (!failed && PQresultStatus(raw) != PGRES_COMMAND_OK) {
      failed = ErrorOf(raw, "COPY");
    }
  }
  if (failed) {
    return *failed;
  }
  return std::optional<std::string_view>();
}

void PgConnection::StopCopy() {
  if (!copying_) {
    return;
  }
  if (PGcancel* cancel = PQgetCancel(connection_)) {
    char ignored[256];
    (void)PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
  }
  while (copying_) {
    (void)NextLine().ok();
  }
}

}  // namespace crossbill::connectors
