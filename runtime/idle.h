// Whether everything is read and transformed, by all processes that share the work.
#pragma once

#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::runtime {

// The work that other processes own, of which they have to say that it is done (bus/progress.h).
struct Elsewhere {
  std::vector<std::string> streams;  // read up at `since` or later: the source has nothing more
  std::vector<std::string> tasks;    // nothing owed, for this as-of date
  Timestamp since;
  Date as_of;
  bool empty() const { return streams.empty() && tasks.empty(); }
};
// What is not done yet, for people: "stream erp/vbak"; empty: all is.
Result<std::string> WaitingFor(bus::Bus& bus, const bus::Topics& topics, const Elsewhere& elsewhere);

// The end of every topic's partitions: what was written meanwhile shows.
Result<std::vector<std::int64_t>> EndsOf(bus::Bus& bus, const bus::Topics& topics);
// Records that the stages have not read.
Result<std::int64_t> LagOf(bus::Bus& bus, const bus::Topics& topics,
                           const std::vector<transforms::Stage>& stages);

}  // namespace crossbill::runtime
