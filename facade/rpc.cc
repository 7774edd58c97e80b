#include "facade/rpc.h"

#include <chrono>

namespace crossbill::facade {

void StopSignal::Raise() {
  {
    std::lock_guard lock(mutex_);
    raised_ = true;
  }
  condition_.notify_all();
}

bool StopSignal::raised() const {
  std::lock_guard lock(mutex_);
  return raised_;
}

void StopSignal::WaitFor(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  condition_.wait_for(lock, std::chrono::milliseconds(ms), [&] { return raised_; });
}

Status CallContext::Check() const {
  if (clock->MonotonicMicros() >= deadline_micros) {
    return Error(Code::kDeadline, "the call took longer than its deadline");
  }
  // Before the caller's own end: a server that stops cancels what is open.
  if (stop->raised()) {
    return Error(Code::kCancelled, "the server stops");
  }
  if (cancelled && cancelled()) {
    return Error(Code::kCancelled, "the caller cancelled the call");
  }
  return Ok();
}

}  // namespace crossbill::facade
