#include "facade/server.h"

#include <algorithm>
#include <set>

#include "facade/connect.h"
#include "facade/customer_service.h"
#include "facade/document_service.h"
#include "facade/document_steward_service.h"
#include "facade/exception_service.h"
#include "facade/grpc_door.h"
#include "facade/health_service.h"
#include "facade/http_door.h"
#include "facade/listen_address.h"
#include "facade/steward_service.h"
#include "facade/value_service.h"

namespace crossbill::facade {
namespace {

constexpr std::int64_t kGraceMs = 2'000;

class ServerImpl final : public Server {
 public:
  ServerImpl(const Served& served, const Clock& clock, const ServerOptions& options)
      : options_(options),
        customers_(served.views),
        documents_(served.views),
        document_stewards_(served.views, served.documents, clock),
        exceptions_(served.views, served.exceptions, clock, served.as_of),
        stewards_(served.views, served.decisions, served.forgetting, clock),
        values_(served.views),
        health_(ServiceNames(), [this] { return Ready(); }) {
    services_ = {customers_.Table(),  documents_.Table(), document_stewards_.Table(),
                 exceptions_.Table(), stewards_.Table(),  values_.Table(),
                 health_.Table()};
  }

  ~ServerImpl() override {
    stop_.Raise();
    http_.reset();
    if (grpc_ != nullptr) {
      grpc_->Close(kGraceMs);
    }
  }

  Status Start(const Clock& clock, Metrics& metrics, Log& log) {
    CROSSBILL_TRY(const ListenAddress listen, ParseLoopbackAddress("facade.listen", options_.listen));
    CROSSBILL_TRY(grpc_, GrpcDoor::Open(services_, clock, metrics, stop_, listen, options_.threads));
    if (!options_.http.empty()) {
      CROSSBILL_RETURN_IF_ERROR(StartHttp(clock, metrics, log));
    }
    log.Info("gRPC is served", {{"address", ListenAddress{listen.host, grpc_->port()}.Text()}});
    return Ok();
  }

  int grpc_port() const override { return grpc_->port(); }
  int http_port() const override { return http_ != nullptr ? http_->port() : 0; }

 private:
  std::set<std::string> ServiceNames() {
    return {customers_.Table().name,  documents_.Table().name, document_stewards_.Table().name,
            exceptions_.Table().name, stewards_.Table().name,  values_.Table().name,
            "grpc.health.v1.Health"};
  }

  Status StartHttp(const Clock& clock, Metrics& metrics, Log& log) {
    CROSSBILL_TRY(const ListenAddress listen, ParseLoopbackAddress("facade.http", options_.http));
    connect_ = std::make_unique<Connect>(services_, clock, metrics, stop_);
    CROSSBILL_TRY(
        http_,
        HttpDoor::Open({connect_.get(), &metrics, [this] { return Checks(); }, options_.threads}, listen));
    log.Info("HTTP is served", {{"address", ListenAddress{listen.host, http_->port()}.Text()}});
    return Ok();
  }

  std::vector<ServerOptions::Check> Checks() const {
    return options_.readiness ? options_.readiness() : std::vector<ServerOptions::Check>();
  }

  bool Ready() const {
    const std::vector<ServerOptions::Check> checks = Checks();
    return std::all_of(checks.begin(), checks.end(),
                       [](const ServerOptions::Check& check) { return check.ok; });
  }

  ServerOptions options_;
  StopSignal stop_;
  CustomerService customers_;
  DocumentService documents_;
  DocumentStewardService document_stewards_;
  ExceptionService exceptions_;
  StewardService stewards_;
  ValueService values_;
  HealthService health_;
  std::vector<ServiceTable> services_;
  std::unique_ptr<Connect> connect_;
  std::unique_ptr<GrpcDoor> grpc_;
  std::unique_ptr<HttpDoor> http_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const Served& served, const Clock& clock, Metrics& metrics,
                                              Log& log, const ServerOptions& options) {
  auto server = std::make_unique<ServerImpl>(served, clock, options);
  CROSSBILL_RETURN_IF_ERROR(server->Start(clock, metrics, log));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace crossbill::facade
