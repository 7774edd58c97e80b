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

namespace {

constexpr std::size_t kThinnedTogether = 1000;  // records of a transaction
constexpr std::int64_t kThinWaitMs = 1000;
constexpr int kMostEmptyPolls = 30;

// What stays is behind the end before anything is deleted: whatever happens between, nothing is lost.
class BehindTheEnd {
 public:
  BehindTheEnd(Bus& bus, const TopicPartition& partition) : bus_(bus), partition_(partition) {}

  Status Copy(std::int64_t end, const std::function<bool(const FetchedRecord&)>& stays) {
    CROSSBILL_TRY(const PartitionRange range, bus_.Range(partition_));
    end = std::min(end, range.end);
    bool all_stay = true;
    CROSSBILL_RETURN_IF_ERROR(Read(range.begin, end, [&](const Batch& batch) {
      all_stay = all_stay &&
                 std::all_of(batch.records.begin(), batch.records.end(),
                             [&](const FetchedRecord& each) { return each.offset >= end || stays(each); });
      return Ok();
    }));
    if (all_stay) {
      return Ok();
    }
    CROSSBILL_TRY(producer_, bus_.OpenProducer(partition_.topic + ".thin"));
    CROSSBILL_RETURN_IF_ERROR(
        Read(range.begin, end, [&](const Batch& batch) { return CopyBatch(batch, end, stays); }));
    return bus_.DeleteBefore(partition_, end);
  }

 private:
  Status Read(std::int64_t begin, std::int64_t end, const std::function<Status(const Batch&)>& visit) {
    CROSSBILL_TRY(const auto consumer, bus_.OpenConsumer(partition_.topic + ".thin"));
    CROSSBILL_RETURN_IF_ERROR(consumer->Assign({partition_}));
    CROSSBILL_RETURN_IF_ERROR(consumer->Seek(partition_, begin));
    int empty = 0;
    for (std::int64_t next = begin; next < end;) {
      CROSSBILL_TRY(const Batch batch, consumer->Poll(kThinnedTogether, kThinWaitMs));
      CROSSBILL_RETURN_IF_ERROR(visit(batch));
      const auto at = batch.next_offsets.find(partition_);
      if (at != batch.next_offsets.end() && at->second > next) {
        next = at->second;
        empty = 0;
      } else if (++empty == kMostEmptyPolls) {
        return Error(Code::kBusUnavailable, "no records come from offset " + std::to_string(next),
                     partition_.topic);
      }
    }
    return Ok();
  }

  Status CopyBatch(const Batch& batch, std::int64_t end,
                   const std::function<bool(const FetchedRecord&)>& stays) {
    CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
    for (const FetchedRecord& fetched : batch.records) {
      if (fetched.offset < end && stays(fetched)) {
        CROSSBILL_RETURN_IF_ERROR(producer_->Send(partition_.topic, partition_.partition, fetched.record));
      }
    }
    return producer_->Commit();
  }

  Bus& bus_;
  const TopicPartition& partition_;
  std::unique_ptr<Producer> producer_;
};

}  // namespace

Status Bus::Thin(const TopicPartition& partition, std::int64_t end,
                 const std::function<bool(const FetchedRecord&)>& stays) {
  return BehindTheEnd(*this, partition).Copy(end, stays);
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
