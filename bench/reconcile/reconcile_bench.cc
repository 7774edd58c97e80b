// Documents a second through the stages reconcile and publish on the bus in memory, one thread. Items are
// documents.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bus/embedded/embedded_bus.h"
#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "bus/topics.h"
#include "transforms/reconcile/fixture.h"
#include "transforms/reconcile/publish.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/sdk/task.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kBatch = 4096;
const bus::Topics kTopics("bench", 1);

struct Event {
  std::string customer;
  std::string value;
};

// One trade: an order in three systems, its shipment in two, its invoice in two, its payment in two, and a
// quote: ten documents.
void AddTrade(int number, std::string_view customer, std::vector<Event>& events) {
  const std::string order = fmt::format("45{:07}", number);
  const std::string shipment = fmt::format("80{:07}", number);
  const std::string invoice = fmt::format("90{:07}", number);
  const std::string po = fmt::format("PO-77{:07}", number);
  const std::string net = fmt::format("{}.00", 100 + number % 9973);
  const std::string gross = fmt::format("{}.00", 119 + number % 9973);
  const std::string ordered = fmt::format("2026-{:02}-{:02}", 1 + number / 28 % 6, 1 + number % 28);
  const std::string paid = fmt::format("2026-{:02}-{:02}", 7 + number / 28 % 6, 1 + number % 28);
  const auto lines = [&](Doc& doc, bool priced) -> Doc& {
    doc.Line("KE-1000-C", "2", priced ? "30.00" : "").LineRef(v1::Reference::ORDER, order, "10");
    return doc.Line("BA-1023-B", "1", priced ? "40.00" : "").LineRef(v1::Reference::ORDER, order, "20");
  };
  std::vector<Doc> docs;
  docs.push_back(Doc(kQuote, "crm", "Q" + order).Number("Q-" + order).On(ordered));
  docs.push_back(Doc(kOrder, "crm", "SO" + order)
                     .Number("SO-" + order)
                     .On(ordered)
                     .Total(net, "EUR")
                     .Gross(gross)
                     .Ref(v1::Reference::CUSTOMER_PO, po)
                     .Ref(v1::Reference::QUOTE, "Q-" + order));
  docs.push_back(Doc(kOrder, "erp", order)
                     .Number(order)
                     .On(ordered)
                     .Total(net, "EUR")
                     .Ref(v1::Reference::CUSTOMER_PO, po)
                     .Line("KE-1000-C", "2", "30.00")
                     .Line("BA-1023-B", "1", "40.00"));
  docs.push_back(Doc(kOrder, "oms", po)
                     .Number(po)
                     .On(ordered)
                     .Total(net, "EUR")
                     .Line("KE-1000-C", "2", "30.00")
                     .Line("BA-1023-B", "1", "40.00"));
  Doc shipped = Doc(kShipment, "erp", shipment).Number(shipment).On(ordered).Tracking("SF" + shipment);
  docs.push_back(lines(shipped, false));
  docs.push_back(Doc(kShipment, "oms", po)
                     .Number(po + "-1")
                     .On(ordered)
                     .Tracking("SF" + shipment)
                     .Ref(v1::Reference::ORDER, po));
  Doc billed = Doc(kInvoice, "erp", invoice)
                   .Number(invoice)
                   .On(ordered)
                   .Total(net, "EUR")
                   .Gross(gross)
                   .Ref(v1::Reference::SHIPMENT, shipment);
  docs.push_back(lines(billed, true));
  docs.push_back(Doc(kInvoice, "finance", "F" + invoice)
                     .Number("F" + invoice)
                     .On(ordered)
                     .Total(net, "EUR")
                     .Gross(gross)
                     .Ref(v1::Reference::OTHER, fmt::format("RE {} / AB {}", invoice, order)));
  docs.push_back(Doc(kPayment, "finance", "R" + invoice)
                     .Number("R" + invoice)
                     .On(paid)
                     .Total(gross, "EUR")
                     .Text("pays " + invoice));
  docs.back().message().set_bank_reference("26" + invoice);
  docs.push_back(Doc(kPayment, "bank", "26" + invoice)
                     .Number("26" + invoice)
                     .On(paid)
                     .Total(gross, "EUR")
                     .Text("pays " + invoice));
  for (const Doc& doc : docs) {
    events.push_back({std::string(customer), doc.Routed(1)});
  }
}

void Require(const Status& status) { CROSSBILL_CHECK(status.ok()); }

void Send(bus::Producer& producer, const std::vector<Event>& events) {
  Require(producer.Begin());
  for (const Event& event : events) {
    bus::RecordView record;
    record.key = event.customer;
    record.value = event.value;
    Require(producer.Send(kTopics.Reconcile(), -1, record));
  }
  Require(producer.Commit());
}

// A bus with the events on the topic that reconcile reads.
std::unique_ptr<bus::Bus> Load(const std::vector<Event>& events) {
  std::unique_ptr<bus::Bus> bus = bus::MakeMemoryBus();
  Require(bus->CreateTopics(bus::SpecsOf(kTopics)));
  Send(*bus->OpenProducer("bench").value(), events);
  return bus;
}

