#include "runtime/cleaning.h"

#include <algorithm>
#include <optional>
#include <string>

#include "transforms/sdk/task.h"

namespace crossbill::runtime {
namespace {

// Up to where all of these groups have read; nothing when one of them has not begun, or when there are none.
Result<std::optional<std::int64_t>> LeastCommitted(bus::Bus& bus, const std::vector<std::string>& groups,
                                                   const bus::TopicPartition& partition) {
  std::optional<std::int64_t> least;
  for (const std::string& group : groups) {
    CROSSBILL_TRY(const std::optional<std::int64_t> committed, bus.CommittedOffset(group, partition));
    if (!committed) {
      return std::optional<std::int64_t>();
    }
    least = std::min(least.value_or(*committed), *committed);
  }
  return least;
}

}  // namespace

Status DeleteConsumed(bus::Bus& bus, const bus::Topics& topics, const std::vector<transforms::Stage>& stages,
                      const std::function<bool()>& stopped) {
  for (const bus::TopicInfo& info : topics.All()) {
    if (!info.work) {
      continue;
    }
    std::vector<std::string> groups;
    for (const transforms::Stage& stage : stages) {
      if (std::find(stage.inputs.begin(), stage.inputs.end(), info.spec.name) != stage.inputs.end()) {
        groups.push_back(transforms::GroupOf(topics.prefix(), stage));
      }
    }
    for (std::int32_t p = 0; p < info.spec.partitions && !stopped(); ++p) {
      const bus::TopicPartition partition{info.spec.name, p};
      CROSSBILL_TRY(const std::optional<std::int64_t> consumed, LeastCommitted(bus, groups, partition));
      if (consumed) {
        CROSSBILL_RETURN_IF_ERROR(bus.DeleteBefore(partition, *consumed));
      }
    }
  }
  return Ok();
}

}  // namespace crossbill::runtime
