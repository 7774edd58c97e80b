#include "bus/kafka/endtxn_guard.h"

namespace crossbill::bus {
namespace {

// The API keys of Kafka's protocol.
constexpr std::int16_t kInitProducerId = 22;
constexpr std::int16_t kAddPartitionsToTxn = 24;
constexpr std::int16_t kAddOffsetsToTxn = 25;
constexpr std::int16_t kEndTxn = 26;
constexpr std::int16_t kTxnOffsetCommit = 28;

bool IsOfTransaction(std::int16_t api_key) {
  return api_key == kInitProducerId || api_key == kAddPartitionsToTxn || api_key == kAddOffsetsToTxn ||
         api_key == kEndTxn || api_key == kTxnOffsetCommit;
}

}  // namespace

Status EndTxnGuard::Watch(rd_kafka_conf_t& conf) {
  const rd_kafka_resp_err_t code = rd_kafka_conf_interceptor_add_on_new(&conf, "crossbill", OnNew, this);
  return code == 0 ? Ok() : Status(Error(Code::kBusState, "librdkafka takes no interceptor"));
}

rd_kafka_resp_err_t EndTxnGuard::OnNew(rd_kafka_t* handle, const rd_kafka_conf_t*, void* self, char*,
                                       std::size_t) {
  return rd_kafka_interceptor_add_on_response_received(handle, "crossbill", OnResponse, self);
}

// Called for each response, and with an error for a request that got none: a timeout, a cut connection. An
// error that the broker has answered is none of these.
rd_kafka_resp_err_t EndTxnGuard::OnResponse(rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api_key,
                                            std::int16_t, std::int32_t, std::size_t, std::int64_t,
                                            rd_kafka_resp_err_t error, void* self) {
  if (error != 0 && IsOfTransaction(api_key)) {
    ++static_cast<EndTxnGuard*>(self)->failed_;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace crossbill::bus
