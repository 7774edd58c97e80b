// A PostgreSQL server of its own in a temporary folder, on a Unix socket, for as long as the object lives.
// Tests only.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace crossbill::connectors {

class PgTestServer {
 public:
  // Why there is no server, when available() is false.
  static bool Installed() { return std::filesystem::exists(std::string(kBin) + "initdb"); }

  PgTestServer() {
    std::string pattern = "/tmp/crossbill-pg-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const bool root = geteuid() == 0;
    as_ = root ? "runuser -u postgres -- " : "";
    started_ =
        (!root || Run("chown postgres " + folder_)) &&
        Run(as_ + kBin + "initdb -D " + folder_ + "/data -A trust -U postgres -E UTF8 --locale=C.UTF-8 -N") &&
        Run(as_ + kBin + "pg_ctl -D " + folder_ + "/data -w -l " + folder_ +
            "/log -o \"-c listen_addresses='' -c unix_socket_directories=" + folder_ +
            " -c fsync=off -c max_connections=40\" start");
  }
  ~PgTestServer() {
    (void)Run(as_ + kBin + "pg_ctl -D " + folder_ + "/data -m immediate -w stop");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  bool started() const { return started_; }
  std::string dsn() const {
    return "host=" + folder_ + " user=postgres dbname=postgres password=hunter2secret";
  }

  void Sql(const std::string& sql) const {
    PGconn* connection = PQconnectdb(dsn().c_str());
    ASSERT_EQ(PQstatus(connection), CONNECTION_OK) << PQerrorMessage(connection);
    PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
    PGresult* result = PQexec(connection, sql.c_str());
    EXPECT_TRUE(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
        << PQerrorMessage(connection) << sql.substr(0, 200);
    PQclear(result);
    PQfinish(connection);
  }

 private:
  static constexpr const char* kBin = "/usr/lib/postgresql/15/bin/";
  bool Run(const std::string& command) const {
    return ::system((command + " > " + folder_ + "/out 2>&1").c_str()) == 0;
  }

  std::string folder_;
  std::string as_;
  bool started_ = false;
};

}  // namespace crossbill::connectors
