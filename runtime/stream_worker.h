// A stream's thread: steps its pump, waits between polls, starts it anew with backoff when the source cannot
// be reached.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>

#include "runtime/pump.h"
#include "runtime/runner.h"

namespace crossbill::runtime {

struct StreamWorkerOptions {
  bool until_idle = false;  // ends at the source's end
  int tries = 0;            // before the stream fails; 0: for ever (until_idle: five, so that a run ends)
  std::int64_t backoff_ms = 1000;
  std::int64_t longest_backoff_ms = 60000;
  std::int64_t poll_ms = 10000;
};

// Runs until the source's end (until_idle), a stop, or an error that a new try cannot mend; returns that
// error.
Status RunStream(const std::function<Result<std::unique_ptr<Pump>>()>& open,
                 const StreamWorkerOptions& options, StreamStatus& status, Log& log, std::stop_token stop);

// Waits, unless a stop is requested before.
void SleepFor(std::int64_t ms, std::stop_token stop);

}  // namespace crossbill::runtime
