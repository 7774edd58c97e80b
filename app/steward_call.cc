#include "app/steward_call.h"

#include <unistd.h>

#include <cstdlib>

namespace crossbill::app {

std::string UserName() {
  const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): nothing writes the environment
  return user != nullptr ? user : std::to_string(getuid());
}

Error FromStatus(const grpc::Status& status, const std::string& address) {
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return {Code::kBusLocked,
            "another process has the bus open, and its StewardService does not answer at " + address};
  }
  const bool missing = status.error_code() == grpc::StatusCode::NOT_FOUND;
  return {missing ? Code::kNotFound : Code::kUsage, status.error_message(), address};
}

}  // namespace crossbill::app
