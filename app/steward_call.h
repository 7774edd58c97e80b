// Calling a method of the StewardService: in this process, or in the one that has the bus open. One thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <string>

#include "app/session.h"
#include "bus/topic_specs.h"
#include "crossbill/config/v1/project.pb.h"
#include "crossbill/v1/steward_service.grpc.pb.h"
#include "facade/decision_book.h"
#include "facade/forgetting.h"
#include "facade/server.h"
#include "facade/steward_service.h"
#include "runtime/runner.h"

namespace crossbill::app {

template <class Request, class Response = v1::Decision>
struct StewardMethod {
  Result<Response> (facade::StewardService::*here)(const Request&, facade::CallContext&);
  grpc::Status (v1::StewardService::Stub::*there)(grpc::ClientContext*, const Request&, Response*);
  std::int64_t patience_ms = facade::kReadMs;
};

// The user of the shell: who decides, where nobody says so.
std::string UserName();
Error FromStatus(const grpc::Status& status, const std::string& address);

// `elsewhere`, where it is given: whether another process did it.
template <class Request, class Response>
Result<Response> CallSteward(Session& session, const runtime::ProjectConfig& project, const Request& request,
                             const StewardMethod<Request, Response>& method, bool* elsewhere = nullptr) {
  auto bus = session.OpenBus(project, false);
  if (bus.ok()) {
    const bus::Topics topics = runtime::TopicsOf(project);
    CROSSBILL_RETURN_IF_ERROR((*bus)->CreateTopics(bus::SpecsOf(topics)));
    const auto views = session.OpenViewsForReading(project);
    if (views == nullptr) {
      return Error(Code::kNotFound, "there are no customers yet: `crossbill run` makes them");
    }
    facade::BusDecisionBook book(**bus, topics, session.clock);
    transforms::ErasureGate gate;
    facade::Forgetting forgetting(**bus, topics, *views, Secret(project.project().erasure_key()), gate,
                                  session.clock);
    facade::StewardService service(*views, book, forgetting, session.clock);
    facade::StopSignal stop;
    facade::CallContext context{&session.clock, &stop, INT64_MAX, nullptr};
    return (service.*method.here)(request, context);
  }
  if (bus.error().code() != Code::kBusLocked) {
    return std::move(bus).error();
  }
  if (elsewhere != nullptr) {
    *elsewhere = true;
  }
  const std::string& listen = project.project().facade().listen();
  const std::string address = listen.empty() ? facade::ServerOptions().listen : listen;
  const auto stub =
      v1::StewardService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  // wall-clock: gRPC takes deadlines by it
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(method.patience_ms));
  Response response;
  const grpc::Status status = (stub.get()->*method.there)(&context, request, &response);
  if (!status.ok()) {
    return FromStatus(status, address);
  }
  return response;
}

}  // namespace crossbill::app
