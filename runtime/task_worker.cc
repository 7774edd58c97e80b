#include "runtime/task_worker.h"

#include <algorithm>

#include "runtime/stream_worker.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kShortestRestMs = 1;
constexpr std::int64_t kLongestRestMs = 32;

class TaskSlot {
 public:
  TaskSlot(bus::Bus& bus, const OwnedTask& owned, Log& log) : bus_(bus), owned_(owned), log_(log) {}

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

 private:
  Result<std::size_t> Mend(const Error& error) {
    log_.Failed("transforming in " + owned_.stage.name + "." + std::to_string(owned_.options.partition), error);
    if (error.retry() == Retry::Never) {
      return error;
    }
    return std::size_t{0};
  }

  bus::Bus& bus_;
  const OwnedTask& owned_;
  Log& log_;
  std::unique_ptr<transforms::Task> task_;
};

}  // namespace

Status RunTasks(bus::Bus& bus, Worker& worker, const std::function<Date()>& as_of, std::atomic<std::int64_t>& count, Log& log,
                std::stop_token stop) {
  std::vector<TaskSlot> slots;
  slots.reserve(worker.tasks.size());
  for (const OwnedTask& owned : worker.tasks) {
    slots.emplace_back(bus, owned, log);
  }
  std::int64_t rest_ms = kShortestRestMs;
  while (!stop.stop_requested()) {
    std::size_t records = 0;
    for (TaskSlot& slot : slots) {
      if (stop.stop_requested()) {
        return Ok();
      }
      CROSSBILL_TRY(const std::size_t stepped, slot.Step(as_of()));
      records += stepped;
    }
    count += static_cast<std::int64_t>(records);
    ++worker.passes;
    if (records > 0) {
      rest_ms = kShortestRestMs;
      continue;
    }
    SleepFor(rest_ms, stop);
    rest_ms = std::min(rest_ms * 2, kLongestRestMs);
  }
  return Ok();
}

}  // namespace crossbill::runtime
