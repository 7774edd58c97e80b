// How fast the readers are by themselves: rows a second of one core, without mapping and bus.
#include <benchmark/benchmark.h>
#include <google/protobuf/message.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "bus/memory/memory_bus.h"
#include "config/reader.h"
#include "connectors/all/all_connectors.h"
#include "connectors/sdk/seen_set.h"

namespace crossbill::connectors {
namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/crossbill-bench-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  void Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
  }

 private:
  std::string path_;
};

struct NoVariables final : config::Variables {
  const std::string* Find(std::string_view) const override { return nullptr; }
};

// A source as YAML describes it.
class Configured {
 public:
  Configured(const std::string& kind, const std::string& source_yaml, const std::string& stream_yaml,
             std::string directory) {
    RegisterAll(registry_);
    connector_ = registry_.Find(kind);
    source_ = connector_->NewSourceConfig();
    stream_ = connector_->NewStreamConfig();
    Fill(source_yaml, *source_);
    Fill(stream_yaml, *stream_);
    options_ = {"bench", "orders", "orders", {"id"}, source_.get(), stream_.get(), std::move(directory),
                nullptr, nullptr};
  }
  std::int64_t ReadAll() const {
    auto source = std::move(connector_->MakeSource(options_)).value();
    CROSSBILL_CHECK(source->Open("").ok());
    std::int64_t rows = 0;
    for (bool end = false; !end;) {
      auto batch = source->Read(4096);
      CROSSBILL_CHECK(batch.ok());
      rows += static_cast<std::int64_t>(batch->rows.size());
      end = batch->at_end;
    }
    return rows;
  }

 private:
  static void Fill(const std::string& yaml, google::protobuf::Message& message) {
    config::Problems problems;
    const auto file = config::ReadYaml("bench.yaml", yaml, NoVariables(), ".", problems);
    config::ReadMessage(*file, file->root, "", {&message}, problems);
    CROSSBILL_CHECK(!problems.HasErrors());
  }

  ConnectorRegistry registry_;
  const Connector* connector_ = nullptr;
  std::unique_ptr<google::protobuf::Message> source_;
  std::unique_ptr<google::protobuf::Message> stream_;
  StreamOptions options_;
};

constexpr int kRows = 200000;

std::string CsvText(const std::string& name) {
  std::string text = "id,number,date,name,street,city,currency,net,tax,gross\n";
  for (int i = 0; i < kRows; ++i) {
    text += std::to_string(i) + ",F24" + std::to_string(1000000 + i) + ",2026-10-31," + name +
            ",\"12 Main Street, Floor " + std::to_string(i % 40) + "\",Chicago,CNY," + std::to_string(i) +
            ".50,13.00," + std::to_string(i + 13) + ".50\n";
  }
  return text;
}

void ReadCsv(benchmark::State& state, const std::string& encoding, const std::string& name) {
  const Folder folder;
  const std::string text = CsvText(name);
  folder.Write("a.csv", text);
  const Configured csv("csv", "path: .\nencoding: " + encoding, "files: \"*.csv\"", folder.path());
  std::int64_t rows = 0;
  for (auto _ : state) {
    rows += csv.ReadAll();
  }
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * rows / kRows);
}

void BM_CsvUtf8(benchmark::State& state) { ReadCsv(state, "utf-8", "Northgate Stores Inc"); }
void BM_CsvUtf8Chinese(benchmark::State& state) { ReadCsv(state, "utf-8", "厦门佳远文化传播有限公司"); }
// 厦门佳远文化传播有限公司 in GB18030.
void BM_CsvGb18030(benchmark::State& state) {
  ReadCsv(state, "gb18030",
          "\xcf\xc3\xc3\xc5\xbc\xd1\xd4\xb6\xce\xc4\xbb\xaf\xb4\xab\xb2\xa5\xd3\xd0\xcf\xde\xb9\xab\xcb\xbe");
}

