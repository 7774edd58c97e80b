// Whether identity's links are explained, and how long it takes to explain one anew, as `crossbill why` does.
#pragma once

#include <cstddef>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/identity/comparer.h"

namespace crossbill {

struct ExplainedLinks {
  std::size_t links = 0;             // that customers were told with, by a comparison
  std::size_t explained = 0;         // of these: the parts add up to the weight, and the model has a version
  std::vector<std::int64_t> micros;  // to explain one from its two parties; ascending
};

// Explains the first `most` links anew, and fails where one has not the evidence that was told.
Result<ExplainedLinks> ExplainLinks(bus::Bus& bus, const bus::Topics& topics,
                                    const transforms::Comparer& comparer, const Clock& clock,
                                    std::size_t most);

}  // namespace crossbill
