// Where topics begin and end, and which groups there are.
#include <algorithm>

#include "bus/kafka/admin.h"
#include "bus/kafka/core.h"

namespace crossbill::bus {
namespace {

constexpr std::int64_t kMarkersMs = 10000;  // for the markers of an ended transaction
// For transactions of producers that are gone: longer than their timeout (transaction.timeout.ms, 30 s),
// which the broker looks at every ten seconds.
constexpr std::int64_t kTransactionsMs = 60000;

using DeleteRecordsPtr = std::unique_ptr<rd_kafka_DeleteRecords_t, Destroyer<rd_kafka_DeleteRecords_destroy>>;

rd_kafka_resp_err_t ReadOffsets(const rd_kafka_event_t& event,
                                std::map<TopicPartition, std::int64_t>& offsets) {
  if (const rd_kafka_resp_err_t code = rd_kafka_event_error(const_cast<rd_kafka_event_t*>(&event));
      code != 0) {
    return code;
  }
  std::size_t count = 0;
  const rd_kafka_ListOffsetsResultInfo_t** infos = rd_kafka_ListOffsets_result_infos(
      rd_kafka_event_ListOffsets_result(const_cast<rd_kafka_event_t*>(&event)), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_topic_partition_t* one = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    if (one->err != 0) {
      return one->err;
    }
    offsets[PartitionOf(*one)] = one->offset;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

Result<std::map<TopicPartition, std::int64_t>> KafkaCore::Offsets(
    const std::vector<TopicPartition>& partitions, std::int64_t spec, rd_kafka_IsolationLevel_t level) {
  const KafkaPartitions list = MakePartitions(partitions);
  for (int i = 0; i < list->cnt; ++i) {
    list->elems[i].offset = spec;
  }
  const Admin admin = GetAdmin();
  const AdminOptions options =
      MakeAdminOptions(admin.get(), RD_KAFKA_ADMIN_OP_LISTOFFSETS, options_.call_timeout_ms);
  rd_kafka_AdminOptions_set_isolation_level(options.get(), level);
  const std::string doing = "reading the ends of topics";
  const Deadline deadline(options_.call_timeout_ms);
  for (;;) {
    const KafkaQueue queue(rd_kafka_queue_new(admin.get()));
    rd_kafka_ListOffsets(admin.get(), list.get(), options.get(), queue.get());
    CROSSBILL_TRY(const KafkaEvent event, Wait(admin, *queue, doing));
    std::map<TopicPartition, std::int64_t> offsets;
    const rd_kafka_resp_err_t failed = ReadOffsets(*event, offsets);
    if (failed == 0) {
      return offsets;
    }
    if (!Settles(failed) || IsOver(deadline)) {
      return KafkaError(failed, "", doing);
    }
    if (failed == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH || failed == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH ||
        failed == RD_KAFKA_RESP_ERR__NOENT) {
      // librdkafka 2.15 would ask with the leader that it remembers, until it looks by itself after minutes.
      CROSSBILL_TRY([[maybe_unused]] const KafkaMetadata ignored, Metadata(doing));
    }
    RestBetweenLooks();
  }
}

Result<std::map<TopicPartition, PartitionRange>> KafkaCore::Ranges(
    const std::vector<TopicPartition>& partitions) {
  std::map<TopicPartition, PartitionRange> ranges;
  if (partitions.empty()) {
    return ranges;
  }
  for (const TopicPartition& partition : partitions) {
    CROSSBILL_RETURN_IF_ERROR(CheckPartition(partition));
  }
  CROSSBILL_TRY(const auto begins,
                Offsets(partitions, RD_KAFKA_OFFSET_SPEC_EARLIEST, RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED));
  const Deadline deadline(kMarkersMs);
  for (;;) {
    CROSSBILL_TRY(const auto ends,
                  Offsets(partitions, RD_KAFKA_OFFSET_SPEC_LATEST, RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED));
    bool all = true;
    {
      const std::lock_guard lock(mutex_);
      for (const TopicPartition& partition : partitions) {
        const auto last = committed_.find(partition);
        ranges[partition] = {begins.at(partition), ends.at(partition)};
        all = all && (last == committed_.end() || last->second < ends.at(partition));
      }
    }
    if (all || IsOver(deadline)) {
      return ranges;
    }
    RestBetweenLooks();
  }
}

Result<std::int64_t> KafkaCore::WrittenEnd(const TopicPartition& partition) {
  CROSSBILL_TRY(const auto ends,
                Offsets({partition}, RD_KAFKA_OFFSET_SPEC_LATEST, RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
  return ends.at(partition);
}

Status KafkaCore::WaitForOpenTransactions(const TopicPartition& partition) {
  CROSSBILL_TRY(const std::int64_t written, WrittenEnd(partition));
  const Deadline deadline(kTransactionsMs);
  for (;;) {
    CROSSBILL_TRY(const auto ranges, Ranges({partition}));
    if (ranges.at(partition).end >= written) {
      return Ok();
    }
    if (IsOver(deadline)) {
      return Error(Code::kBusUnavailable, "a transaction of another producer does not end", partition.topic);
    }
    RestBetweenLooks();
  }
}

Status KafkaCore::DeleteBefore(const TopicPartition& partition, std::int64_t offset) {
  CROSSBILL_TRY(const auto ranges, Ranges({partition}));
  const PartitionRange& range = ranges.at(partition);
  offset = std::min(offset, range.end);
  if (offset <= range.begin) {
    return Ok();
  }
  const KafkaPartitions list = MakePartitions({partition});
  list->elems[0].offset = offset;
  const DeleteRecordsPtr request(rd_kafka_DeleteRecords_new(list.get()));
  rd_kafka_DeleteRecords_t* raw = request.get();
  const Admin admin = GetAdmin();
  const AdminOptions options =
      MakeAdminOptions(admin.get(), RD_KAFKA_ADMIN_OP_DELETERECORDS, options_.call_timeout_ms);
  const KafkaQueue queue(rd_kafka_queue_new(admin.get()));
  rd_kafka_DeleteRecords(admin.get(), &raw, 1, options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(admin, *queue, "deleting what was read"));
  const rd_kafka_topic_partition_list_t* found =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  if (found->cnt > 0 && found->elems[0].err != 0) {
    return KafkaTopicError(found->elems[0].err, "", "deleting what was read of " + partition.topic, "Delete",
                           partition.topic);
  }
  const std::lock_guard lock(mutex_);
  begins_[partition] = offset;
  ++deletions_;
  return Ok();
}

std::optional<std::int64_t> KafkaCore::BeginAfterDeletion(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  const auto found = begins_.find(partition);
  return found == begins_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<std::string>> KafkaCore::Groups() {
  const Admin admin = GetAdmin();
  const AdminOptions options =
      MakeAdminOptions(admin.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, options_.call_timeout_ms);
  const KafkaQueue queue(rd_kafka_queue_new(admin.get()));
  rd_kafka_ListConsumerGroups(admin.get(), options.get(), queue.get());
  CROSSBILL_TRY(const KafkaEvent event, WaitForSuccess(admin, *queue, "listing the groups"));
  std::size_t count = 0;
  const rd_kafka_ConsumerGroupListing_t** found =
      rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(event.get()), &count);
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = rd_kafka_ConsumerGroupListing_group_id(found[i]);
    if (name.starts_with(options_.prefix + ".")) {
      groups.emplace_back(name);
    }
  }
  return groups;
}

void KafkaCore::NoteCommitted(const TopicPartition& partition, std::int64_t last) {
  const std::lock_guard lock(mutex_);
  std::int64_t& known = committed_[partition];
  known = std::max(known, last);
}

}  // namespace crossbill::bus
