// What the stage knows of forgotten records: kept in its state as the topic has it, so that whatever comes
// later is dropped. One thread.
#pragma once

#include <string_view>
#include <utility>

#include "bus/bus.h"
#include "transforms/erasure/erasures.h"

namespace crossbill::transforms {

class Forgotten {
 public:
  explicit Forgotten(Secret secret) : erasures_(std::move(secret)) {}
  // The store of the calls that follow; with the first one, what the last run knew is read.
  Status Use(bus::StateStore& state);

  // A record of the topic. kConfigValue: the secret is another one.
  Status Take(const bus::RecordView& record);
  bool IsDropped(std::string_view record_key) const { return erasures_.IsDropped(record_key); }
  // Since the last call, a record that may be there was forgotten.
  bool TakeNews() { return std::exchange(news_, false); }

 private:
  bus::StateStore* state_ = nullptr;
  Erasures erasures_;
  bool read_ = false;
  bool news_ = false;
};

}  // namespace crossbill::transforms
