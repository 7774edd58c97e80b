// Notices requests of a transaction that failed or were never answered. librdkafka sends them again by
// itself; the first one may still arrive at the broker, and end the next transaction instead (KAFKA-17754). A
// new producer with the same id has a higher epoch, so that the broker refuses what is late (docs/adr/0014).
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>

#include "base/result.h"

namespace crossbill::bus {

// One per producer; it must outlive the producer's handle. Written by librdkafka's threads.
class EndTxnGuard {
 public:
  // Before rd_kafka_new.
  Status Watch(rd_kafka_conf_t& conf);
  // Whether a request's fate is not known.
  bool doubtful() const { return failed_.load() > 0; }

 private:
  static rd_kafka_resp_err_t OnNew(rd_kafka_t* handle, const rd_kafka_conf_t*, void* self, char*,
                                   std::size_t);
  static rd_kafka_resp_err_t OnResponse(rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api_key,
                                        std::int16_t, std::int32_t, std::size_t, std::int64_t,
                                        rd_kafka_resp_err_t error, void* self);
  std::atomic<int> failed_ = 0;
};

}  // namespace crossbill::bus
