#include "runtime/stream_worker.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace crossbill::runtime {

void SleepFor(std::int64_t ms, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, std::chrono::milliseconds(ms), [] { return false; });
}

namespace {

void Count(const PumpProgress& progress, StreamStatus& status) {
  status.rows += progress.rows;
  status.events += progress.events;
  status.dead_letters += progress.dead_letters;
  status.done = progress.done;
  status.total = progress.total;
}

// Steps until the end, a stop or an error. `worked` tells whether anything was read, so that backoff begins
// anew.
Status Drive(Pump& pump, const StreamWorkerOptions& options, StreamStatus& status, std::stop_token stop,
             bool& worked) {
  constexpr int kMostWaits = 60;  // a file that is written to all the time is no reason to run for ever
  int waits = 0;
  while (!stop.stop_requested()) {
    status.state = StreamStatus::State::kReading;
    CROSSBILL_TRY(const PumpProgress progress, pump.Step());
    Count(progress, status);
    worked = true;
    if (!progress.at_end) {
      waits = 0;
      continue;
    }
    if (options.until_idle && progress.retry_ms > 0 && ++waits <= kMostWaits) {
      status.state = StreamStatus::State::kWaiting;
      SleepFor(progress.retry_ms, stop);
      continue;
    }
    if (options.until_idle) {
      return Ok();
    }
    status.state = StreamStatus::State::kWaiting;
    SleepFor(options.poll_ms, stop);
  }
  return Ok();
}

}  // namespace

Status RunStream(const std::function<Result<std::unique_ptr<Pump>>()>& open,
                 const StreamWorkerOptions& options, StreamStatus& status, Log& log, std::stop_token stop) {
  const int tries = options.tries > 0 ? options.tries : (options.until_idle ? 5 : 0);
  std::int64_t pause_ms = options.backoff_ms;
  for (int failed = 0; !stop.stop_requested();) {
    bool worked = false;
    Status outcome = Ok();
    {
      auto pump = open();
      outcome = pump.ok() ? Drive(**pump, options, status, stop, worked) : Status(pump.error());
    }
    if (outcome.ok()) {
      status.state = StreamStatus::State::kFinished;
      return Ok();
    }
    if (worked) {
      failed = 0;
      pause_ms = options.backoff_ms;
    }
    ++failed;
    if (outcome.error().retry() == Retry::Never || (tries > 0 && failed >= tries)) {
      status.state = StreamStatus::State::kFailed;
      log.Failed("reading " + status.path, outcome.error());
      return outcome;
    }
    status.state = StreamStatus::State::kFailing;
    log.Failed("reading " + status.path + "; tried again in " + std::to_string(pause_ms) + " ms",
               outcome.error());
    SleepFor(pause_ms, stop);
    pause_ms = std::min(pause_ms * 2, options.longest_backoff_ms);
  }
  return Ok();
}

}  // namespace crossbill::runtime
