// The only ways to learn the time. Code below `runtime` is given a Clock; tests give a ManualClock.
#pragma once

#include <atomic>

#include "base/date.h"

namespace crossbill {

// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;                 // wall time
  virtual std::int64_t MonotonicMicros() const = 0;  // for durations and deadlines
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
  std::int64_t MonotonicMicros() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = Timestamp(0)) : micros_(start.micros()) {}
  Timestamp Now() const override { return Timestamp(micros_.load()); }
  std::int64_t MonotonicMicros() const override { return micros_.load(); }
  void Advance(std::int64_t micros) { micros_ += micros; }
  void Set(Timestamp now) { micros_ = now.micros(); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace crossbill
