#include <gmock/gmock.h>
#include <sqlite3.h>

#include "connectors/sdk/contract.h"
#include "connectors/sdk/registry.h"
#include "connectors/sdk/test_folder.h"
#include "sqlite_config.pb.h"

namespace crossbill::connectors {
void Register_sqlite(ConnectorRegistry&);
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void Run(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message << " in " << sql;
  sqlite3_free(message);
  sqlite3_close(db);
}

// A database in a folder, and a stream of it.
struct Shop {
  TestFolder folder;
  config::v1::SqliteSource source;
  config::v1::SqliteStream stream;
  std::vector<std::string> key = {"id"};
  ConnectorRegistry registry;
  const Clock* clock = nullptr;

  Shop() {
    Register_sqlite(registry);
    source.set_path("shop.sqlite");
    stream.set_table("orders");
  }
  void Run(const std::string& sql) { connectors::Run(folder.path("shop.sqlite"), sql); }
  std::unique_ptr<Source> Make() {
    StreamOptions options{"shop", "orders", "orders", key, &source, &stream, folder.path(), clock, nullptr};
    return std::move(registry.Find("sqlite")->MakeSource(options)).value();
  }
  std::unique_ptr<Source> Open(std::string_view position = {}) {
    auto made = Make();
    const Status opened = made->Open(position);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().ToString());
    return made;
  }
};

