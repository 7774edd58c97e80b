// grpc.health.v1.Health, compiled in so that reflection serves it: "" is the whole server, and each service
// by its name. All are serving while the checks of readiness hold. Any thread.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "facade/rpc.h"

namespace grpc::health::v1 {
class HealthCheckRequest;
class HealthCheckResponse;
}  // namespace grpc::health::v1

namespace crossbill::facade {

class HealthService {
 public:
  using Request = grpc::health::v1::HealthCheckRequest;
  using Response = grpc::health::v1::HealthCheckResponse;

  HealthService(std::set<std::string> services, std::function<bool()> ready)
      : services_(std::move(services)), ready_(std::move(ready)) {}
  ServiceTable Table();

  Result<Response> Check(const Request& request, CallContext& context);
  Status Watch(const Request& request, CallContext& context,
               const std::function<bool(const Response&)>& write);

 private:
  int StateOf(const std::string& service) const;

  std::set<std::string> services_;
  std::function<bool()> ready_;
};

}  // namespace crossbill::facade
