#include "bus/read_topic.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kPollRecords = 4096;
constexpr std::int64_t kPollMs = 1000;
constexpr int kMostEmptyPolls = 30;

}  // namespace

Status ReadPartition(Bus& bus, const std::string& group, const TopicPartition& partition, std::int64_t end,
                     const std::function<Status(const FetchedRecord&)>& visit) {
  CROSSBILL_TRY(const PartitionRange range, bus.Range(partition));
  CROSSBILL_TRY(const auto consumer, bus.OpenConsumer(group));
  CROSSBILL_RETURN_IF_ERROR(consumer->Assign({partition}));
  CROSSBILL_RETURN_IF_ERROR(consumer->Seek(partition, range.begin));
  int empty = 0;
  for (std::int64_t next = range.begin; next < end;) {
    CROSSBILL_TRY(const Batch batch, consumer->Poll(kPollRecords, kPollMs));
    for (const FetchedRecord& fetched : batch.records) {
      if (fetched.offset < end) {
        CROSSBILL_RETURN_IF_ERROR(visit(fetched));
      }
    }
    const auto at = batch.next_offsets.find(partition);
    if (at != batch.next_offsets.end() && at->second > next) {
      next = at->second;
      empty = 0;
    } else if (++empty == kMostEmptyPolls) {
      return Error(Code::kBusUnavailable, "no records come", partition.topic);
    }
  }
  return Ok();
}

Status ReadTopic(Bus& bus, const std::string& group, const std::string& topic,
                 const std::function<Status(const FetchedRecord&)>& visit) {
  CROSSBILL_TRY(const std::int32_t partitions, bus.CountPartitions(topic));
  for (std::int32_t p = 0; p < partitions; ++p) {
    const TopicPartition partition{topic, p};
    CROSSBILL_RETURN_IF_ERROR(bus.WaitForOpenTransactions(partition));
    CROSSBILL_TRY(const PartitionRange range, bus.Range(partition));
    CROSSBILL_RETURN_IF_ERROR(ReadPartition(bus, group, partition, range.end, visit));
  }
  return Ok();
}

}  // namespace crossbill::bus
