#include "runtime/task_pool.h"

#include <algorithm>
#include <chrono>
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
// For a step that is in progress, before its task goes to another process in spite of it: that fences it.
constexpr std::chrono::seconds kLeave(10);
// After another process took a task over although the work is still ours: it, or we, will soon hear whose it
// is.
constexpr std::int64_t kFencedMicros = 3'000'000;

}  // namespace

// One task and what its pace needs to know of it.
class TaskPool::Slot {
 public:
  Slot(TaskPool& pool, transforms::Stage stage, transforms::TaskOptions options, std::size_t level,
       std::int32_t unit)
      : pool_(pool),
        stage_(std::move(stage)),
        options_(std::move(options)),
        level_(level),
        unit_(unit),
        name_(transforms::TaskName(stage_.name, options_.partition)),
        last_run_(pool.clock_.MonotonicMicros()),
        unsettled_since_(last_run_) {}

  void Own() {
    if (owned_.exchange(true)) {
      return;
    }
    ++pool_.moves_;
    settled_ = false;
    // In a step: it came back before that had ended, and goes on.
    if (const std::unique_lock lock(busy_, std::try_to_lock); lock && task_ == nullptr) {
      not_before_ = 0;
      Count(true, false);
    }
  }

  // Whoever steps it then closes it.
  void GiveUp() {
    if (!owned_.exchange(false)) {
      return;
    }
    ++pool_.moves_;
    if (const std::unique_lock lock(busy_, kLeave); lock) {
      Close();
    }
  }

  // While another process owns it. Not while it is being closed, which may take the time of a step.
  Status Follow() {
    const std::unique_lock lock(busy_, std::try_to_lock);
    if (!lock || owned_ || task_ != nullptr) {
      return Ok();
    }
    CROSSBILL_TRY([[maybe_unused]] const std::int64_t behind, pool_.bus_.FollowState(name_));
    return Ok();
  }

  bool owned() const { return owned_; }
  std::int32_t unit() const { return unit_; }
  const std::string& name() const { return name_; }
  bool single() const { return stage_.single; }

  enum class Turn { kTaken, kWaits, kIdle, kWorked };  // kTaken: another thread is at it
  Result<Turn> Take(Date as_of) {
    const std::unique_lock lock(busy_, std::try_to_lock);
    if (!lock) {
      return Turn::kTaken;
    }
    if (!owned_) {
      return Turn::kIdle;
    }
    const std::int64_t now = pool_.clock_.MonotonicMicros();
    if (now < not_before_) {
      return Turn::kIdle;
    }
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
    if (!owned_) {
      Close();
      return Turn::kIdle;
    }
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
    if (error.code() == Code::kBusFenced) {
      pool_.log_.Info("another process took a task over", {{"task", name_}});
      not_before_ = pool_.clock_.MonotonicMicros() + kFencedMicros;
      return Task::Progress{0, true};
    }
    pool_.log_.Failed("transforming in " + name_, error);
    if (error.retry() == Retry::Never) {
      return error;
    }
    return Task::Progress{0, true};
  }

  void TellPace(const Task::Progress& progress) { Count(progress.records >= kMuch, progress.owes); }

  void Count(bool reads, bool owes) {
    if (reads != reads_) {
      reads_ = reads;
      pool_.pace_.Reads(level_, reads);
    }
    if (owes != owes_) {
      owes_ = owes;
      pool_.pace_.Owes(level_, owes);
    }
  }

  // What it owes is the next owner's.
  void Close() {
    task_.reset();
    Count(false, false);
  }

  TaskPool& pool_;
  const transforms::Stage stage_;
  const transforms::TaskOptions options_;
  const std::size_t level_;
  const std::int32_t unit_;
  const std::string name_;
  std::atomic<bool> owned_ = false;
  std::timed_mutex busy_;  // of who steps it; guards what follows
  std::unique_ptr<Task> task_;
  std::int64_t last_run_;
  std::int64_t unsettled_since_;
  std::int64_t not_before_ = 0;
  bool reads_ = false;  // much, in its last step; until the first step of an owned task: perhaps
  bool owes_ = false;
  std::int64_t put_off_ = kPutOffMicros;
  std::atomic<bool> settled_ = false;  // had a turn, is in no step and owes nothing
};

TaskPool::TaskPool(bus::Bus& bus, const Clock& clock, Log& log, std::size_t levels)
    : bus_(bus), clock_(clock), log_(log), pace_(levels) {}

TaskPool::~TaskPool() = default;

void TaskPool::Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level,
                   std::int32_t unit) {
  slots_.push_back(std::make_unique<Slot>(*this, std::move(stage), std::move(options), level, unit));
}

void TaskPool::Own(const std::set<std::int32_t>& units) {
  for (const auto& slot : slots_) {
    units.contains(slot->unit()) ? slot->Own() : slot->GiveUp();
  }
}

void TaskPool::GiveUp(const std::set<std::int32_t>& units) {
  for (const auto& slot : slots_) {
    if (units.contains(slot->unit())) {
      slot->GiveUp();
    }
  }
}

bool TaskPool::IsSettled() const {
  return std::all_of(slots_.begin(), slots_.end(),
                     [](const auto& slot) { return !slot->owned() || slot->settled(); });
}

std::vector<std::string> TaskPool::Elsewhere() const {
  std::vector<std::string> names;
  for (const auto& slot : slots_) {
    if (!slot->owned()) {
      names.push_back(slot->name());
    }
  }
  return names;
}

bool TaskPool::Owns(std::int32_t unit) const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [&](const auto& slot) { return slot->unit() == unit && slot->owned(); });
}

Status TaskPool::FollowOthers() {
  for (const auto& slot : slots_) {
    if (slot->single()) {
      CROSSBILL_RETURN_IF_ERROR(slot->Follow());
    }
  }
  return Ok();
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
