// How far groups have committed, asked by a consumer of each group which neither joins it nor reads. Not by
// the admin's request (ListConsumerGroupOffsets): one that times out, as when a broker starts again, ends the
// process by an assertion (librdkafka's issue 4605, open with 2.15). Any thread.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/kafka/handle.h"

namespace crossbill::bus {

class KafkaCore;

class GroupOffsets {
 public:
  explicit GroupOffsets(KafkaCore& core) : core_(core) {}
  // Of those partitions for which the group has committed; waits while a transaction of it is being ended.
  Result<std::map<TopicPartition, std::int64_t>> Read(std::string_view group,
                                                      const std::vector<TopicPartition>& partitions);

 private:
  using Asker = std::shared_ptr<rd_kafka_t>;  // in use while another thread gives it up
  Result<Asker> AskerOf(const std::string& group);
  void GiveUp(const std::string& group, const Asker& asker);

  KafkaCore& core_;
  std::mutex mutex_;
  std::map<std::string, Asker> askers_;  // by group
};

}  // namespace crossbill::bus
