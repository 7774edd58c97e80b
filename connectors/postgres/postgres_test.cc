#include <gmock/gmock.h>

#include <random>
#include <set>

#include "connectors/postgres/pg_test_server.h"
#include "connectors/postgres/pg_values.h"
#include "connectors/sdk/contract.h"
#include "connectors/sdk/registry.h"
#include "postgres_config.pb.h"

namespace crossbill::connectors {
void Register_postgres(ConnectorRegistry&);
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// One server for all tests of this program; each test has a schema of its own.
PgTestServer* Server() {
  static std::unique_ptr<PgTestServer> server =
      PgTestServer::Installed() ? std::make_unique<PgTestServer>() : nullptr;
  return server && server->started() ? server.get() : nullptr;
}

struct Erp {
  config::v1::PostgresSource source;
  config::v1::PostgresStream stream;
  std::vector<std::string> key = {"id"};
  ConnectorRegistry registry;
  std::string schema;
  const Clock* clock = nullptr;

  Erp() {
    static int count = 0;
    schema = "s" + std::to_string(++count);
    Register_postgres(registry);
    if (Server() == nullptr) {
      return;
    }
    source.set_dsn(Server()->dsn());
    source.set_schema(schema);
    stream.set_table("orders");
    Server()->Sql("CREATE SCHEMA " + schema);
  }
  void Run(const std::string& sql) { Server()->Sql("SET search_path = " + schema + "; " + sql); }
  std::unique_ptr<Source> Make() {
    StreamOptions options{"erp", "orders", "orders", key, &source, &stream, "", clock, nullptr};
    return std::move(registry.Find("postgres")->MakeSource(options)).value();
  }
  std::unique_ptr<Source> Open(std::string_view position = {}) {
    auto made = Make();
    const Status opened = made->Open(position);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().ToString());
    return made;
  }
};

#define NEEDS_SERVER() \
  if (Server() == nullptr) GTEST_SKIP() << "PostgreSQL 15 is not installed (package postgresql-15)"

