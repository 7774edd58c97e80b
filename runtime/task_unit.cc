#include "runtime/task_unit.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace crossbill::runtime {
namespace {

using transforms::Settling;
using transforms::Task;

constexpr std::size_t kMuch = 1024;  // records of a step; with fewer a task is not behind
// After a step with few records more are gathered for so long. On a network a transaction costs the broker a
// write for each partition that it touches, however little it brings.
constexpr std::int64_t kGatherMicros = 2'000;
constexpr std::int64_t kGatherRemoteMicros = 15'000;
// A stage waits for the ones before it for this long at most.
constexpr std::int64_t kLongestWaitMicros = 5'000'000;
// Work is put off for this long at most, or for this many times as long as doing it took the last time.
constexpr std::int64_t kPutOffMicros = 30'000'000;
constexpr std::int64_t kPutOffFactor = 4;
// By stages that wait for the sources at least for so long: what half of the documents say would stay.
constexpr std::int64_t kPatientMicros = 600'000'000;
// For a step that is in progress, before its tasks go to another process in spite of it: that fences them.
constexpr std::chrono::seconds kLeave(10);
// After another process took the tasks over although the work is still ours: it, or we, will soon hear whose
// it is.
constexpr std::int64_t kFencedMicros = 3'000'000;

}  // namespace

// One task and what its pace needs to know of it.
struct TaskUnit::Member {
  transforms::Stage stage;
  transforms::TaskOptions options;
  std::size_t level = 0;
  std::string name;
  std::unique_ptr<Task> task;
  std::int64_t last_run = 0;
  std::int64_t unsettled_since = 0;
  std::int64_t late = 0;  // in this step: what was put off should have been done so long ago
  std::int64_t put_off = kPutOffMicros;
  bool settled = false;
  bool reads = false;  // much, in its last step; until the first step of an owned task: perhaps
  bool owes = false;
  bool has_work = false;  // in this step
};

TaskUnit::TaskUnit(const Environment& environment, std::int32_t number)
    : environment_(environment), number_(number) {}

TaskUnit::~TaskUnit() = default;

void TaskUnit::Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level) {
  auto member = std::make_unique<Member>();
  member->name = transforms::TaskName(stage.name, options.partition);
  member->stage = std::move(stage);
  member->options = std::move(options);
  member->level = level;
  member->last_run = member->unsettled_since = environment_.clock.MonotonicMicros();
  members_.push_back(std::move(member));
}

void TaskUnit::AddNames(std::vector<std::string>& names) const {
  for (const auto& member : members_) {
    names.push_back(member->name);
  }
}

void TaskUnit::Own() {
  if (owned_.exchange(true)) {
    return;
  }
  ++environment_.moves;
  settled_ = false;
  // In a step: it came back before that had ended, and goes on.
  if (const std::unique_lock lock(busy_, std::try_to_lock); lock && producer_ == nullptr) {
    not_before_ = 0;
    for (const auto& member : members_) {
      Count(*member, true, false);
    }
  }
}

// Whoever steps it then closes it.
void TaskUnit::GiveUp() {
  if (!owned_.exchange(false)) {
    return;
  }
  ++environment_.moves;
  if (const std::unique_lock lock(busy_, kLeave); lock) {
    Close();
  }
}

Result<TaskUnit::Turn> TaskUnit::Take(Date as_of) {
  const std::unique_lock lock(busy_, std::try_to_lock);
  if (!lock) {
    return Turn::kTaken;
  }
  const std::int64_t now = environment_.clock.MonotonicMicros();
  if (!owned_ || now < not_before_) {
    return Turn::kIdle;
  }
  settled_ = false;  // before what is read is committed as read: nobody may think that all is done
  auto turn = Step(as_of);
  if (!owned_) {
    Close();
    return turn.ok() ? Turn::kIdle : turn;
  }
  settled_ =
      std::all_of(members_.begin(), members_.end(), [](const auto& member) { return member->settled; });
  return turn;
}

