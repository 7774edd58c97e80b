#include "bus/kafka/handle.h"

namespace crossbill::bus {
namespace {

Code CodeOf(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return Code::kBusFenced;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return Code::kBusTopic;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return Code::kLimit;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return Code::kBusDenied;
    // RD_KAFKA_RESP_ERR__STATE, too: the transaction has failed meanwhile. Calls in the wrong order do not
    // come this far.
    default:
      return Code::kBusUnavailable;
  }
}

}  // namespace

bool IsNoAnswer(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT;
}

bool Settles(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__NOENT:  // a partition whose leader librdkafka does not know for now
      return true;
    default:
      return false;
  }
}

Error KafkaError(rd_kafka_resp_err_t code, std::string_view text, std::string_view doing) {
  std::string message(doing);
  message += ": ";
  message += text.empty() ? std::string_view(rd_kafka_err2str(code)) : text;
  message += " (";
  message += rd_kafka_err2name(code);
  message += ")";
  if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
    message += "; it takes the ACL Read on the group";
  } else if (code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED) {
    message += "; it takes the ACL Write on the transactional id";
  }
  return Error(CodeOf(code), std::move(message));
}

Error KafkaTopicError(rd_kafka_resp_err_t code, std::string_view text, std::string_view doing,
                      std::string_view operation, std::string_view topic) {
  Error error = KafkaError(code, text, doing);
  if (code != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    return error;
  }
  return Error(error.code(), error.message() + "; it takes the ACL " + std::string(operation) +
                                 " on the topic " + std::string(topic));
}

Error KafkaError(const rd_kafka_error_t& error, std::string_view doing) {
  return KafkaError(rd_kafka_error_code(&error), rd_kafka_error_string(&error), doing);
}

KafkaPartitions MakePartitions(const std::vector<TopicPartition>& partitions) {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  return list;
}

TopicPartition PartitionOf(const rd_kafka_topic_partition_t& partition) {
  return {partition.topic, partition.partition};
}

Status SetProperty(rd_kafka_conf_t& conf, std::string_view name, const std::string& value) {
  char text[512];
  if (rd_kafka_conf_set(&conf, std::string(name).c_str(), value.c_str(), text, sizeof(text)) ==
      RD_KAFKA_CONF_OK) {
    return Ok();
  }
  // librdkafka's text repeats the value, which may be a secret.
  return Error(Code::kConfigValue,
               "librdkafka does not take the property \"" + std::string(name) + "\", or not with this value");
}

}  // namespace crossbill::bus
