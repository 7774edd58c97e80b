// What a change costs the value stage, of a customer with many sales, on the embedded bus: counted by days or
// from all sales each time.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>

#include "bus/embedded/embedded_bus.h"
#include "bus/topic_specs.h"
#include "bus/topics.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/task.h"
#include "transforms/value/stages.h"

namespace crossbill::transforms {
namespace {

constexpr int kBatch = 4096;
constexpr int kDays = 1000;
constexpr int kSalesOfStep = 10;
const bus::Topics kTopics("bench", 1);
const Date kAsOf = Date::Parse("2026-12-31").value();

void Require(const Status& status) { CROSSBILL_CHECK(status.ok()); }

void Send(bus::Producer& producer, int first, int count) {
  Require(producer.Begin());
  for (int number = first; number < first + count; ++number) {
    v1::Sale sale;
    sale.set_document(fmt::format("orders/{:08}", number));
    sale.set_kind(v1::Document::ORDER);
    sale.set_date(kAsOf.PlusDays(-(number * 7919 % kDays)).ToString());
    sale.mutable_amount()->set_amount(fmt::format("{}.50", number % 9973));
    sale.mutable_amount()->set_currency("EUR");
    sale.add_products(fmt::format("P{}", number % 500));
    const std::string value = sale.SerializeAsString();
    bus::RecordView record;
    record.key = "customers/large";
    record.value = value;
    Require(producer.Send(kTopics.Sales(), 0, record));
  }
  Require(producer.Commit());
}

void Drain(Task& task) {
  for (bool busy = true; busy;) {
    const auto progress = task.Step(kAsOf, 0);
    CROSSBILL_CHECK(progress.ok());
    busy = progress->records > 0 || progress->owes;
  }
}

// Arguments: sales at first; whether they are counted by days.
void BM_StepOfACustomer(benchmark::State& state) {
  const auto sales = static_cast<int>(state.range(0));
  const std::string folder = (std::filesystem::temp_directory_path() / "crossbill-bench-value").string();
  std::filesystem::remove_all(folder);
  {
    bus::EmbeddedOptions bus_options;
    bus_options.path = folder;
    const std::unique_ptr<bus::Bus> bus = bus::OpenEmbeddedBus(bus_options).value();
    Require(bus->CreateTopics(bus::SpecsOf(kTopics)));
    ValueOptions options;
    options.many_sales = state.range(1) != 0 ? 1 : std::numeric_limits<std::size_t>::max();
    TaskOptions task_options;
    task_options.prefix = kTopics.prefix();
    task_options.max_records = kBatch;
    const auto task = Task::Open(*bus, ValueStage(kTopics, options), task_options).value();
    const auto producer = bus->OpenProducer("bench").value();
    int sent = 0;
    for (; sent < sales; sent += std::min(kBatch, sales - sent)) {
      Send(*producer, sent, std::min(kBatch, sales - sent));
      CROSSBILL_CHECK(task->Step(kAsOf, 0, Settling::kPutOff).ok());
    }
    Drain(*task);
    Send(*producer, sent++, 1);  // by days, the first time counts each of them
    Drain(*task);
    for (auto _ : state) {
      state.PauseTiming();
      Send(*producer, sent, kSalesOfStep);
      sent += kSalesOfStep;
      state.ResumeTiming();
      Drain(*task);
    }
  }
  std::filesystem::remove_all(folder);
}

BENCHMARK(BM_StepOfACustomer)
    ->ArgNames({"sales", "by_days"})
    ->ArgsProduct({{1000, 10'000, 100'000, 500'000}, {1, 0}})
    ->Iterations(10)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crossbill::transforms

BENCHMARK_MAIN();
