// A stream's thread: steps its pump, waits between polls, starts it anew with backoff when the source cannot
// be reached.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/clock.h"
#include "runtime/pump.h"
#include "runtime/runner.h"

namespace crossbill::runtime {

struct StreamWorkerOptions {
  bool until_idle = false;  // is finished at the source's end
  int tries = 0;            // before the stream fails; 0: for ever (until_idle: five, so that a run ends)
  std::int64_t backoff_ms = 1000;
  std::int64_t longest_backoff_ms = 60000;
  std::int64_t poll_ms = 10000;
};

// Runs until a stop, or an error that a new try cannot mend; returns that error. At the source's end it looks
// again after a while, or (until_idle) is finished: then it only says, again and again, that it is.
Status RunStream(const std::function<Result<std::unique_ptr<Pump>>()>& open,
                 const StreamWorkerOptions& options, StreamStatus& status, Log& log, const Clock& clock,
                 std::stop_token stop);

// Waits, unless a stop is requested before.
void SleepFor(std::int64_t ms, std::stop_token stop);

}  // namespace crossbill::runtime
