// Between those who write events and who writes an erasure. Any thread.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace crossbill::transforms {

class ErasureGate {
 public:
  // Those who write events: many at a time. Two locks, so that who waits alone comes next.
  std::shared_lock<std::shared_mutex> Share() {
    const std::scoped_lock turn(turn_);
    return std::shared_lock(gate_);
  }
  std::unique_lock<std::shared_mutex> Close() {
    const std::scoped_lock turn(turn_);
    return std::unique_lock(gate_);
  }

 private:
  std::mutex turn_;
  std::shared_mutex gate_;
};

}  // namespace crossbill::transforms
