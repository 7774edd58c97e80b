// librdkafka's objects with owners, and its errors in our words. rdkafka.h says what each is.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/record.h"

namespace crossbill::bus {

template <auto Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* object) const {
    Destroy(object);
  }
};
using KafkaHandle = std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>>;
using KafkaTopic = std::unique_ptr<rd_kafka_topic_t, Destroyer<rd_kafka_topic_destroy>>;
using KafkaConf = std::unique_ptr<rd_kafka_conf_t, Destroyer<rd_kafka_conf_destroy>>;
using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;
using KafkaPartitions =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Destroyer<rd_kafka_topic_partition_list_destroy>>;
using KafkaErrorPtr = std::unique_ptr<rd_kafka_error_t, Destroyer<rd_kafka_error_destroy>>;
using KafkaMetadata = std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>>;
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, Destroyer<rd_kafka_message_destroy>>;

// What an error of the broker or of librdkafka is to us. `doing`: "reading the ends of topics".
Error KafkaError(rd_kafka_resp_err_t code, std::string_view text, std::string_view doing);
Error KafkaError(const rd_kafka_error_t& error, std::string_view doing);
// The same for what takes an ACL on a topic: "Create". Of groups and transactional ids the code says enough.
Error KafkaTopicError(rd_kafka_resp_err_t code, std::string_view text, std::string_view doing,
                      std::string_view operation, std::string_view topic);
// No broker could be asked, or none has answered in time.
bool IsNoAnswer(rd_kafka_resp_err_t code);
// A broker that has just become responsible, or whose transaction is being ended, says so: ask again. One of
// several may also not have heard yet of a topic that the others know.
bool Settles(rd_kafka_resp_err_t code);

KafkaPartitions MakePartitions(const std::vector<TopicPartition>& partitions);
TopicPartition PartitionOf(const rd_kafka_topic_partition_t& partition);

Status SetProperty(rd_kafka_conf_t& conf, std::string_view name, const std::string& value);

}  // namespace crossbill::bus
