// Writes a person's decision to its topic, in a transaction of its own. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "bus/bus.h"

namespace crossbill::facade {

struct DecisionRecord {
  std::string_view topic;
  std::int32_t partition = -1;  // less than 0: by the key
  std::string_view key;
  std::string_view value;
  std::string_view message;  // "crossbill.v1.Decision"
};

class DecisionWriter {
 public:
  // `producer`: its id; another process that writes with the same fences this one, which then tries again.
  DecisionWriter(bus::Bus& bus, std::string producer, const Clock& clock)
      : bus_(bus), producer_(std::move(producer)), clock_(clock) {}

  Status Write(const DecisionRecord& decision) { return Write(std::span(&decision, 1)); }
  // All of them or none.
  Status Write(std::span<const DecisionRecord> records);

 private:
  Status Send(std::span<const DecisionRecord> records);

  bus::Bus& bus_;
  const std::string producer_;
  const Clock& clock_;
  std::mutex mutex_;  // one writes at a time
};

}  // namespace crossbill::facade