void Drain(Task& task, Date as_of) {
  for (bool busy = true; busy;) {
    const Task::Progress progress = task.Step(as_of, 0).value();
    busy = progress.records > 0 || progress.owes;
  }
}

void Run(benchmark::State& state, const std::vector<Event>& events) {
  const Date as_of = Date::Parse("2026-12-31").value();
  TaskOptions options;
  options.prefix = kTopics.prefix();
  options.max_records = kBatch;
  for (auto _ : state) {
    state.PauseTiming();
    std::unique_ptr<bus::Bus> bus = Load(events);
    auto reconcile = Task::Open(*bus, ReconcileStage(kTopics, TestOptions()), options).value();
    auto publish = Task::Open(*bus, PublishStage(kTopics), options).value();
    state.ResumeTiming();
    Drain(*reconcile, as_of);
    Drain(*publish, as_of);
    state.PauseTiming();
    CROSSBILL_CHECK(bus->Range({kTopics.Unified("order"), 0}).value().end > 0);
    publish.reset();
    reconcile.reset();
    bus.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events.size()));
}

// The ten documents of a customer come one behind the other.
void BM_TenDocumentsACustomer(benchmark::State& state) {
  std::vector<Event> events;
  for (int i = 0; i < 5000; ++i) {
    AddTrade(i, fmt::format("customers/{:08}", i), events);
  }
  Run(state, events);
}

// A first load: the sources come one behind the other, so that every customer is touched ten times.
void BM_TenDocumentsACustomerBySource(benchmark::State& state) {
  std::vector<Event> by_customer;
  for (int i = 0; i < 5000; ++i) {
    AddTrade(i, fmt::format("customers/{:08}", i), by_customer);
  }
  std::vector<Event> events;
  for (std::size_t kind = 0; kind < 10; ++kind) {
    for (std::size_t i = kind; i < by_customer.size(); i += 10) {
      events.push_back(by_customer[i]);
    }
  }
  Run(state, events);
}

// All of one customer: 20 000 documents in batches.
void BM_OneLargeCustomer(benchmark::State& state) {
  std::vector<Event> events;
  for (int i = 0; i < 2000; ++i) {
    AddTrade(i, "customers/large", events);
  }
  std::mt19937 random(20261031);
  std::shuffle(events.begin(), events.end(), random);
  Run(state, events);
}

// The peak of the process's memory so far, in megabytes.
double PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stod(line.substr(6)) / 1024;
    }
  }
  return 0;
}

// One customer with many documents on the embedded bus, and steps that bring 100 more, of ten trades each:
// what one of those costs. Arguments: documents at first; whether it is a crowd, or is reconciled as a whole.
void BM_StepOfACustomer(benchmark::State& state) {
  const auto documents = static_cast<int>(state.range(0));
  const Date as_of = Date::Parse("2026-12-31").value();
  const std::string folder = (std::filesystem::temp_directory_path() / "crossbill-bench-crowd").string();
  std::filesystem::remove_all(folder);
  {
    bus::EmbeddedOptions bus_options;
    bus_options.path = folder;
    std::unique_ptr<bus::Bus> bus = bus::OpenEmbeddedBus(bus_options).value();
    Require(bus->CreateTopics(bus::SpecsOf(kTopics)));
    ReconcileOptions options = TestOptions();
    options.crowd = state.range(1) != 0 ? 500 : SIZE_MAX;
    TaskOptions task_options;
    task_options.prefix = kTopics.prefix();
    task_options.max_records = kBatch;
    auto reconcile = Task::Open(*bus, ReconcileStage(kTopics, options), task_options).value();
    auto producer = bus->OpenProducer("bench").value();
    int trade = 0;
    for (; trade < documents / 10;) {
      std::vector<Event> events;
      for (int end = std::min(trade + 400, documents / 10); trade < end; ++trade) {
        AddTrade(trade, "customers/large", events);
      }
      Send(*producer, events);
      CROSSBILL_CHECK(reconcile->Step(as_of, 0, Settling::kPutOff).ok());
    }
    Drain(*reconcile, as_of);
    for (auto _ : state) {
      state.PauseTiming();
      std::vector<Event> events;
      for (int end = trade + 10; trade < end; ++trade) {
        AddTrade(trade, "customers/large", events);
      }
      Send(*producer, events);
      state.ResumeTiming();
      Drain(*reconcile, as_of);
    }
  }
  std::filesystem::remove_all(folder);
  state.SetItemsProcessed(state.iterations() * 100);
  state.counters["peak_MB"] = PeakMegabytes();
}

BENCHMARK(BM_StepOfACustomer)
    ->ArgNames({"documents", "crowd"})
    ->ArgsProduct({{1000, 10'000, 100'000, 500'000}, {1, 0}})
    ->Iterations(10)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_TenDocumentsACustomer)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_TenDocumentsACustomerBySource)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_OneLargeCustomer)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crossbill::transforms

BENCHMARK_MAIN();
