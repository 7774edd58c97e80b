#include "runtime/task_pool.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "runtime/stream_worker.h"

namespace crossbill::runtime {
namespace {

using transforms::Settling;
using transforms::Task;

constexpr std::int64_t kShortestRestMs = 1;
constexpr std::int64_t kLongestRestMs = 32;
constexpr std::size_t kMuch = 1024;  // records of a step; with fewer a task is not behind
// A stage waits for the ones before it for this long at most.
constexpr std::int64_t kLongestWaitMicros = 5'000'000;
// Work is put off for this long at most, or for this many times as long as doing it took the last time.
constexpr std::int64_t kPutOffMicros = 30'000'000;
constexpr std::int64_t kPutOffFactor = 4;

}  // namespace

// One task and what its pace needs to know of it.
class TaskPool::Slot {
 public:
  Slot(TaskPool& pool, transforms::Stage stage, transforms::TaskOptions options, std::size_t level)
      : pool_(pool),
        stage_(std::move(stage)),
        options_(std::move(options)),
        level_(level),
        last_run_(pool.clock_.MonotonicMicros()),
        unsettled_since_(last_run_) {
    pool.pace_.Add(level);
  }

  enum class Turn { kTaken, kWaits, kIdle, kWorked };  // kTaken: another thread is at it
  Result<Turn> Take(Date as_of) {
    const std::unique_lock lock(busy_, std::try_to_lock);
    if (!lock) {
      return Turn::kTaken;
    }
    const std::int64_t now = pool_.clock_.MonotonicMicros();
    if (now - last_run_ < kLongestWaitMicros && !pool_.pace_.MayRun(level_)) {
      return Turn::kWaits;
    }
    if (settled_) {  // before what is read is committed as read: nobody may think that all is done
      settled_ = false;
      unsettled_since_ = now;
    }
    const std::int64_t late = now - unsettled_since_ - put_off_;
    const Settling settling = late > 0                        ? Settling::kNow
                              : pool_.pace_.MaySettle(level_) ? Settling::kWhenReadUp
                                                              : Settling::kPutOff;
    CROSSBILL_TRY(const Task::Progress progress, Step(as_of, settling));
    last_run_ = pool_.clock_.MonotonicMicros();
    if (!progress.owes && late > 0) {
      put_off_ = std::max(kPutOffMicros, late * kPutOffFactor);
    }
    TellPace(progress);
    pool_.records_ += static_cast<std::int64_t>(progress.records);
    settled_ = !progress.owes;
    const bool goes_on = progress.owes && task_ != nullptr && settling != Settling::kPutOff;
    return progress.records > 0 || goes_on ? Turn::kWorked : Turn::kIdle;
  }

  bool settled() const { return settled_; }

 private:
  // An error is one that a new start cannot mend.
  Result<Task::Progress> Step(Date as_of, Settling settling) {
    if (task_ == nullptr) {
      auto opened = Task::Open(pool_.bus_, stage_, options_);
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
  Result<Task::Progress> Mend(const Error& error) {
    pool_.log_.Failed("transforming in " + stage_.name + "." + std::to_string(options_.partition), error);
    if (error.retry() == Retry::Never) {
      return error;
    }
    return Task::Progress{0, true};
  }

  void TellPace(const Task::Progress& progress) {
    if (const bool reads = progress.records >= kMuch; reads != reads_) {
      reads_ = reads;
      pool_.pace_.Reads(level_, reads);
    }
    if (progress.owes != owes_) {
      owes_ = progress.owes;
      pool_.pace_.Owes(level_, owes_);
    }
  }

  TaskPool& pool_;
  const transforms::Stage stage_;
  const transforms::TaskOptions options_;
  const std::size_t level_;
  std::mutex busy_;  // of who steps it; guards what follows
  std::unique_ptr<Task> task_;
  std::int64_t last_run_;
  std::int64_t unsettled_since_;
  bool reads_ = true;  // much, in its last step
  bool owes_ = false;
  std::int64_t put_off_ = kPutOffMicros;
  std::atomic<bool> settled_ = false;  // had a turn, is in no step and owes nothing
};

TaskPool::TaskPool(bus::Bus& bus, const Clock& clock, Log& log, std::size_t levels)
    : bus_(bus), clock_(clock), log_(log), pace_(levels) {}

TaskPool::~TaskPool() = default;

void TaskPool::Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level) {
  slots_.push_back(std::make_unique<Slot>(*this, std::move(stage), std::move(options), level));
}

bool TaskPool::IsSettled() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->settled(); });
}

Status TaskPool::Run(const std::function<Date()>& as_of, std::stop_token stop) {
  std::int64_t rest_ms = kShortestRestMs;
  while (!stop.stop_requested()) {
    bool worked = false;
    bool waits = false;
    for (const std::unique_ptr<Slot>& slot : slots_) {
      if (stop.stop_requested()) {
        return Ok();
      }
      CROSSBILL_TRY(const Slot::Turn turn, slot->Take(as_of()));
      worked = worked || turn == Slot::Turn::kWorked;
      waits = waits || turn == Slot::Turn::kWaits;
    }
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
