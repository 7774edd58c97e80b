// One partition's share of a stage: reads a batch, processes it, commits inputs' offsets, state and outputs
// in one transaction. Has no thread: `runtime` calls Step in a loop, the simulation in any order it likes.
// One thread at a time. After an error the task is of no more use: destroy it and make a new one; it goes on
// from the last commit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

struct TaskOptions {
  std::string prefix;  // of the group's and the producer's names
  std::int32_t partition = 0;
  std::int32_t partitions = 1;     // of the inputs; a single stage reads all of them
  std::size_t max_records = 4096;  // a step's records at most
  std::string progress_topic;      // where the task says how far it is (bus/progress.h); empty: nowhere
  // Called at the named points of a step ("polled", "processed", "flushed", "committed"); an error stops the
  // step there, as a crash would.
  std::function<Status(std::string_view point)> fault;
};

// When a step does the work that a processor can put off, such as reconciling a customer: done once for all
// of a customer's new documents, it costs a fraction of what it costs for each batch of them.
enum class Settling {
  kPutOff,      // more is coming: only take in
  kWhenReadUp,  // unless the step is full
  kNow,
};

class Task {
 public:
  // With a producer of its own, or one that it shares with other tasks: then its owner begins and commits.
  static Result<std::unique_ptr<Task>> Open(bus::Bus& bus, const Stage& stage, const TaskOptions& options);
  static Result<std::unique_ptr<Task>> Open(bus::Bus& bus, const Stage& stage, const TaskOptions& options,
                                            bus::Producer& producer);
  virtual ~Task() = default;
  struct Progress {
    std::size_t records = 0;
    bool owes = false;  // work was put off: a step without records has something to do, too
  };
  // Waits up to wait_ms for records; as_of for ageing rules. A step without records still flushes when as_of
  // changed, or when work is owed and this step settles. For a task with a producer of its own.
  virtual Result<Progress> Step(Date as_of, std::int64_t wait_ms,
                                Settling settling = Settling::kWhenReadUp) = 0;

  // The parts of a step. Read: whether there is something to do; then Do, in the open transaction, and Done
  // after its commit.
  virtual Result<bool> Read(Date as_of, std::int64_t wait_ms, Settling settling) = 0;
  virtual Status Do() = 0;
  virtual void Done() = 0;
  // Of the last step, or the last Read.
  virtual Progress progress() const = 0;
  virtual const std::string& name() const = 0;  // "routing.2"
};

std::string GroupOf(std::string_view prefix, const Stage& stage);
std::string TaskName(std::string_view stage, std::int32_t partition);  // "routing.2": also its state's name

}  // namespace crossbill::transforms
