#include "runtime/value_as_of.h"

#include <vector>

#include "bus/memory/memory_bus.h"
#include "bus/progress.h"
#include "bus/topic_specs.h"
#include "transforms/sdk/task.h"
#include "transforms/value/stages.h"

namespace crossbill::runtime {
namespace {

// The last of the stages: what it has worked for, the others have.
constexpr std::string_view kLastTask = "market.0";

Status Copy(bus::Bus& from, const std::string& topic, bus::Producer& to) {
  CROSSBILL_RETURN_IF_ERROR(to.Begin());
  CROSSBILL_RETURN_IF_ERROR(bus::ReadCompacted(
      from, topic, [&](const bus::RecordView& record) { return to.Send(topic, -1, record); }));
  return to.Commit();
}

Status RunToTheEnd(bus::Bus& bus, const transforms::Stage& stage, const bus::Topics& topics, Date as_of) {
  for (std::int32_t p = 0; p < (stage.single ? 1 : topics.partitions()); ++p) {
    transforms::TaskOptions options;
    options.prefix = topics.prefix();
    options.partition = p;
    options.partitions = topics.partitions();
    CROSSBILL_TRY(const auto task, transforms::Task::Open(bus, stage, options));
    for (bool busy = true; busy;) {
      CROSSBILL_TRY(const transforms::Task::Progress progress, task->Step(as_of, 0));
      busy = progress.records > 0 || progress.owes;
    }
  }
  return Ok();
}

}  // namespace

Result<std::optional<Date>> DayOfValue(bus::Bus& bus, const bus::Topics& topics) {
  CROSSBILL_TRY(const auto progress, bus::ReadProgress(bus, topics.Progress()));
  const auto found = progress.find(kLastTask);
  if (found == progress.end()) {
    return std::optional<Date>();
  }
  CROSSBILL_TRY(const Date day, Date::Parse(found->second.at));
  return std::optional<Date>(day);
}

Result<std::unique_ptr<bus::Bus>> ValueAsOf(bus::Bus& bus, const bus::Topics& topics,
                                            const transforms::ValueOptions& options, Date as_of) {
  std::unique_ptr<bus::Bus> memory = bus::MakeMemoryBus();
  CROSSBILL_RETURN_IF_ERROR(memory->CreateTopics(bus::SpecsOf(topics)));
  {
    CROSSBILL_TRY(const auto producer, memory->OpenProducer("copy"));
    for (const char* kind : {"order", "invoice"}) {
      CROSSBILL_RETURN_IF_ERROR(Copy(bus, topics.Unified(kind), *producer));
    }
  }
  for (const transforms::Stage& stage :
       {transforms::SalesStage(topics), transforms::ValueStage(topics, options),
        transforms::MarketStage(topics, options)}) {
    CROSSBILL_RETURN_IF_ERROR(RunToTheEnd(*memory, stage, topics, as_of));
  }
  return memory;
}

}  // namespace crossbill::runtime
