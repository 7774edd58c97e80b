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

// All of the work, for a bus of one process.
class WholeWork final : public WorkShare {
 public:
  explicit WholeWork(std::int32_t count) {
    for (std::int32_t number = 0; number < count; ++number) {
      owned_.insert(number);
    }
  }
  Status Poll(std::int64_t, const std::function<void(const std::set<std::int32_t>&)>&) override {
    return Ok();
  }
  std::set<std::int32_t> owned() const override { return owned_; }
  bool changes() const override { return false; }

 private:
  std::set<std::int32_t> owned_;
};

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

Result<std::int32_t> Bus::CountPartitions(std::string_view topic) {
  CROSSBILL_TRY(const TopicSpec spec, SpecOf(*this, topic));
  return spec.partitions;
}

Result<std::map<TopicPartition, PartitionRange>> Bus::Ranges(const std::vector<TopicPartition>& partitions) {
  std::map<TopicPartition, PartitionRange> ranges;
  for (const TopicPartition& partition : partitions) {
    CROSSBILL_TRY(ranges[partition], Range(partition));
  }
  return ranges;
}

Result<std::map<TopicPartition, std::int64_t>> Bus::CommittedOffsets(
    std::string_view group, const std::vector<TopicPartition>& partitions) {
  std::map<TopicPartition, std::int64_t> offsets;
  for (const TopicPartition& partition : partitions) {
    CROSSBILL_TRY(const auto offset, CommittedOffset(group, partition));
    if (offset) {
      offsets[partition] = *offset;
    }
  }
  return offsets;
}

// A bus that gives no offsets to what is not committed has nothing to wait for.
Status Bus::WaitForOpenTransactions(const TopicPartition&) { return Ok(); }

Result<std::unique_ptr<WorkShare>> Bus::JoinWork(std::string_view, std::int32_t count) {
  return std::unique_ptr<WorkShare>(std::make_unique<WholeWork>(count));
}

Result<std::int64_t> Bus::FollowState(std::string_view) { return std::int64_t{0}; }

Result<std::int64_t> Lag(Bus& bus, std::string_view group, const std::vector<std::string>& topics) {
  std::vector<TopicPartition> partitions;
  for (const std::string& topic : topics) {
    CROSSBILL_TRY(const std::int32_t count, bus.CountPartitions(topic));
    for (std::int32_t p = 0; p < count; ++p) {
      partitions.push_back({topic, p});
    }
  }
  // Ends after offsets: nobody is ahead of what there is.
  CROSSBILL_TRY(const auto committed, bus.CommittedOffsets(group, partitions));
  CROSSBILL_TRY(const auto ranges, bus.Ranges(partitions));
  std::int64_t lag = 0;
  for (const auto& [partition, range] : ranges) {
    const auto found = committed.find(partition);
    const std::int64_t from = found == committed.end() ? range.begin : std::max(range.begin, found->second);
    lag += std::max<std::int64_t>(0, range.end - from);
  }
  return lag;
}

}  // namespace crossbill::bus