void BM_Jsonl(benchmark::State& state) {
  const Folder folder;
  std::string text;
  for (int i = 0; i < kRows; ++i) {
    text +=
        R"({"id": "W26-)" + std::to_string(i) +
        R"(", "placedAt": "2026-09-25T06:49:06+08:00", "customer": {"email": "a@b.example", "name": "厦门佳远"}, "currency": "CNY", "items": [{"sku": "BA-1021-A", "qty": 6, "unitPrice": 1251.59}, {"sku": "UM-1036-C", "qty": 48, "unitPrice": 82.07}], "net": 20010.52})" +
        "\n";
  }
  folder.Write("a.jsonl", text);
  const Configured jsonl("jsonl", "path: .", "files: \"*.jsonl\"", folder.path());
  std::int64_t rows = 0;
  for (auto _ : state) {
    rows += jsonl.ReadAll();
  }
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * rows / kRows);
}

void ReadSqlite(benchmark::State& state, const std::string& stream) {
  const Folder folder;
  sqlite3* db = nullptr;
  sqlite3_open((folder.path() + "/erp.sqlite").c_str(), &db);
  sqlite3_exec(db,
               "CREATE TABLE orders(id TEXT PRIMARY KEY, a TEXT, b TEXT, c TEXT, net numeric(15,2), d TEXT, "
               "e TEXT, f INTEGER);"
               "CREATE TABLE lines(id TEXT, n INTEGER, sku TEXT, qty INTEGER, price numeric(13,2), PRIMARY "
               "KEY(id, n));"
               "WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 200000) INSERT INTO "
               "orders SELECT printf('%010d', x), 'TA', '20261031', "
               "'CNY', x + 0.5, 'PO-26-03526', 'name', x FROM i;"
               "WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 400000) INSERT INTO "
               "lines SELECT printf('%010d', (x + 1) / 2), x, 'KE-1000', 3, 12.5 FROM i;",
               nullptr, nullptr, nullptr);
  sqlite3_close(db);
  const Configured sqlite("sqlite", "path: erp.sqlite", stream, folder.path());
  std::int64_t rows = 0;
  for (auto _ : state) {
    rows += sqlite.ReadAll();
  }
  state.SetItemsProcessed(rows);
}

void BM_Sqlite(benchmark::State& state) { ReadSqlite(state, "table: orders"); }
void BM_SqliteWithLines(benchmark::State& state) {
  ReadSqlite(state, "table: orders\nchildren:\n  lines: {table: lines, on: {id: id}, order_by: [n]}");
}

// With CROSSBILL_BENCH_DSN: a table of a server that the caller started.
void BM_Postgres(benchmark::State& state) {
  const char* dsn = ::getenv("CROSSBILL_BENCH_DSN");
  if (dsn == nullptr) {
    state.SkipWithError("CROSSBILL_BENCH_DSN is not set");
    return;
  }
  const Configured postgres(
      "postgres", "dsn: \"" + std::string(dsn) + "\"",
      "query: \"SELECT lpad(i::text, 10, '0') AS id, 'TA' AS a, '20261031' AS b, 'CNY' AS c, i + 0.5 AS net, "
      "'PO-26' AS d, 'name' AS e, i AS f FROM generate_series(1, 500000) i\"",
      ".");
  std::int64_t rows = 0;
  for (auto _ : state) {
    rows += postgres.ReadAll();
  }
  state.SetItemsProcessed(rows);
}

void BM_SeenSetNote(benchmark::State& state) {
  const auto bus = bus::MakeMemoryBus();
  auto producer = std::move(bus->OpenProducer("bench")).value();
  auto* store = std::move(producer->OpenState("seen")).value();
  std::int64_t notes = 0;
  for (auto _ : state) {
    SeenSet seen(store, "bench" + std::to_string(notes));
    for (std::uint64_t i = 0; i < 1000000;) {
      CROSSBILL_CHECK(producer->Begin().ok());
      for (const std::uint64_t end = i + 20000; i < end; ++i) {
        benchmark::DoNotOptimize(seen.Note({i * 0xC2B2AE3D27D4EB4Fu, i * 0x9E3779B97F4A7C15u}, i));
      }
      CROSSBILL_CHECK(seen.Flush().ok() && producer->Commit().ok());
    }
    notes += 1000000;
  }
  state.SetItemsProcessed(notes);
}

BENCHMARK(BM_CsvUtf8)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CsvUtf8Chinese)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CsvGb18030)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Jsonl)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Sqlite)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SqliteWithLines)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Postgres)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SeenSetNote)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crossbill::connectors

BENCHMARK_MAIN();