struct SqliteContract {
  static constexpr bool kBadRows = true;
  static constexpr bool kReadsAgain = true;
  Shop shop;
  void Write(const std::vector<ContractRow>& rows) {
    shop.Run("DROP TABLE IF EXISTS orders; CREATE TABLE orders(id INTEGER, name TEXT);");
    for (const ContractRow& row : rows) {
      shop.Run("INSERT INTO orders VALUES(" + std::to_string(row.id) + ", " +
               (row.bad ? "CAST(x'ff20' AS TEXT)" : "'" + row.name + "'") + ")");
    }
  }
  std::unique_ptr<Source> Make() { return shop.Make(); }
  void Remove() { std::filesystem::remove(shop.folder.path("shop.sqlite")); }
  std::string secret() { return ""; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ConnectorContract, SqliteContract);

struct SqliteCursorContract : SqliteContract {
  void Write(const std::vector<ContractRow>& rows) {
    shop.stream.mutable_cursor()->add_columns("changed");
    shop.Run(
        "DROP TABLE IF EXISTS orders; CREATE TABLE orders(id TEXT PRIMARY KEY, name TEXT, changed TEXT);");
    for (const ContractRow& row : rows) {
      shop.Run("INSERT INTO orders VALUES('" + std::string(1, static_cast<char>('A' + row.id)) + "', " +
               (row.bad ? "CAST(x'ff20' AS TEXT)" : "'" + row.name + "'") +
               ", '2026-10-31 10:00:" + std::to_string(10 + row.id / 3) + "')");
    }
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteCursor, ConnectorContract, SqliteCursorContract);

TEST(Sqlite, GivesValuesByStorageClassAndDeclaredType) {
  Shop shop;
  shop.Run(
      "CREATE TABLE orders(id INTEGER PRIMARY KEY, name TEXT, net numeric(15,2), real REAL, any_, d DATE, b "
      "BLOB);"
      "INSERT INTO orders VALUES(1, '客户', '6545.00', 0.1, 'x', '2026-10-31', x'00ff');"
      "INSERT INTO orders VALUES(2, NULL, '20.38', 1e22, 7, 20261031, NULL);"
      "INSERT INTO orders VALUES(3, '', 'three', -3.0, 2.5, NULL, NULL);");
  auto source = shop.Open();
  const ContractRead read = ReadToEnd(*source, 10);
  EXPECT_THAT(
      read.rows,
      ElementsAre(
          R"({"id":1,"name":"客户","net":6545,"real":0.1,"any_":"x","d":"2026-10-31","b":"00ff"})",
          R"({"id":2,"name":null,"net":20.38,"real":10000000000000000000000,"any_":7,"d":20261031,"b":null})",
          R"({"id":3,"name":"","net":"three","real":-3,"any_":2.5,"d":null,"b":null})"));
  const auto& columns = source->schema().columns();
  EXPECT_EQ(columns[0].type, ValueType::kInt);
  EXPECT_EQ(columns[1].type, ValueType::kText);
  EXPECT_EQ(columns[2].type, ValueType::kDecimal);
  EXPECT_EQ(columns[5].type, ValueType::kNull);
  EXPECT_TRUE(source->needs_diff());
}

TEST(Sqlite, ReadsChildrenInOrderAndReportsOrphans) {
  Shop shop;
  shop.key = {"vbeln"};
  shop.stream.set_table("vbak");
  auto& lines = (*shop.stream.mutable_children())["lines"];
  lines.set_table("vbap");
  (*lines.mutable_on())["vbeln"] = "vbeln";
  lines.add_order_by("posnr");
  shop.Run(
      "CREATE TABLE vbak(vbeln char(10)); CREATE TABLE vbap(vbeln char(10), posnr char(6));"
      "INSERT INTO vbak VALUES('0002'), ('0001'), ('0003');"
      "INSERT INTO vbap VALUES('0001','20'), ('0003','10'), ('0001','10'), ('7700','10'), ('7700','20'), "
      "(NULL,'30');");
  for (const std::size_t size : {1, 2, 10}) {
    auto source = shop.Open();
    std::vector<std::string> got;
    std::vector<std::string> orphans;
    bool end = false;
    while (!end) {
      auto batch = source->Read(size);
      ASSERT_TRUE(batch.ok()) << batch.error().ToString();
      for (const Row& row : batch->rows) {
        got.push_back(std::string(row.cells[0].AsText()) + JsonOf(row.children[0]));
      }
      for (const BadRow& bad : batch->bad_rows) {
        EXPECT_EQ(bad.error.code(), Code::kRowOrphan);
        EXPECT_EQ(bad.stream, "vbap");
        orphans.push_back(bad.key + bad.raw);
      }
      end = batch->at_end;
    }
    EXPECT_THAT(got, ElementsAre(R"(0001[{"vbeln":"0001","posnr":"10"},{"vbeln":"0001","posnr":"20"}])",
                                 "0002[]", R"(0003[{"vbeln":"0003","posnr":"10"}])"));
    EXPECT_THAT(orphans,
                ElementsAre(R"(|30{"vbeln":null,"posnr":"30"})", R"(7700|10{"vbeln":"7700","posnr":"10"})",
                            R"(7700|20{"vbeln":"7700","posnr":"20"})"));
  }
}

TEST(Sqlite, ChildrenByTwoColumnsOfOtherNamesAndTypes) {
  Shop shop;
  auto& lines = (*shop.stream.mutable_children())["lines"];
  lines.set_table("items");
  (*lines.mutable_on())["order_id"] = "id";
  (*lines.mutable_on())["firm"] = "firm";
  shop.Run(
      "CREATE TABLE orders(id INTEGER, firm TEXT); CREATE TABLE items(firm TEXT, order_id INTEGER, n INTEGER "
      "PRIMARY KEY);"
      "INSERT INTO orders VALUES(1,'A'), (1,'B'), (2,'A'); INSERT INTO items VALUES('B',1,1), ('A',2,2), "
      "('A',1,3), ('A',1,4);");
  auto source = shop.Open();
  auto batch = source->Read(10);
  ASSERT_TRUE(batch.ok()) << batch.error().ToString();
  ASSERT_EQ(batch->rows.size(), 3u);
  std::size_t children = 0;
  for (const Row& row : batch->rows) {
    for (const Value& item : row.children[0].AsList()) {
      EXPECT_EQ(item.Find("order_id")->AsInt(), row.cells[0].AsInt());
      EXPECT_EQ(item.Find("firm")->AsText(), row.cells[1].AsText());
      ++children;
    }
  }
  EXPECT_EQ(children, 4u);
}

std::vector<std::string> Ids(Source& source) {
  std::vector<std::string> ids;
  bool end = false;
  while (!end) {
    auto batch = source.Read(2);
    EXPECT_TRUE(batch.ok());
    for (const Row& row : batch->rows) {
      ids.push_back(TextOf(row.cells[0]));
    }
    end = batch->at_end;
  }
  return ids;
}

TEST(Sqlite, ACursorReadsTheWindowTiesLateCommitsAndNulls) {
  Shop shop;
  shop.stream.mutable_cursor()->add_columns("changed");
  shop.stream.mutable_cursor()->set_lookback("10m");
  shop.Run(
      "CREATE TABLE orders(id TEXT PRIMARY KEY, changed TEXT);"
      "INSERT INTO orders VALUES('a','2026-10-31 09:00:00'), ('b','2026-10-31 10:00:00'), ('c','2026-10-31 "
      "10:00:00'), ('n',NULL);");
  auto source = shop.Open();
  EXPECT_THAT(Ids(*source), ElementsAre("a", "b", "c", "n"));
  EXPECT_THAT(Ids(*source), ElementsAre()) << "nothing was written";
  // A tie, a late commit within the look-back, one before it, and a new NULL.
  shop.Run(
      "INSERT INTO orders VALUES('bb','2026-10-31 10:00:00'), ('late','2026-10-31 09:55:00'), "
      "('old','2026-10-31 09:10:00'), ('m',NULL)");
  EXPECT_THAT(Ids(*source), ElementsAre("late", "b", "bb", "c", "m", "n"));
  shop.Run("UPDATE orders SET changed = '2026-10-31 11:00:00' WHERE id = 'a'");
  EXPECT_THAT(Ids(*source), ElementsAre("late", "b", "bb", "c", "a", "m", "n"));
  shop.Run("DELETE FROM orders WHERE id = 'm'");
  EXPECT_THAT(Ids(*source), ElementsAre("a", "n"));
}

// Looking for rows without a cursor reads the whole table.
TEST(Sqlite, RowsWithoutCursorAreLookedForNowAndThen) {
  Shop shop;
  TickingClock clock;
  shop.clock = &clock;
  shop.stream.mutable_cursor()->add_columns("changed");
  shop.stream.mutable_cursor()->set_lookback("0");
  shop.Run("CREATE TABLE orders(id TEXT, changed INTEGER); INSERT INTO orders VALUES('a',1), ('n',NULL);");
  auto source = shop.Open();
  EXPECT_THAT(Ids(*source), ElementsAre("a", "n"));
  shop.Run("INSERT INTO orders VALUES('b',2), ('m',NULL)");
  EXPECT_THAT(Ids(*source), ElementsAre("a", "b"));
  EXPECT_THAT(Ids(*source), ElementsAre()) << "nothing was written";
  clock.Advance(1'000'000);
  EXPECT_THAT(Ids(*source), ElementsAre("b", "m", "n")) << "what the last pass left";
  EXPECT_THAT(Ids(*source), ElementsAre());
}

TEST(Sqlite, ARowChangedWhileScanningIsReadAgain) {
  Shop shop;
  shop.stream.mutable_cursor()->add_columns("changed");
  shop.Run(
      "CREATE TABLE orders(id TEXT PRIMARY KEY, changed INTEGER); INSERT INTO orders VALUES('a',1), ('b',2), "
      "('c',3);");
  auto source = shop.Open();
  auto batch = source->Read(2);
  ASSERT_TRUE(batch.ok());
  shop.Run("UPDATE orders SET changed = 4 WHERE id = 'a'");
  auto resumed = shop.Open(batch->next);
  EXPECT_THAT(Ids(*resumed), ElementsAre("c", "a"));
}

TEST(Sqlite, RowsWithoutKeyOrWithEqualKeysAreNotLost) {
  Shop shop;
  shop.Run(
      "CREATE TABLE orders(id TEXT, n INTEGER); INSERT INTO orders VALUES('a',1), ('a',2), ('a',3), "
      "(NULL,4), ('b',5), (NULL,6), (NULL,7);");
  auto source = shop.Open();
  const ContractRead read = ReadToEnd(*source, 2);
  EXPECT_EQ(read.rows.size(), 7u);
  const ContractRead at_once = ReadToEnd(*shop.Open(), 100);
  EXPECT_EQ(read.rows, at_once.rows);
}

TEST(Sqlite, AMissingTableOrColumnNamesTheNearest) {
  Shop shop;
  shop.Run("CREATE TABLE orders(order_no TEXT); CREATE TABLE invoices(x);");
  auto source = shop.Make();
  auto opened = source->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message(), HasSubstr("no column \"id\" in table \"orders\""));
  EXPECT_THAT(opened.error().message(), HasSubstr("order_no"));
  shop.stream.set_table("ordres");
  opened = shop.Make()->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kSourceTable);
  EXPECT_THAT(opened.error().message(), HasSubstr("did you mean \"orders\"?"));
}

