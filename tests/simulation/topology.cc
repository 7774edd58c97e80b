#include "tests/simulation/topology.h"

#include <utility>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "transforms/evidence/evidence.h"
#include "transforms/identity/identity.h"
#include "transforms/identity/judged.h"
#include "transforms/reconcile/publish.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/routing/routing.h"
#include "transforms/value/stages.h"

namespace crossbill::simulation {
namespace {

using transforms::Settling;
using transforms::Stage;
using transforms::Task;
using transforms::TaskOptions;

constexpr std::size_t kCrashOneIn = 25;  // at a point of a step; there are four in one
constexpr int kKeepResolvedDays = 30;    // as-of dates jump by more
constexpr std::size_t kManyRecords = 10'000;
constexpr int kMostRounds = 10'000;  // a topology that never settles is a defect

void Require(const Status& status) {
  if (!status.ok()) {
    CheckFailed(status.error().ToString().c_str(), __FILE__, __LINE__);
  }
}

std::vector<Stage> AllStages(const bus::Topics& topics, std::size_t crowd) {
  const std::vector<std::string> authority = {"erp", "crm"};
  transforms::IdentityOptions identity;
  identity.comparer = transforms::MakeJudged(transforms::kJudgedThreshold, "");
  identity.authority = authority;
  transforms::ReconcileOptions reconcile;
  reconcile.authority = authority;
  reconcile.flush_documents = 6;  // a flush leaves much over
  if (crowd > 0) {
    reconcile.crowd = crowd;
    reconcile.part_documents = crowd + 1;
  }
  transforms::ValueOptions value;
  value.currency = "EUR";
  value.rates.Add("USD", std::nullopt, Decimal(92, 2));
  value.affinity_days = 200;
  value.least_sales = 2;
  return {transforms::IntakeStage(topics),
          transforms::IdentityStage(topics, identity),
          transforms::EvidenceStage(topics),
          transforms::RoutingStage(topics),
          transforms::ReconcileStage(topics, reconcile),
          transforms::PublishStage(topics, {kKeepResolvedDays}),
          transforms::SalesStage(topics),
          transforms::ValueStage(topics, value),
          transforms::MarketStage(topics, value)};
}

}  // namespace

Topology::Topology(std::int32_t partitions, std::size_t crowd)
    : topics_("sim", partitions), bus_(bus::MakeMemoryBus()) {
  Require(bus_->CreateTopics(bus::SpecsOf(topics_)));
  auto feeder = bus_->OpenProducer("feeder");
  CROSSBILL_CHECK(feeder.ok());
  feeder_ = std::move(feeder).value();
  Require(transforms::SendEvent(*feeder_, topics_.Erasures(), ErasureKeyEvent()));
  for (Stage& stage : AllStages(topics_, crowd)) {
    const std::int32_t tasks = stage.single ? 1 : partitions;
    for (std::int32_t p = 0; p < tasks; ++p) {
      workers_.push_back({stage, p, nullptr, nullptr});
    }
  }
}

Topology::~Topology() = default;

void Topology::Feed(const SourceRecordEvent& event) {
  const std::string topic = event.kind == kDecisionKind            ? topics_.Decisions()
                            : event.kind == kExceptionDecisionKind ? topics_.ExceptionDecisions()
                            : event.kind == kDocumentDecisionKind  ? topics_.DocumentDecisions()
                            : event.kind == kErasureKind           ? topics_.Erasures()
                                                                   : topics_.Source(event.kind);
  Require(transforms::SendEvent(*feeder_, topic, event.event));
}

void Topology::Open(Worker& worker, std::size_t max_records, Dice* dice) {
  TaskOptions options;
  options.prefix = "sim";
  options.partition = worker.partition;
  options.partitions = topics_.partitions();
  options.max_records = max_records;
  if (dice != nullptr) {
    options.fault = [dice](std::string_view point) -> Status {
      if (!dice->OneIn(kCrashOneIn)) {
        return Ok();
      }
      return Error(Code::kCancelled, "crash at " + std::string(point));
    };
  }
  auto task = Task::Open(*bus_, worker.stage, options);
  if (!task.ok()) {
    CheckFailed(task.error().ToString().c_str(), __FILE__, __LINE__);
  }
  worker.task = std::move(task).value();
}

bool Topology::Step(Worker& worker, Date as_of, Dice* dice) {
  if (!worker.task) {
    Open(worker, dice != nullptr ? 1 + dice->Below(12) : kManyRecords, dice);
  }
  if (worker.zombie) {
    // It was replaced: whatever it does must be without effect, and it must be told.
    auto woken = worker.zombie->Step(as_of, 0);
    CROSSBILL_CHECK(!woken.ok() || woken->records == 0);
    worker.zombie.reset();
  }
  const auto settling = dice != nullptr ? static_cast<Settling>(dice->Below(3)) : Settling::kWhenReadUp;
  auto progress = worker.task->Step(as_of, 0, settling);
  if (progress.ok()) {
    return progress->records > 0 || progress->owes;
  }
  CROSSBILL_CHECK(dice != nullptr && progress.error().code() == Code::kCancelled);
  ++crashes_;
  worker.task.reset();
  return true;
}

void Topology::Settle(Date as_of) {
  for (Worker& worker : workers_) {
    Open(worker, kManyRecords, nullptr);
  }
  int rounds = 0;
  for (bool busy = true; busy;) {
    CROSSBILL_CHECK(++rounds < kMostRounds);
    busy = false;
    for (Worker& worker : workers_) {
      busy = Step(worker, as_of, nullptr) || busy;
    }
  }
}

void Topology::RunInOrder(const std::vector<SourceRecordEvent>& history, Date as_of) {
  for (const SourceRecordEvent& event : history) {
    Feed(event);
  }
  Settle(as_of);
}

void Topology::RunDisturbed(const std::vector<SourceRecordEvent>& history, Date as_of, Dice& dice) {
  std::vector<const SourceRecordEvent*> events;
  for (const SourceRecordEvent& event : history) {
    events.push_back(&event);
    if (dice.OneIn(5)) {
      events.push_back(&event);
    }
  }
  if (!dice.OneIn(4)) {
    dice.Shuffle(events);
  }  // sometimes the order stays and the steps alone vary
  const std::size_t burst = 1 + dice.Below(events.size());
  std::size_t fed = 0;
  while (fed < events.size()) {
    if (dice.OneIn(3)) {
      for (std::size_t n = 1 + dice.Below(burst); n > 0 && fed < events.size(); --n) {
        Feed(*events[fed++]);
      }
    }
    Worker& worker = workers_[dice.Below(workers_.size())];
    if (worker.task && !worker.zombie && dice.OneIn(30)) {
      worker.zombie = std::move(worker.task);
      ++crashes_;
    }
    Step(worker, as_of.PlusDays(dice.OneIn(10) ? -static_cast<int>(dice.Below(90)) : 0), &dice);
  }
  // Some more disturbed steps with nothing new, then to the end.
  for (std::size_t n = dice.Below(60); n > 0; --n) {
    Step(workers_[dice.Below(workers_.size())], as_of, &dice);
  }
  Settle(as_of);
}

}  // namespace crossbill::simulation
