// What librdkafka tells of its connections by the way: a login that is refused, TLS that fails, no broker. A
// call that gets no answer knows nothing of it, and would wait for its whole time. Any thread.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::bus {

class ConnectionErrors {
 public:
  using Time = std::chrono::steady_clock::time_point;
  void Note(rd_kafka_resp_err_t code, std::string_view text);
  // A broker has answered a call: what was told before is past.
  void Answered();
  // Why a call need not be waited for any longer: the login is refused or TLS fails, since a while, and no
  // call was ever answered. (A login that worked may work again: a broker starts, a token endpoint is away.)
  std::optional<Error> GivesUp(std::string_view doing, Time now = std::chrono::steady_clock::now()) const;
  // The error of a call that got no answer, with what is probably behind it.
  Error Explain(rd_kafka_resp_err_t code, std::string_view text, std::string_view doing) const;

 private:
  mutable std::mutex mutex_;
  bool answered_ = false;
  rd_kafka_resp_err_t code_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // of the last one that was told
  std::string text_;
  std::optional<Time> refused_since_;  // a login, or TLS
};

}  // namespace crossbill::bus
