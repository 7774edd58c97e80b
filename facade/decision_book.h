// Where people's decisions are kept: <prefix>.internal.decision. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/steward.pb.h"
#include "facade/decision_writer.h"

namespace crossbill::facade {

class DecisionBook {
 public:
  virtual ~DecisionBook() = default;
  virtual Status Write(const v1::Decision& decision) = 0;
  // kNotFound.
  virtual Result<v1::Decision> Find(std::string_view name) = 0;
  // Also those that were undone; the oldest first.
  virtual Result<std::vector<v1::Decision>> All() = 0;
};

class BusDecisionBook final : public DecisionBook {
 public:
  BusDecisionBook(bus::Bus& bus, bus::Topics topics, const Clock& clock)
      : bus_(bus), topics_(std::move(topics)), writer_(bus, topics_.prefix() + ".steward", clock) {}

  Status Write(const v1::Decision& decision) override;
  Result<v1::Decision> Find(std::string_view name) override;
  Result<std::vector<v1::Decision>> All() override;

 private:
  bus::Bus& bus_;
  const bus::Topics topics_;
  DecisionWriter writer_;
};

}  // namespace crossbill::facade
