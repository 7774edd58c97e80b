#include "runtime/task_worker.h"

#include <algorithm>

#include "runtime/stream_worker.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kShortestRestMs = 1;
constexpr std::int64_t kLongestRestMs = 32;
constexpr std::int64_t kLongestWaitMicros = 5'000'000;
// Work is put off for this long at most, or for this many times as long as doing it took the last time.
constexpr std::int64_t kPutOffMicros = 30'000'000;
constexpr std::int64_t kPutOffFactor = 4;
constexpr std::size_t kMuch = 1024;  // records of a step; with fewer a task is not behind

class TaskSlot {
 public:
  TaskSlot(bus::Bus& bus, const OwnedTask& owned, Log& log, std::int64_t now)
      : bus_(bus), owned_(owned), log_(log), last_run_(now) {}

  struct Turn {
    bool waits = false;  // the stages before are busy
    bool worked = false;
    std::size_t records = 0;
  };
  Result<Turn> Take(Worker& worker, Pace& pace, const Clock& clock, Date as_of) {
    const std::int64_t now = clock.MonotonicMicros();
    if (!pace.MayRun(owned_.level) && now - last_run_ < kLongestWaitMicros) {
      return Turn{true};
    }
    if (!unsettled_) {  // before what is read is committed as read: nobody may think that all is done
      unsettled_ = true;
      unsettled_since_ = now;
      ++worker.unsettled;
    }
    const std::int64_t late = now - unsettled_since_ - put_off_;
    const auto settling = late > 0                      ? transforms::Settling::kNow
                          : pace.MaySettle(owned_.level) ? transforms::Settling::kWhenReadUp
                                                         : transforms::Settling::kPutOff;
    auto progress = Step(as_of, settling);
    CROSSBILL_RETURN_IF_ERROR(progress);
    last_run_ = clock.MonotonicMicros();
    if (!progress->owes) {
      unsettled_ = false;
      --worker.unsettled;
      put_off_ = late > 0 ? std::max(kPutOffMicros, late * kPutOffFactor) : put_off_;
    }
    if (const bool reads = progress->records >= kMuch; reads != reads_) {
      reads_ = reads;
      pace.Reads(owned_.level, reads);
    }
    if (progress->owes != owes_) {
      owes_ = progress->owes;
      pace.Owes(owned_.level, owes_);
    }
    const bool worked = progress->records > 0 ||
                        (progress->owes && task_ != nullptr && settling != transforms::Settling::kPutOff);
    return Turn{false, worked, progress->records};
  }

 private:
  // An error is one that a new start cannot mend.
  Result<transforms::Task::Progress> Step(Date as_of, transforms::Settling settling) {
    if (task_ == nullptr) {
      auto opened = transforms::Task::Open(bus_, owned_.stage, owned_.options);
      if (!opened.ok()) {
        return Mend(opened.error());
      }
      task_ = std::move(*opened);
    }
    auto progress = task_->Step(as_of, 0, settling);
    if (!progress.ok()) {
      task_.reset();
      return Mend(progress.error());
    }
    return progress;
  }

  // What it owes is not known before it is opened anew.
  Result<transforms::Task::Progress> Mend(const Error& error) {
    log_.Failed("transforming in " + owned_.stage.name + "." + std::to_string(owned_.options.partition),
                error);
    if (error.retry() == Retry::Never) {
      return error;
    }
    return transforms::Task::Progress{0, true};
  }

  bus::Bus& bus_;
  const OwnedTask& owned_;
  Log& log_;
  std::unique_ptr<transforms::Task> task_;
  std::int64_t last_run_;
  bool reads_ = true;       // much, in its last step
  bool owes_ = false;
  bool unsettled_ = false;  // in a step, or with work put off
  std::int64_t unsettled_since_ = 0;
  std::int64_t put_off_ = kPutOffMicros;
};

}  // namespace

bool Pace::IsQuiet(const Counts& counts, std::size_t levels) {
  return std::all_of(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(levels),
                     [](const std::atomic<int>& tasks) { return tasks == 0; });
}

Status RunTasks(bus::Bus& bus, Worker& worker, Pace& pace, const Clock& clock,
                const std::function<Date()>& as_of, std::atomic<std::int64_t>& count, Log& log,
                std::stop_token stop) {
  std::vector<TaskSlot> slots;
  slots.reserve(worker.tasks.size());
  for (const OwnedTask& owned : worker.tasks) {
    slots.emplace_back(bus, owned, log, clock.MonotonicMicros());
  }
  std::int64_t rest_ms = kShortestRestMs;
  while (!stop.stop_requested()) {
    bool worked = false;
    bool waits = false;
    for (TaskSlot& slot : slots) {
      if (stop.stop_requested()) {
        return Ok();
      }
      CROSSBILL_TRY(const TaskSlot::Turn turn, slot.Take(worker, pace, clock, as_of()));
      count += static_cast<std::int64_t>(turn.records);
      worked = worked || turn.worked;
      waits = waits || turn.waits;
    }
    worker.passes += waits ? 0 : 1;
    if (worked) {
      rest_ms = kShortestRestMs;
      continue;
    }
    SleepFor(rest_ms, stop);
    rest_ms = waits ? kShortestRestMs : std::min(rest_ms * 2, kLongestRestMs);
  }
  return Ok();
}

}  // namespace crossbill::runtime
