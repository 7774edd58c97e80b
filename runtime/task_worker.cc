#include "runtime/task_worker.h"

#include <algorithm>

#include "runtime/stream_worker.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kShortestRestMs = 1;
constexpr std::int64_t kLongestRestMs = 32;
constexpr std::int64_t kLongestWaitMicros = 5'000'000;
constexpr std::size_t kBusyRecords =
    1024;  // a step with fewer is not behind: what comes later need not wait for it

class TaskSlot {
 public:
  TaskSlot(bus::Bus& bus, const OwnedTask& owned, Log& log) : bus_(bus), owned_(owned), log_(log) {}

  // A step, unless the stages before are busy.
  Result<std::size_t> StepInTurn(Pace& pace, const Clock& clock, Date as_of, bool& waits) {
    const std::int64_t now = clock.MonotonicMicros();
    if (now - last_run_ < kLongestWaitMicros && !pace.MayRun(owned_.level)) {
      waits = true;
      return std::size_t{0};
    }
    CROSSBILL_TRY(const std::size_t records, Step(as_of));
    last_run_ = clock.MonotonicMicros();
    if (const bool behind = records >= kBusyRecords; behind != behind_) {
      behind_ = behind;
      pace.Change(owned_.level, behind);
    }
    return records;
  }

 private:
  // The number of records of one step; an error is one that a new start cannot mend.
  Result<std::size_t> Step(Date as_of) {
    if (task_ == nullptr) {
      auto opened = transforms::Task::Open(bus_, owned_.stage, owned_.options);
      if (!opened.ok()) {
        return Mend(opened.error());
      }
      task_ = std::move(*opened);
    }
    auto progress = task_->Step(as_of, 0);
    if (!progress.ok()) {
      task_.reset();
      return Mend(progress.error());
    }
    return progress->records;
  }

  Result<std::size_t> Mend(const Error& error) {
    log_.Failed("transforming in " + owned_.stage.name + "." + std::to_string(owned_.options.partition),
                error);
    if (error.retry() == Retry::Never) {
      return error;
    }
    return std::size_t{0};
  }

  bus::Bus& bus_;
  const OwnedTask& owned_;
  Log& log_;
  std::unique_ptr<transforms::Task> task_;
  std::int64_t last_run_ = 0;
  bool behind_ = false;
};

}  // namespace

bool Pace::MayRun(std::size_t level) const {
  return std::all_of(behind_.begin(), behind_.begin() + static_cast<std::ptrdiff_t>(level),
                     [](const std::atomic<int>& tasks) { return tasks == 0; });
}

Status RunTasks(bus::Bus& bus, Worker& worker, Pace& pace, const Clock& clock,
                const std::function<Date()>& as_of, std::atomic<std::int64_t>& count, Log& log,
                std::stop_token stop) {
  std::vector<TaskSlot> slots;
  slots.reserve(worker.tasks.size());
  for (const OwnedTask& owned : worker.tasks) {
    slots.emplace_back(bus, owned, log);
  }
  std::int64_t rest_ms = kShortestRestMs;
  while (!stop.stop_requested()) {
    std::size_t records = 0;
    bool waits = false;
    for (TaskSlot& slot : slots) {
      if (stop.stop_requested()) {
        return Ok();
      }
      CROSSBILL_TRY(const std::size_t stepped, slot.StepInTurn(pace, clock, as_of(), waits));
      records += stepped;
    }
    count += static_cast<std::int64_t>(records);
    worker.passes += waits ? 0 : 1;
    if (records > 0) {
      rest_ms = kShortestRestMs;
      continue;
    }
    SleepFor(rest_ms, stop);
    rest_ms = waits ? kShortestRestMs : std::min(rest_ms * 2, kLongestRestMs);
  }
  return Ok();
}

}  // namespace crossbill::runtime