// Without a server the suites of the contract have nothing to hold on to.
struct PgContract {
  static constexpr bool kBadRows = false;
  static constexpr bool kReadsAgain = true;
  Erp erp;
  void Write(const std::vector<ContractRow>& rows) {
    erp.Run("DROP TABLE IF EXISTS orders; CREATE TABLE orders(id int, name text)");
    Insert(rows, "");
  }
  void Insert(const std::vector<ContractRow>& rows, const std::string& more) {
    std::string sql = "SELECT 1;";
    for (const ContractRow& row : rows) {
      sql += "INSERT INTO orders VALUES(" + std::to_string(row.id) + ", '" + row.name + "'" + more + ");";
    }
    erp.Run(sql);
  }
  std::unique_ptr<Source> Make() { return erp.Make(); }
  void Remove() { erp.Run("DROP TABLE orders"); }
  std::string secret() { return "hunter2secret"; }
  static std::string WhyNot() {
    return Server() == nullptr ? "PostgreSQL 15 is not installed (package postgresql-15)" : "";
  }
};
struct PgCursorContract : PgContract {
  PgCursorContract() { erp.stream.mutable_cursor()->add_columns("changed"); }
  void Write(const std::vector<ContractRow>& rows) {
    erp.Run(
        "DROP TABLE IF EXISTS orders; CREATE TABLE orders(id int PRIMARY KEY, name text, changed "
        "timestamptz)");
    Insert(rows, ", '2026-10-31 10:00:00+08'");
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ConnectorContract, PgContract);
INSTANTIATE_TYPED_TEST_SUITE_P(PostgresCursor, ConnectorContract, PgCursorContract);

TEST(Postgres, GivesTypedValues) {
  NEEDS_SERVER();
  Erp erp;
  erp.source.set_timezone("Asia/Shanghai");
  erp.Run(
      "CREATE TABLE orders(id bigint, c char(4), t text, n numeric(15,2), d date, ts timestamp, tz "
      "timestamptz, b bool, f float8, j jsonb, a int[]);"
      "INSERT INTO orders VALUES(1, 'TA', E'tab\\there \\\\ line\\nend', 6545.00, '2026-10-31', '2026-10-31 "
      "10:00:00.25', '2026-10-31 10:00:00+08', true, 1e22,"
      " '{\"x\": 1}', '{1,2}'), (2, NULL, '', 'NaN', 'infinity', 'infinity', '0044-03-15 BC', false, 0.1, "
      "NULL, NULL);");
  auto source = erp.Open();
  auto batch = source->Read(10);
  ASSERT_TRUE(batch.ok()) << batch.error().ToString();
  ASSERT_EQ(batch->rows.size(), 2u);
  EXPECT_EQ(
      Describe(*source, batch->rows[0]),
      R"({"id":1,"c":"TA","t":"tab\u0009here \\ line\u000aend","n":6545.00,"d":"2026-10-31","ts":"2026-10-31T10:00:00.25+08:00",)"
      R"("tz":"2026-10-31T02:00:00Z","b":true,"f":10000000000000000000000,"j":"{\"x\": 1}","a":"{1,2}"})");
  EXPECT_THAT(Describe(*source, batch->rows[1]),
              HasSubstr(R"("c":null,"t":"","n":"NaN","d":"infinity","ts":"infinity")"));
  EXPECT_EQ(source->schema().columns()[3].type, ValueType::kDecimal);
  EXPECT_EQ(source->schema().columns()[6].type, ValueType::kTimestamp);
}

struct Got {
  std::vector<std::string> rows;
  std::vector<std::string> orphans;
};

Got ReadGroups(Source& source, std::size_t size) {
  Got got;
  for (bool end = false; !end;) {
    auto batch = source.Read(size);
    EXPECT_TRUE(batch.ok()) << (batch.ok() ? "" : batch.error().ToString());
    if (!batch.ok()) {
      return got;
    }
    for (const Row& row : batch->rows) {
      got.rows.push_back(TextOf(row.cells[0]) + (row.children.empty() ? "" : JsonOf(row.children[0])));
    }
    for (const BadRow& bad : batch->bad_rows) {
      got.orphans.push_back(bad.stream + " " + bad.key + " " + std::string(InfoOf(bad.error.code()).name));
    }
    end = batch->at_end;
  }
  return got;
}

TEST(Postgres, ReadsChildrenInOrderAndReportsOrphans) {
  NEEDS_SERVER();
  Erp erp;
  erp.key = {"vbeln"};
  erp.stream.set_table("vbak");
  auto& lines = (*erp.stream.mutable_children())["lines"];
  lines.set_table("vbap");
  (*lines.mutable_on())["vbeln"] = "vbeln";
  lines.add_order_by("posnr");
  erp.Run(
      "CREATE TABLE vbak(vbeln char(10)); CREATE TABLE vbap(vbeln varchar(10), posnr char(6));"
      "INSERT INTO vbak VALUES('0002'), ('0001'), ('0003'), ('0003');"
      "INSERT INTO vbap VALUES('0001','20'), ('0003','10'), ('0001','10'), ('7700','10'), ('7700','20'), "
      "(NULL,'30');");
  for (const std::size_t size : {1, 2, 10}) {
    const Got got = ReadGroups(*erp.Open(), size);
    EXPECT_THAT(got.rows, ElementsAre(R"(0001[{"vbeln":"0001","posnr":"10"},{"vbeln":"0001","posnr":"20"}])",
                                      "0002[]", R"(0003[{"vbeln":"0003","posnr":"10"}])",
                                      R"(0003[{"vbeln":"0003","posnr":"10"}])"));
    EXPECT_THAT(got.orphans,
                ElementsAre("vbap 7700|10 kRowOrphan", "vbap 7700|20 kRowOrphan", "vbap |30 kRowOrphan"));
  }
}

std::vector<std::string> Ids(Source& source) { return ReadGroups(source, 2).rows; }

TEST(Postgres, ACursorReadsTheWindowTiesLateCommitsAndNulls) {
  NEEDS_SERVER();
  Erp erp;
  erp.stream.mutable_cursor()->add_columns("changed");
  erp.Run(
      "CREATE TABLE orders(id text PRIMARY KEY, changed timestamp);"
      "INSERT INTO orders VALUES('a','2026-10-31 09:00'), ('b','2026-10-31 10:00'), ('c','2026-10-31 "
      "10:00'), ('n',NULL);");
  auto source = erp.Open();
  EXPECT_THAT(Ids(*source), ElementsAre("a", "b", "c", "n"));
  EXPECT_THAT(Ids(*source), ElementsAre()) << "no transaction wrote anything";
  erp.Run(
      "INSERT INTO orders VALUES('bb','2026-10-31 10:00'), ('late','2026-10-31 09:55'), ('old','2026-10-31 "
      "09:10'), ('m',NULL)");
  EXPECT_THAT(Ids(*source), ElementsAre("late", "b", "bb", "c", "m", "n"));
}

// Looking for rows without a cursor reads the whole table.
TEST(Postgres, RowsWithoutCursorAreLookedForNowAndThen) {
  NEEDS_SERVER();
  Erp erp;
  TickingClock clock;
  erp.clock = &clock;
  erp.stream.mutable_cursor()->add_columns("changed");
  erp.stream.mutable_cursor()->set_lookback("0");
  erp.Run("CREATE TABLE orders(id text, changed int); INSERT INTO orders VALUES('a',1), ('n',NULL);");
  auto source = erp.Open();
  EXPECT_THAT(Ids(*source), ElementsAre("a", "n"));
  erp.Run("INSERT INTO orders VALUES('b',2), ('m',NULL)");
  EXPECT_THAT(Ids(*source), ElementsAre("a", "b"));
  EXPECT_THAT(Ids(*source), ElementsAre()) << "no transaction wrote anything";
  clock.Advance(1'000'000);
  EXPECT_THAT(Ids(*source), ElementsAre("b", "m", "n")) << "what the last pass left";
  EXPECT_THAT(Ids(*source), ElementsAre());
}

TEST(Postgres, APassSeesOneSnapshotAndTheNextOneTheChanges) {
  NEEDS_SERVER();
  Erp erp;
  auto& lines = (*erp.stream.mutable_children())["lines"];
  lines.set_table("lines");
  (*lines.mutable_on())["order_id"] = "id";
  erp.Run(
      "CREATE TABLE orders(id int PRIMARY KEY); CREATE TABLE lines(order_id int, n int, PRIMARY "
      "KEY(order_id, n));"
      "INSERT INTO orders SELECT generate_series(1, 6); INSERT INTO lines SELECT i, 1 FROM "
      "generate_series(1, 6) i;");
  auto source = erp.Open();
  auto batch = source->Read(2);
  ASSERT_TRUE(batch.ok());
  erp.Run("UPDATE lines SET n = 7; DELETE FROM orders WHERE id = 5; INSERT INTO orders VALUES(0)");
  const Got rest = ReadGroups(*source, 2);
  ASSERT_EQ(rest.rows.size(), 4u);
  EXPECT_EQ(rest.rows[2], R"(5[{"order_id":5,"n":1}])");
  const Got next = ReadGroups(*source, 2);
  ASSERT_EQ(next.rows.size(), 6u);
  EXPECT_EQ(next.rows[1], R"(1[{"order_id":1,"n":7}])");
}

TEST(Postgres, ARowCommittedLateIsNotLost) {
  NEEDS_SERVER();
  Erp erp;
  erp.stream.mutable_cursor()->add_columns("changed");
  erp.Run(
      "CREATE TABLE orders(id int PRIMARY KEY, changed timestamptz); INSERT INTO orders VALUES(1, "
      "'2026-10-31 10:00:00Z')");
  auto source = erp.Open();
  PGconn* slow = PQconnectdb(Server()->dsn().c_str());
  PQclear(PQexec(slow,
                 ("BEGIN; INSERT INTO " + erp.schema + ".orders VALUES(2, '2026-10-31 10:00:01Z')").c_str()));
  erp.Run("INSERT INTO orders VALUES(3, '2026-10-31 10:00:05Z')");
  EXPECT_THAT(Ids(*source), ElementsAre("1", "3"));
  PQclear(PQexec(slow, "COMMIT"));
  PQfinish(slow);
  EXPECT_THAT(Ids(*source), ElementsAre("1", "2", "3"));
}

TEST(Postgres, RowsWithoutKeyOrWithEqualKeysAreNotLost) {
  NEEDS_SERVER();
  Erp erp;
  erp.Run(
      "CREATE TABLE orders(id text, n int); INSERT INTO orders VALUES('a',1), ('a',2), ('a',3), (NULL,4), "
      "('b',5), (NULL,6), (NULL,7);");
  const ContractRead read = ReadToEnd(*erp.Open(), 2);
  EXPECT_EQ(read.rows.size(), 7u);
  for (std::size_t i = 0; i + 1 < read.positions.size(); ++i) {
    EXPECT_EQ(ReadToEnd(*erp.Open(read.positions[i].position), 1).rows.size(), 7 - read.positions[i].rows);
  }
}

TEST(Postgres, HostileNamesAndValuesAreQuoted) {
  NEEDS_SERVER();
  Erp erp;
  erp.stream.set_table("a\"b; DROP");
  erp.key = {"i'd"};
  erp.Run(
      "CREATE TABLE \"a\"\"b; DROP\"(\"i'd\" text); INSERT INTO \"a\"\"b; DROP\" VALUES('x''; --\\'), "
      "('y\\n\t'), ('z');");
  const ContractRead read = ReadToEnd(*erp.Open(), 1);
  EXPECT_EQ(read.rows.size(), 3u);
  EXPECT_EQ(ReadToEnd(*erp.Open(read.positions[1].position), 1).rows.size(), 1u);
}

TEST(Postgres, MissingThingsAreNamed) {
  NEEDS_SERVER();
  Erp erp;
  erp.Run("CREATE TABLE orders(order_no text)");
  auto opened = erp.Make()->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message(), HasSubstr("no column \"id\""));
  erp.stream.set_table("ordres");
  opened = erp.Make()->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kSourceTable);
  EXPECT_THAT(opened.error().message(), HasSubstr("did you mean \"orders\"?"));
  erp.stream.clear_table();
  erp.stream.set_query("SELECT nonsense(");
  opened = erp.Make()->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kSourceQuery);
}

