#include "bus/kafka/group_offsets.h"

#include <algorithm>

#include "bus/kafka/admin.h"
#include "bus/kafka/core.h"

namespace crossbill::bus {
namespace {

// How long an answer is waited for until a look at what librdkafka tells of its connections.
constexpr std::int64_t kLookMs = 500;

rd_kafka_resp_err_t FirstError(const rd_kafka_topic_partition_list_t& list) {
  for (int i = 0; i < list.cnt; ++i) {
    if (list.elems[i].err != 0) {
      return list.elems[i].err;
    }
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::map<TopicPartition, std::int64_t> Committed(const rd_kafka_topic_partition_list_t& list) {
  std::map<TopicPartition, std::int64_t> offsets;
  for (int i = 0; i < list.cnt; ++i) {
    if (list.elems[i].offset >= 0) {
      offsets[PartitionOf(list.elems[i])] = list.elems[i].offset;
    }
  }
  return offsets;
}

// That the group may not be used is told only once, and not as the answer.
std::optional<Error> Refusal(rd_kafka_t& asker, std::string_view doing) {
  rd_kafka_poll(&asker, 0);
  while (const KafkaMessage message{rd_kafka_consumer_poll(&asker, 0)}) {
    Error error = KafkaError(message->err, "", doing);
    if (error.code() == Code::kBusDenied) {
      return error;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::map<TopicPartition, std::int64_t>> GroupOffsets::Read(
    std::string_view group, const std::vector<TopicPartition>& partitions) {
  const std::string name(group);
  const std::string doing = "reading where the group " + name + " is";
  const Deadline deadline(core_.options().call_timeout_ms);
  CROSSBILL_TRY(const Asker asker, AskerOf(name));
  for (;;) {
    const KafkaPartitions list = MakePartitions(partitions);
    rd_kafka_resp_err_t code =
        rd_kafka_committed(asker.get(), list.get(), static_cast<int>(std::min(kLookMs, deadline.left_ms())));
    code = code == 0 ? FirstError(*list) : code;
    if (code == 0) {
      core_.connection_errors().Answered();
      return Committed(*list);
    }
    std::optional<Error> refusal = Refusal(*asker, doing);
    if (!refusal) {
      refusal = core_.connection_errors().GivesUp(doing);
    }
    if (!refusal && (IsNoAnswer(code) || Settles(code)) && !core_.IsOver(deadline)) {
      RestBetweenLooks();
      continue;
    }
    GiveUp(name, asker);
    if (refusal) {
      return *std::move(refusal);
    }
    return IsNoAnswer(code) ? core_.connection_errors().Explain(code, "", doing)
                            : KafkaError(code, "", doing);
  }
}

Result<GroupOffsets::Asker> GroupOffsets::AskerOf(const std::string& group) {
  const std::lock_guard lock(mutex_);
  Asker& asker = askers_[group];
  if (!asker) {
    // read_committed: the broker answers when the group's transactions have ended.
    CROSSBILL_TRY(KafkaConf conf, core_.MakeConf({{"group.id", group},
                                                  {"enable.auto.commit", "false"},
                                                  {"isolation.level", "read_committed"}}));
    KafkaCore::ListenForErrors(*conf);
    CROSSBILL_TRY(KafkaHandle handle, KafkaCore::MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
    asker = std::move(handle);
  }
  return asker;
}

void GroupOffsets::GiveUp(const std::string& group, const Asker& asker) {
  const std::lock_guard lock(mutex_);
  if (const auto found = askers_.find(group); found != askers_.end() && found->second == asker) {
    askers_.erase(found);
  }
}

}  // namespace crossbill::bus
