// The embedded bus: records committed and polled in a second, state read and put, and the memory that it
// takes. Records have 300 bytes and five headers, as canonical events do; a transaction has 5,000 of them.
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "bus/embedded/embedded_bus.h"

namespace crossbill::bus {
namespace {

constexpr int kRecords = 5000;
constexpr int kPartitions = 4;

class TempBus {
 public:
  explicit TempBus(bool sync) {
    std::string name = (std::filesystem::temp_directory_path() / "crossbill-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      std::abort();
    }
    path_ = name;
    bus = OpenEmbeddedBus({.path = path_, .sync_commits = sync}).value();
    if (!bus->CreateTopics({{"t", kPartitions, false, {}}, {"compacted", kPartitions, true, {}}}).ok()) {
      std::abort();
    }
  }
  ~TempBus() {
    bus.reset();
    std::filesystem::remove_all(path_);
  }
  std::int64_t BytesOnDisk() const {
    std::int64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      bytes += static_cast<std::int64_t>(entry.file_size());
    }
    return bytes;
  }
  std::unique_ptr<Bus> bus;

 private:
  std::string path_;
};

// Events that look like events: some of the bytes repeat from record to record, some do not.
class Events {
 public:
  Events() {
    std::mt19937_64 random(1);
    for (int i = 0; i < kRecords; ++i) {
      std::string value =
          "\x0a\x03"
          "erp\x12\x06"
          "orders\x1a\x0a" +
          std::to_string(4500000000 + i) +
          "\x22\x08"
          "20260103";
      while (value.size() < 180) {
        value += " " + std::to_string(random() % 100000) + " SKU-" + std::to_string(random() % 900);
      }
      values_.push_back(value);
      keys_.push_back("erp/orders/" + std::to_string(4500000000 + i));
      ids_.push_back(std::to_string(random()) + std::to_string(random()));
    }
  }
  void SendAll(Producer& producer, std::string_view topic, std::size_t round = 0) const {
    std::string key;
    for (std::size_t i = 0; i < kRecords; ++i) {
      key = keys_[i];
      if (round > 0) {
        key += "/" + std::to_string(round);
      }
      const std::array<HeaderView, 5> headers = {
          HeaderView{"ce_id", ids_[i]}, HeaderView{"ce_type", "crossbill.v1.Order"},
          HeaderView{"ce_source", "erp/orders"}, HeaderView{"ce_subject", keys_[i]},
          HeaderView{"content-type", "application/protobuf"}};
      RecordView record;
      record.key = key;
      record.value = values_[i];
      record.headers = headers;
      record.timestamp_ms = 1'800'000'000'000 + static_cast<std::int64_t>(i);
      if (!producer.Send(topic, -1, record).ok()) {
        std::abort();
      }
    }
  }