TEST(Sqlite, AQueryIsReadAndOnlyASelectIsTaken) {
  Shop shop;
  shop.stream.set_query("SELECT id, upper(name) AS name FROM orders WHERE id > 1;");
  shop.stream.clear_table();
  shop.Run("CREATE TABLE orders(id INTEGER, name TEXT); INSERT INTO orders VALUES(1,'a'), (2,'b'), (3,'c');");
  EXPECT_THAT(ReadToEnd(*shop.Open(), 1).rows,
              ElementsAre(R"({"id":2,"name":"B"})", R"({"id":3,"name":"C"})"));
  shop.stream.set_query("DELETE FROM orders");
  EXPECT_FALSE(shop.Make()->Open("").ok());
}

TEST(Sqlite, FindsTablesKeysCursorsAndLines) {
  Shop shop;
  shop.Run(
      "CREATE TABLE orders(order_no TEXT PRIMARY KEY, updated_at TEXT);"
      "CREATE TABLE order_lines(order_no TEXT, line_no INTEGER, PRIMARY KEY(order_no, line_no));"
      "CREATE TABLE kna1(kunnr char(10), name1 varchar(35)); INSERT INTO kna1 VALUES('1','x'), ('2','x');");
  const auto found = shop.registry.Find("sqlite")->Discover(shop.source, shop.folder.path());
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  ASSERT_EQ(found->size(), 3u);
  EXPECT_THAT((*found)[0].key, ElementsAre("kunnr"));
  EXPECT_THAT((*found)[2].key, ElementsAre("order_no"));
  EXPECT_THAT((*found)[2].cursor, ElementsAre("updated_at"));
  ASSERT_EQ((*found)[2].children.size(), 1u);
  EXPECT_EQ((*found)[2].children[0].child, "order_lines");
}

}  // namespace
}  // namespace crossbill::connectors
