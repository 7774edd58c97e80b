#include "facade/server.h"

#include <set>

#include "facade/customer_service.h"
#include "facade/document_service.h"
#include "facade/exception_service.h"
#include "facade/grpc_door.h"
#include "facade/health_service.h"
#include "facade/listen_address.h"

namespace crossbill::facade {
namespace {

constexpr std::int64_t kGraceMs = 2'000;

class ServerImpl final : public Server {
 public:
  ServerImpl(Views& views, const ServerOptions& options)
      : options_(options), customers_(views), documents_(views), exceptions_(views),
        health_(ServiceNames(), [this] { return Ready(); }) {
    services_ = {customers_.Table(), documents_.Table(), exceptions_.Table(), health_.Table()};
  }

  ~ServerImpl() override {
    stop_.Raise();
    if (grpc_ != nullptr) { grpc_->Close(kGraceMs); }
  }

  Status Start(const Clock& clock, Metrics& metrics, Log& log) {
    CROSSBILL_TRY(const ListenAddress listen, ParseLoopbackAddress("facade.listen", options_.listen));
    CROSSBILL_TRY(grpc_, GrpcDoor::Open(services_, clock, metrics, stop_, listen, options_.threads));
    log.Info("gRPC is served", {{"address", ListenAddress{listen.host, grpc_->port()}.Text()}});
    return Ok();
  }

  int grpc_port() const override { return grpc_->port(); }
  int http_port() const override { return 0; }

 private:
  std::set<std::string> ServiceNames() {
    return {customers_.Table().name, documents_.Table().name, exceptions_.Table().name, "grpc.health.v1.Health"};
  }

  bool Ready() const {
    if (!options_.readiness) { return true; }
    for (const ServerOptions::Check& check : options_.readiness()) {
      if (!check.ok) { return false; }
    }
    return true;
  }

  ServerOptions options_;
  StopSignal stop_;
  CustomerService customers_;
  DocumentService documents_;
  ExceptionService exceptions_;
  HealthService health_;
  std::vector<ServiceTable> services_;
  std::unique_ptr<GrpcDoor> grpc_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(Views& views, const Clock& clock, Metrics& metrics, Log& log, const ServerOptions& options) {
  auto server = std::make_unique<ServerImpl>(views, options);
  CROSSBILL_RETURN_IF_ERROR(server->Start(clock, metrics, log));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace crossbill::facade