 private:
  std::vector<std::string> values_;
  std::vector<std::string> keys_;
  std::vector<std::string> ids_;
};

void Check(const Status& status) {
  if (!status.ok()) {
    std::abort();
  }
}

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Including what RocksDB's threads do meanwhile.
double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Bytes that this process has given to write(), of all threads: log, flushes and compactions.
double WrittenBytes() {
  std::ifstream io("/proc/self/io");
  std::string word;
  double bytes = 0;
  while (io >> word) {
    if (word == "wchar:") {
      io >> bytes;
    }
  }
  return bytes;
}

void BM_Commit(benchmark::State& state) {
  TempBus temp(state.range(0) != 0);
  const Events events;
  auto producer = temp.bus->OpenProducer("p").value();
  const double cpu = CpuSeconds();
  const double written = WrittenBytes();
  for (auto _ : state) {
    Check(producer->Begin());
    events.SendAll(*producer, "t");
    Check(producer->Commit());
  }
  const auto records = state.iterations() * kRecords;
  state.counters["written_per_record"] = (WrittenBytes() - written) / static_cast<double>(records);
  state.SetItemsProcessed(records);
  state.counters["cpu_s_per_million"] = (CpuSeconds() - cpu) / static_cast<double>(records) * 1e6;
  state.counters["disk_bytes_per_record"] =
      static_cast<double>(temp.BytesOnDisk()) / static_cast<double>(records);
  state.counters["peak_mb"] = PeakMegabytes();
}
BENCHMARK(BM_Commit)->Arg(0)->Arg(1)->ArgName("sync")->UseRealTime()->Unit(benchmark::kMillisecond);

// A compacted topic of 100,000 keys that is written over and over, with the maintenance that goes with it.
void BM_CommitCompacted(benchmark::State& state) {
  TempBus temp(false);
  const Events events;
  auto producer = temp.bus->OpenProducer("p").value();
  const double cpu = CpuSeconds();
  const double written = WrittenBytes();
  std::size_t round = 0;
  for (auto _ : state) {
    Check(producer->Begin());
    events.SendAll(*producer, "compacted", 1 + round++ % 20);
    Check(producer->Commit());
    Check(temp.bus->Maintain(1'800'000'000'000));
  }
  const auto records = state.iterations() * kRecords;
  state.SetItemsProcessed(records);
  state.counters["cpu_s_per_million"] = (CpuSeconds() - cpu) / static_cast<double>(records) * 1e6;
  state.counters["written_per_record"] = (WrittenBytes() - written) / static_cast<double>(records);
  state.counters["disk_mb"] = static_cast<double>(temp.BytesOnDisk()) / 1e6;
  state.counters["peak_mb"] = PeakMegabytes();
}
BENCHMARK(BM_CommitCompacted)->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_Poll(benchmark::State& state) {
  TempBus temp(false);
  const Events events;
  auto producer = temp.bus->OpenProducer("p").value();
  constexpr int kTransactions = 100;
  for (int i = 0; i < kTransactions; ++i) {
    Check(producer->Begin());
    events.SendAll(*producer, "t");
    Check(producer->Commit());
  }
  std::vector<TopicPartition> all;
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    all.push_back({"t", p});
  }
  std::int64_t records = 0;
  std::size_t bytes = 0;
  const double cpu = CpuSeconds();
  for (auto _ : state) {
    auto consumer = temp.bus->OpenConsumer("g").value();
    Check(consumer->Assign(all));
    while (true) {
      const auto batch = consumer->Poll(2000, 0);
      if (!batch.ok() || batch->next_offsets.empty()) {
        break;
      }
      for (const FetchedRecord& fetched : batch->records) {
        bytes += fetched.record.value->size();
      }
      records += static_cast<std::int64_t>(batch->records.size());
    }
  }
  benchmark::DoNotOptimize(bytes);
  state.SetItemsProcessed(records);
  state.counters["cpu_s_per_million"] = (CpuSeconds() - cpu) / static_cast<double>(records) * 1e6;
  state.counters["peak_mb"] = PeakMegabytes();
}
BENCHMARK(BM_Poll)->UseRealTime()->Unit(benchmark::kMillisecond);

// One transaction of a stage: for each of 5,000 documents read one key, write it, and read three that are not
// there.
void BM_State(benchmark::State& state) {
  TempBus temp(false);
  auto producer = temp.bus->OpenProducer("p").value();
  StateStore* const store = producer->OpenState("s").value();
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const std::string value(300, 'v');
  std::mt19937_64 random(1);
  std::int64_t documents = 0;
  const double cpu = CpuSeconds();
  for (auto _ : state) {
    Check(producer->Begin());
    for (int i = 0; i < kRecords; ++i, ++documents) {
      const std::string key = "document/" + std::to_string(random() % keys);
      if (!store->Get(key).ok()) {
        std::abort();
      }
      for (int j = 0; j < 3; ++j) {
        if (!store->Get("missing/" + std::to_string(random() % keys)).ok()) {
          std::abort();
        }
      }
      store->Put(key, value);
    }
    Check(producer->Commit());
  }
  state.SetItemsProcessed(documents);
  state.counters["cpu_s_per_million"] = (CpuSeconds() - cpu) / static_cast<double>(documents) * 1e6;
  state.counters["peak_mb"] = PeakMegabytes();
}
BENCHMARK(BM_State)->Arg(2'000)->Arg(200'000)->ArgName("keys")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crossbill::bus

BENCHMARK_MAIN();
