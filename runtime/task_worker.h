// A thread of transforms: steps its tasks in turn, resting when none has work.
#pragma once

#include <atomic>
#include <memory>
#include <functional>
#include <stop_token>
#include <vector>

#include "base/date.h"
#include "base/log.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {

struct OwnedTask {
  transforms::Stage stage;
  transforms::TaskOptions options;
};

// One worker's share, and what others may see of it.
struct Worker {
  std::vector<OwnedTask> tasks;
  std::atomic<std::int64_t> passes{0};   // how often every task had its turn
};

// Runs until a stop, or an error that cannot be mended by opening the task anew; returns that error. `count` grows with each record.
Status RunTasks(bus::Bus& bus, Worker& worker, const std::function<Date()>& as_of, std::atomic<std::int64_t>& count, Log& log,
                std::stop_token stop);

}  // namespace crossbill::runtime
