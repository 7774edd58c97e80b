#include "app/decision_call.h"

#include <unistd.h>

#include <cstdlib>

#include "crossbill/config/v1/project.pb.h"
#include "facade/server.h"

namespace crossbill::app {

std::string UserName() {
  const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): nothing writes the environment
  return user != nullptr ? user : std::to_string(getuid());
}

std::string ListenAddressOf(const runtime::ProjectConfig& project) {
  const std::string& listen = project.project().facade().listen();
  return listen.empty() ? facade::ServerOptions().listen : listen;
}

Error FromStatus(const grpc::Status& status, const std::string& address) {
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return {Code::kBusLocked,
            "another process has the bus open, and its services do not answer at " + address};
  }
  const bool missing = status.error_code() == grpc::StatusCode::NOT_FOUND;
  return {missing ? Code::kNotFound : Code::kUsage, status.error_message(), address};
}

}  // namespace crossbill::app
