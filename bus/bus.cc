#include "bus/bus.h"

#include <algorithm>
#include <limits>

#include "bus/compacted_reader.h"

namespace crossbill::bus {
namespace {

Result<TopicSpec> SpecOf(Bus& bus, std::string_view topic) {
  CROSSBILL_TRY(auto topics, bus.ListTopics());
  for (TopicSpec& spec : topics) {
    if (spec.name == topic) {
      return std::move(spec);
    }
  }
  return Error(Code::kBusTopic, "no topic \"" + std::string(topic) + "\"");
}

}  // namespace

Status ReadCompacted(Bus& bus, std::string_view topic,
                     const std::function<Status(const RecordView&)>& visit) {
  CROSSBILL_TRY(const auto spec, SpecOf(bus, topic));
  for (std::int32_t partition = 0; partition < spec.partitions; ++partition) {
    CompactedReader reader(bus, {spec.name, partition}, CompactedReader::kKeysInMemory);
    CROSSBILL_RETURN_IF_ERROR(reader.Read(visit));
  }
  return Ok();
}

Result<std::int64_t> Lag(Bus& bus, std::string_view group, const std::vector<std::string>& topics) {
  CROSSBILL_TRY(const auto specs, bus.ListTopics());
  std::int64_t lag = 0;
  for (const std::string& topic : topics) {
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&](const TopicSpec& s) { return s.name == topic; });
    if (spec == specs.end()) {
      return Error(Code::kBusTopic, "no topic \"" + topic + "\"");
    }
    for (std::int32_t p = 0; p < spec->partitions; ++p) {
      CROSSBILL_TRY(const auto range, bus.Range({topic, p}));
      CROSSBILL_TRY(const auto committed, bus.CommittedOffset(group, {topic, p}));
      const std::int64_t from = std::max(range.begin, committed.value_or(range.begin));
      lag += std::max<std::int64_t>(0, range.end - from);
    }
  }
  return lag;
}

}  // namespace crossbill::bus
