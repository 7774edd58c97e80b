// What is sold together, read from its topic into memory. One thread.
#pragma once

#include <map>
#include <string>

#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/value/next_best.h"

namespace crossbill::app {

class AffinityTable final : public transforms::AffinityLookup {
 public:
  static Result<AffinityTable> Read(bus::Bus& bus, const bus::Topics& topics);
  Result<std::optional<v1::AffinityFigures>> Find(std::string_view name) override;
  Status VisitPairs(std::string_view product,
                    const std::function<void(std::string_view other, std::int64_t sales)>& visit) override;
  const std::map<std::string, v1::AffinityFigures, std::less<>>& all() const { return figures_; }

 private:
  std::map<std::string, v1::AffinityFigures, std::less<>> figures_;                        // by name
  std::map<std::string, std::map<std::string, std::int64_t>, std::less<>> sold_together_;  // both ways
};

}  // namespace crossbill::app