TEST(PostgresLogin, ErrorsHoldNoSecret) {
  Erp erp;
  for (const char* dsn :
       {"host=/nowhere user=crossbill password=hunter2secret",
        "postgresql://crossbill:hunter2secret@localhost:1/x", "hunter2secret", "postgres:/hunter2secret"}) {
    erp.source.set_dsn(dsn);
    const Status opened = erp.Make()->Open("");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().ToString().find("hunter2secret"), std::string::npos)
        << opened.error().ToString();
  }
}

TEST(Postgres, ReadsAQueryAndNeverWrites) {
  NEEDS_SERVER();
  Erp erp;
  erp.stream.clear_table();
  erp.stream.set_query("SELECT id, upper(name) AS name FROM orders WHERE id > 1;");
  erp.Run("CREATE TABLE orders(id int, name text); INSERT INTO orders VALUES(1,'a'), (2,'b'), (3,'c');");
  EXPECT_THAT(ReadToEnd(*erp.Open(), 1).rows,
              ElementsAre(R"({"id":2,"name":"B"})", R"({"id":3,"name":"C"})"));
  erp.stream.set_query("WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x");
  EXPECT_FALSE(erp.Make()->Open("").ok());
}

TEST(Postgres, FindsTablesKeysAndLines) {
  NEEDS_SERVER();
  Erp erp;
  erp.Run(
      "CREATE TABLE orders(order_no text PRIMARY KEY, updated_at timestamp);"
      "CREATE TABLE order_lines(order_no text REFERENCES orders, line_no int, PRIMARY KEY(order_no, "
      "line_no));");
  const auto found = erp.registry.Find("postgres")->Discover(erp.source, "");
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  ASSERT_EQ(found->size(), 2u);
  EXPECT_THAT((*found)[1].key, ElementsAre("order_no"));
  EXPECT_THAT((*found)[1].cursor, ElementsAre("updated_at"));
  ASSERT_EQ((*found)[1].children.size(), 1u);
  EXPECT_EQ((*found)[1].children[0].child, "order_lines");
}

TEST(PgValues, CopyLinesSurviveAnyText) {
  Arena arena;
  Value cells[3];
  const std::vector<PgColumn> columns = {{"a", 25}, {"b", 25}, {"c", 23}};
  EXPECT_TRUE(ParseCopyLine("k\tx\\ty\\\\N\t\\N\t-7", 1, columns, TimeZone(), arena, cells));
  EXPECT_EQ(cells[0].AsText(), "x\ty\\N");
  EXPECT_TRUE(cells[1].IsNull());
  EXPECT_EQ(cells[2].AsInt(), -7);
  EXPECT_EQ(CopyPrefix("a\tb\tc", 2), "a\tb");
  EXPECT_THAT(CopyFields("a\\tb\t\t\\N"), ElementsAre("a\tb", "", ""));
  EXPECT_FALSE(ParseCopyLine("\xff\tb\t1", 0, columns, TimeZone(), arena, cells));
}

}  // namespace
}  // namespace crossbill::connectors
