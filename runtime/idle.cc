#include "runtime/idle.h"

#include "bus/progress.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {

Result<std::string> WaitingFor(bus::Bus& bus, const bus::Topics& topics, const Elsewhere& elsewhere) {
  if (elsewhere.empty()) {
    return std::string();
  }
  CROSSBILL_TRY(const auto said, bus::ReadProgress(bus, topics.Progress()));
  for (const std::string& stream : elsewhere.streams) {
    const auto found = said.find(stream);
    const auto at =
        found == said.end() ? Result<Timestamp>(Timestamp(0)) : Timestamp::Parse(found->second.at);
    if (!at.ok() || *at < elsewhere.since) {
      return "stream " + stream;
    }
  }
  const std::string as_of = elsewhere.as_of.ToString();
  for (const std::string& task : elsewhere.tasks) {
    const auto found = said.find(task);
    if (found == said.end() || found->second.owes) {
      return "task " + task;
    }
    if (found->second.at != as_of) {
      return "task " + task + ", which has worked for " + found->second.at + " and not yet for " + as_of;
    }
  }
  return std::string();
}

Result<std::vector<std::int64_t>> EndsOf(bus::Bus& bus, const bus::Topics& topics) {
  std::vector<bus::TopicPartition> partitions;
  for (const bus::TopicInfo& info : topics.All()) {
    if (info.spec.name == topics.Progress()) {
      continue;  // streams say again and again that they are read up
    }
    for (std::int32_t partition = 0; partition < info.spec.partitions; ++partition) {
      partitions.push_back({info.spec.name, partition});
    }
  }
  CROSSBILL_TRY(const auto ranges, bus.Ranges(partitions));
  std::vector<std::int64_t> ends;
  for (const auto& [partition, range] : ranges) {
    ends.push_back(range.end);
  }
  return ends;
}

Result<std::int64_t> LagOf(bus::Bus& bus, const bus::Topics& topics,
                           const std::vector<transforms::Stage>& stages) {
  std::int64_t lag = 0;
  for (const transforms::Stage& stage : stages) {
    CROSSBILL_TRY(const std::int64_t behind,
                  bus::Lag(bus, transforms::GroupOf(topics.prefix(), stage), stage.inputs));
    lag += behind;
  }
  return lag;
}

}  // namespace crossbill::runtime