Result<TaskUnit::Turn> TaskUnit::Step(Date as_of) {
  if (const Status opened = Open(); !opened.ok()) {
    return Mend(opened.error());
  }
  bool waits = false;
  std::vector<Member*> working;
  for (const auto& member : members_) {
    const std::int64_t now = environment_.clock.MonotonicMicros();
    if (now - member->last_run < kLongestWaitMicros && !environment_.pace.MayRun(member->level)) {
      waits = true;
      continue;
    }
    if (const Status read = Read(*member, as_of, now); !read.ok()) {
      return Mend(read.error());
    }
    if (member->has_work) {
      working.push_back(member.get());
    } else {
      Finish(*member);
    }
  }
  if (working.empty()) {
    return waits ? Turn::kWaits : Turn::kIdle;
  }
  if (const Status committed = Commit(working); !committed.ok()) {
    return Mend(committed.error());
  }
  bool worked = false;
  std::size_t most = 0;
  for (Member* member : working) {
    member->task->Done();
    Finish(*member);
    const Task::Progress progress = member->task->progress();
    environment_.records += static_cast<std::int64_t>(progress.records);
    most = std::max(most, progress.records);
    worked = worked || progress.records > 0 || progress.owes;
  }
  const std::int64_t gather = environment_.bus.is_remote() ? kGatherRemoteMicros : kGatherMicros;
  not_before_ = most < kMuch ? environment_.clock.MonotonicMicros() + gather : 0;
  return worked ? Turn::kWorked : Turn::kIdle;
}

Status TaskUnit::Open() {
  if (producer_ != nullptr) {
    return Ok();
  }
  const transforms::TaskOptions& options = members_.front()->options;
  CROSSBILL_TRY(producer_,
                environment_.bus.OpenProducer(options.prefix + ".transforms." + std::to_string(number_)));
  for (const auto& member : members_) {
    auto opened = Task::Open(environment_.bus, member->stage, member->options, *producer_);
    if (!opened.ok()) {
      Error error = opened.error();
      return std::move(error).At(member->name);
    }
    member->task = std::move(*opened);
  }
  return Ok();
}

Status TaskUnit::Read(Member& member, Date as_of, std::int64_t now) {
  if (member.settled) {
    member.settled = false;
    member.unsettled_since = now;
  }
  const bool waits_for_sources = member.stage.after_sources && !environment_.pace.sources_read();
  const std::int64_t put_off =
      member.stage.after_sources ? std::max(member.put_off, kPatientMicros) : member.put_off;
  member.late = now - member.unsettled_since - put_off;
  const bool may = environment_.pace.MaySettle(member.level) && !waits_for_sources;
  const Settling settling = member.late > 0 ? Settling::kNow
                            : may           ? Settling::kWhenReadUp
                                            : Settling::kPutOff;
  CROSSBILL_TRY(member.has_work, member.task->Read(as_of, 0, settling));
  return Ok();
}

Status TaskUnit::Commit(const std::vector<Member*>& working) {
  CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
  for (Member* member : working) {
    if (Status done = member->task->Do(); !done.ok()) {
      // The first error counts; the transaction is dropped with the producer anyway.
      [[maybe_unused]] const Status aborted = producer_->Abort();
      return done;
    }
  }
  return producer_->Commit();
}

void TaskUnit::Finish(Member& member) {
  const Task::Progress progress = member.task->progress();
  member.last_run = environment_.clock.MonotonicMicros();
  if (!progress.owes && member.late > 0) {
    member.put_off = std::max(kPutOffMicros, member.late * kPutOffFactor);
  }
  Count(member, progress.records >= kMuch, progress.owes);
  member.settled = !progress.owes;
}

// What the tasks owe is not known before they are opened anew.
Result<TaskUnit::Turn> TaskUnit::Mend(const Error& error) {
  for (const auto& member : members_) {
    member->task.reset();
    member->settled = false;
    Count(*member, false, true);
  }
  producer_.reset();
  const std::string what = "transforms." + std::to_string(number_);
  if (error.code() == Code::kBusFenced) {
    environment_.log.Info("another process took tasks over", {{"tasks", what}});
    not_before_ = environment_.clock.MonotonicMicros() + kFencedMicros;
    return Turn::kIdle;
  }
  environment_.log.Failed("transforming in " + what, error);
  if (error.retry() == Retry::Never) {
    return error;
  }
  return Turn::kIdle;
}

// What the tasks owe is the next owner's.
void TaskUnit::Close() {
  for (const auto& member : members_) {
    member->task.reset();
    member->settled = false;
    Count(*member, false, false);
  }
  producer_.reset();
}

void TaskUnit::Count(Member& member, bool reads, bool owes) {
  if (reads != member.reads) {
    member.reads = reads;
    environment_.pace.Reads(member.level, reads);
  }
  if (owes != member.owes) {
    member.owes = owes;
    environment_.pace.Owes(member.level, owes);
  }
}

Status TaskUnit::Follow() {
  const std::unique_lock lock(busy_, std::try_to_lock);
  if (!lock || owned_ || producer_ != nullptr) {
    return Ok();
  }
  for (const auto& member : members_) {
    if (member->stage.single) {
      CROSSBILL_TRY([[maybe_unused]] const std::int64_t behind, environment_.bus.FollowState(member->name));
    }
  }
  return Ok();
}

}  // namespace crossbill::runtime
