#include "bus/kafka/connection_errors.h"

#include "bus/kafka/handle.h"

namespace crossbill::bus {
namespace {

// Another broker may answer meanwhile.
constexpr std::chrono::milliseconds kSettle{1000};

bool Has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// The connections to coordinators tell errors of logins that have not begun (librdkafka 2.15).
bool IsOfCoordinator(std::string_view text) {
  return text.starts_with("GroupCoordinator") || text.starts_with("TxnCoordinator");
}

// With an alert the broker refuses a client's certificate, or its lack; librdkafka calls it a failure to
// receive.
bool IsTlsAlert(std::string_view text) { return Has(text, "SSL alert number"); }

// A connection that is cut in the middle of a login is told as a failed one.
bool IsRefusal(rd_kafka_resp_err_t code, std::string_view text) {
  return (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL) &&
         !Has(text, "transport failure") && !Has(text, "Disconnected");
}

}  // namespace

void ConnectionErrors::Note(rd_kafka_resp_err_t code, std::string_view text) {
  const std::scoped_lock lock(mutex_);
  const bool known = code_ != RD_KAFKA_RESP_ERR_NO_ERROR;
  if (IsOfCoordinator(text) || (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && known)) {
    return;  // the latter comes with the error that says why
  }
  code = IsTlsAlert(text) ? RD_KAFKA_RESP_ERR__AUTHENTICATION : code;
  const bool refusal = IsRefusal(code, text);
  if (refused_since_ && !refusal) {
    return;  // a refusal that stays is told only twice a minute
  }
  if (refusal && !refused_since_) {
    refused_since_ = std::chrono::steady_clock::now();
  }
  code_ = code;
  text_ = text;
}

void ConnectionErrors::Answered() {
  const std::scoped_lock lock(mutex_);
  answered_ = true;
  code_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  text_.clear();
  refused_since_.reset();
}

std::optional<Error> ConnectionErrors::GivesUp(std::string_view doing, Time now) const {
  const std::scoped_lock lock(mutex_);
  if (!refused_since_ || answered_ || now - *refused_since_ < kSettle) {
    return std::nullopt;
  }
  return KafkaError(code_, text_, doing);
}

Error ConnectionErrors::Explain(rd_kafka_resp_err_t code, std::string_view text,
                                std::string_view doing) const {
  const std::scoped_lock lock(mutex_);
  const Error error = KafkaError(code, text, doing);
  return text_.empty() ? error : Error(error.code(), error.message() + "; last heard: " + text_);
}

}  // namespace crossbill::bus
