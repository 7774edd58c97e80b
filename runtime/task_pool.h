// The threads of the transforms share all tasks that this process owns: whoever is free takes the next one
// that nobody else is stepping, so that a busy partition or an ordered stage holds up nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "runtime/pace.h"
#include "runtime/task_unit.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {

class TaskPool {
 public:
  // `levels`: how many levels of stages there are; see Pace.
  TaskPool(bus::Bus& bus, const Clock& clock, Log& log, std::size_t levels);
  ~TaskPool();
  // Before the first Run. `level`: how far the stage is from the sources. `unit`: the number under which the
  // task is shared with other processes (bus::WorkShare); nothing runs before it is owned.
  void Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level, std::int32_t unit);

  // Any thread, one at a time. Tasks of other units are closed after the step that they are in, if that takes
  // less than a while; else when it ends.
  void Own(const std::set<std::int32_t>& units);
  void GiveUp(const std::set<std::int32_t>& units);

  // A thread's work, of as many threads as one likes. Until a stop, or an error that cannot be mended by
  // opening the task anew; returns that error.
  Status Run(const std::function<Date()>& as_of, std::stop_token stop);
  // One thread's work: keeps copies of the ordered stages' states that other processes own (a hot standby).
  Status FollowOthers();

  // Any thread. From now on stages settle that wait for the sources (Stage::after_sources).
  void SourcesAreRead() { pace_.SourcesAreRead(); }
  // Any thread. Records that were read, of all tasks.
  std::int64_t records() const { return records_; }
  // Every owned task had a turn, and none is in a step or has work put off. With nothing left to read: idle.
  bool IsSettled() const;
  // The names of the tasks that other processes own, or nobody yet.
  std::vector<std::string> Elsewhere() const;
  bool Owns(std::int32_t unit) const;
  // Grows with each task that comes or goes.
  std::int64_t moves() const { return moves_; }

 private:
  std::atomic<std::int64_t> records_{0};
  std::atomic<std::int64_t> moves_{0};
  Pace pace_;
  const TaskUnit::Environment environment_;
  std::vector<std::unique_ptr<TaskUnit>> units_;
};

}  // namespace crossbill::runtime
