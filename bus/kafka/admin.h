// What the questions to the broker have in common. Any thread.
#pragma once

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "bus/kafka/handle.h"

namespace crossbill::bus {

using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;

inline AdminOptions MakeAdminOptions(rd_kafka_t* handle, rd_kafka_admin_op_t operation,
                                     std::int64_t timeout_ms) {
  AdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(timeout_ms), nullptr, 0);
  return options;
}

// Looking again and again, with short rests, until something has settled.
class Deadline {
 public:
  explicit Deadline(std::int64_t ms)
      : begin_(std::chrono::steady_clock::now()), end_(begin_ + std::chrono::milliseconds(ms)) {}
  bool passed() const { return std::chrono::steady_clock::now() >= end_; }
  std::int64_t left_ms() const { return std::max<std::int64_t>(0, Ms(end_ - Now())); }
  std::int64_t age_ms() const { return Ms(Now() - begin_); }

 private:
  using Clock = std::chrono::steady_clock;
  static Clock::time_point Now() { return Clock::now(); }
  static std::int64_t Ms(Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  }

  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point end_;
};

inline void RestBetweenLooks() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

}  // namespace crossbill::bus
