// A thread of transforms: steps its tasks in turn, resting when none has work.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {

struct OwnedTask {
  transforms::Stage stage;
  transforms::TaskOptions options;
  std::size_t level = 0;  // the stage's place in the order of the data
};

// Keeps a stage back while tasks of the stages before it are behind, for at most five seconds: what comes
// later gathers more at once, and a customer with a hundred new documents is reconciled once and not a
// hundred times. With nothing to catch up with, nothing waits. Any thread.
class Pace {
 public:
  explicit Pace(std::size_t levels) : reading_(levels), owing_(levels) {}
  // Before the threads start: until its first step a task counts as one with much to read.
  void Add(std::size_t level) { ++reading_[level]; }
  // No task of the levels before is behind.
  bool MayRun(std::size_t level) const { return IsQuiet(reading_, level) && IsQuiet(owing_, level); }
  // Nor does one of the level itself read much: what was put off for lack of something that is on its way can
  // be done.
  bool MaySettle(std::size_t level) const { return MayRun(level) && IsQuiet(reading_, level + 1); }
  // A task of the level began or ceased to have much to read, or work that is put off.
  void Reads(std::size_t level, bool much) { reading_[level] += much ? 1 : -1; }
  void Owes(std::size_t level, bool owes) { owing_[level] += owes ? 1 : -1; }

 private:
  using Counts = std::vector<std::atomic<int>>;  // of tasks, by level
  static bool IsQuiet(const Counts& counts, std::size_t levels);
  Counts reading_;
  Counts owing_;
};

// One worker's share, and what others may see of it.
struct Worker {
  std::vector<OwnedTask> tasks;
  std::atomic<std::int64_t> passes{0};  // how often every task had its turn
  // Tasks that are in a step or have work put off: not idle, though nothing is left to read.
  std::atomic<int> unsettled{0};
};

// Runs until a stop, or an error that cannot be mended by opening the task anew; returns that error. `count`
// grows with each record.
Status RunTasks(bus::Bus& bus, Worker& worker, Pace& pace, const Clock& clock,
                const std::function<Date()>& as_of, std::atomic<std::int64_t>& count, Log& log,
                std::stop_token stop);

}  // namespace crossbill::runtime
