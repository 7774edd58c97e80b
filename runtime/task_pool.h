// The threads of the transforms share all tasks: whoever is free takes the next one that nobody else is
// stepping, so that a busy partition or an ordered stage holds up nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "runtime/pace.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {

class TaskPool {
 public:
  // `levels`: how many levels of stages there are; see Pace.
  TaskPool(bus::Bus& bus, const Clock& clock, Log& log, std::size_t levels);
  ~TaskPool();
  // Before the first Run. `level`: how far the stage is from the sources.
  void Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level);

  // A thread's work, of as many threads as one likes. Until a stop, or an error that cannot be mended by
  // opening the task anew; returns that error.
  Status Run(const std::function<Date()>& as_of, std::stop_token stop);

  // Any thread. Records that were read, of all tasks.
  std::int64_t records() const { return records_; }
  // Every task had a turn, and none is in a step or has work put off. With nothing left to read: idle.
  bool IsSettled() const;

 private:
  class Slot;
  bus::Bus& bus_;
  const Clock& clock_;
  Log& log_;
  Pace pace_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::atomic<std::int64_t> records_{0};
};

}  // namespace crossbill::runtime
