// When a pass over a table with a cursor also looks for what the cursor cannot lead to: rows whose cursor or
// key is NULL, and child rows without parent. That reads the whole table, so it is done in the first pass of
// a source, and again when a hundred times as long as it took has gone by: a hundredth of the time at most,
// however often the stream is polled and however large the table grows. One thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace crossbill::connectors {

class SweepPace {
 public:
  // Without a clock each pass looks.
  explicit SweepPace(const Clock* clock) : clock_(clock), began_(Now()) {}

  // Whether the pass in work is to look.
  bool due() const {
    return clock_ == nullptr || !ended_ || clock_->MonotonicMicros() - *ended_ >= kRest * took_;
  }
  // Whether a pass is worth while although nothing changed since the last one.
  bool due_again() const { return owed_ && due(); }

  void Skip() { owed_ = true; }
  void Begin() { began_ = Now(); }
  void End() {
    ended_ = Now();
    took_ = *ended_ - began_;
    owed_ = false;
  }

 private:
  static constexpr std::int64_t kRest = 100;
  std::int64_t Now() const { return clock_ == nullptr ? 0 : clock_->MonotonicMicros(); }

  const Clock* clock_;
  std::int64_t began_;  // of the look in work; a source that resumes in the middle of one: its making
  std::optional<std::int64_t> ended_;
  std::int64_t took_ = 0;
  bool owed_ = false;  // a pass has ended without a look
};

}  // namespace crossbill::connectors
