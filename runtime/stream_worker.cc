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

// How often a stream says that it is read up, for the processes that wait for it and for people.
constexpr std::int64_t kSayFinishedMs = 2000;
constexpr std::int64_t kSayReadUpMicros = 30'000'000;
// Another process took the stream over although it is still ours: it, or we, will soon hear whose it is.
constexpr std::int64_t kFencedMs = 3000;

class Worker {
 public:
  Worker(const StreamWorkerOptions& options, StreamStatus& status, Log& log, const Clock& clock,
         std::stop_token stop)
      : options_(options), status_(status), log_(log), clock_(clock), stop_(std::move(stop)) {}

  Status Run(const std::function<Result<std::unique_ptr<Pump>>()>& open) {
    const int tries = options_.tries > 0 ? options_.tries : (options_.until_idle ? 5 : 0);
    std::int64_t pause_ms = options_.backoff_ms;
    for (int failed = 0; !stop_.stop_requested();) {
      worked_ = false;
      const Status outcome = OpenAndDrive(open);
      if (outcome.ok()) {
        return Ok();
      }
      if (worked_) {
        failed = 0;
        pause_ms = options_.backoff_ms;
      }
      if (outcome.error().code() == Code::kBusFenced) {
        log_.Info("another process took a stream over", {{"stream", status_.path}});
        Rest(kFencedMs);
        continue;
      }
      if (outcome.error().code() == Code::kSourceNoFile && !options_.until_idle) {
        WaitForFile(outcome.error());
        continue;
      }
      ++failed;
      if (outcome.error().retry() == Retry::Never || (tries > 0 && failed >= tries)) {
        status_.state = StreamStatus::State::kFailed;
        log_.Failed("reading " + status_.path, outcome.error());
        return outcome;
      }
      status_.state = StreamStatus::State::kFailing;
      log_.Failed("reading " + status_.path + "; tried again in " + std::to_string(pause_ms) + " ms",
                  outcome.error());
      Rest(pause_ms);
      pause_ms = std::min(pause_ms * 2, options_.longest_backoff_ms);
    }
    return Ok();
  }

 private:
  void Rest(std::int64_t ms) { SleepFor(ms, stop_); }

  // The first file of a stream may come after the start.
  void WaitForFile(const Error& error) {
    if (status_.state != StreamStatus::State::kWaiting) {
      status_.state = StreamStatus::State::kWaiting;
      log_.Info("waiting for the first file", {{"stream", status_.path}, {"why", error.ToString()}});
    }
    Rest(options_.poll_ms);
  }

  Status OpenAndDrive(const std::function<Result<std::unique_ptr<Pump>>()>& open) {
    const auto pump = open();
    return pump.ok() ? Drive(**pump) : Status(pump.error());
  }

  // Steps until a stop or an error.
  Status Drive(Pump& pump) {
    constexpr int kMostWaits = 60;  // a file that is written to all the time is no reason to run for ever
    std::int64_t said_micros = clock_.MonotonicMicros() - kSayReadUpMicros;
    int waits = 0;
    while (!stop_.stop_requested()) {
      status_.state = StreamStatus::State::kReading;
      CROSSBILL_TRY(const PumpProgress progress, pump.Step());
      Count(progress, status_);
      worked_ = true;
      if (!progress.at_end) {
        waits = 0;
        continue;
      }
      if (options_.until_idle && (progress.retry_ms <= 0 || ++waits > kMostWaits)) {
        return StayFinished(pump);
      }
      status_.state = StreamStatus::State::kWaiting;
      if (const std::int64_t now = clock_.MonotonicMicros(); now - said_micros >= kSayReadUpMicros) {
        said_micros = now;
        CROSSBILL_RETURN_IF_ERROR(pump.SayReadUp());
      }
      Rest(options_.until_idle ? progress.retry_ms : options_.poll_ms);
    }
    return Ok();
  }

  Status StayFinished(Pump& pump) {
    while (!stop_.stop_requested()) {
      CROSSBILL_RETURN_IF_ERROR(pump.SayReadUp());
      status_.state = StreamStatus::State::kFinished;
      Rest(kSayFinishedMs);
    }
    return Ok();
  }

  const StreamWorkerOptions& options_;
  StreamStatus& status_;
  Log& log_;
  const Clock& clock_;
  const std::stop_token stop_;
  bool worked_ = false;  // since it was opened: backoff begins anew
};

}  // namespace

Status RunStream(const std::function<Result<std::unique_ptr<Pump>>()>& open,
                 const StreamWorkerOptions& options, StreamStatus& status, Log& log, const Clock& clock,
                 std::stop_token stop) {
  return Worker(options, status, log, clock, std::move(stop)).Run(open);
}

}  // namespace crossbill::runtime
