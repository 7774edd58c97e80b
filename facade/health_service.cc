#include "facade/health_service.h"

#include <fmt/format.h>

#include "base/text.h"
#include "grpc/health/v1/health.pb.h"

namespace crossbill::facade {
namespace {

constexpr std::int64_t kLookMs = 250;

}  // namespace

ServiceTable HealthService::Table() {
  return {"grpc.health.v1.Health",
          {Unary(this, "Check", &HealthService::Check)},
          {Stream(this, "Watch", &HealthService::Watch)}};
}

int HealthService::StateOf(const std::string& service) const {
  if (!service.empty() && !services_.contains(service)) {
    return Response::SERVICE_UNKNOWN;
  }
  return ready_() ? Response::SERVING : Response::NOT_SERVING;
}

Result<HealthService::Response> HealthService::Check(const Request& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  const int state = StateOf(request.service());
  if (state == Response::SERVICE_UNKNOWN) {
    return Error(Code::kNotFound, fmt::format("no service \"{}\"", Printable(request.service())));
  }
  Response response;
  response.set_status(static_cast<Response::ServingStatus>(state));
  return response;
}

Status HealthService::Watch(const Request& request, CallContext& context,
                            const std::function<bool(const Response&)>& write) {
  int told = -1;
  while (true) {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    const int state = StateOf(request.service());
    if (state != told) {
      Response response;
      response.set_status(static_cast<Response::ServingStatus>(state));
      if (!write(response)) {
        return Error(Code::kCancelled, "the caller is gone");
      }
      told = state;
    }
    context.stop->WaitFor(kLookMs);
  }
}

}  // namespace crossbill::facade
