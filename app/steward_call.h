// Calling a method of the StewardService: in this process, or in the one that has the bus open. One thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "app/decision_call.h"
#include "app/session.h"
#include "crossbill/config/v1/project.pb.h"
#include "crossbill/v1/steward_service.grpc.pb.h"
#include "facade/decision_book.h"
#include "facade/forgetting.h"
#include "facade/steward_service.h"
#include "runtime/runner.h"

namespace crossbill::app {

template <class Request, class Response = v1::Decision>
struct StewardMethod {
  Result<Response> (facade::StewardService::*here)(const Request&, facade::CallContext&);
  grpc::Status (v1::StewardService::Stub::*there)(grpc::ClientContext*, const Request&, Response*);
  std::int64_t patience_ms = facade::kReadMs;
};

// `elsewhere`, where it is given: whether another process did it.
template <class Request, class Response>
Result<Response> CallSteward(Session& session, const runtime::ProjectConfig& project, const Request& request,
                             const StewardMethod<Request, Response>& method, bool* elsewhere = nullptr) {
  return DecideHereOrThere<Response>(
      session, project,
      [&](bus::Bus& bus, facade::Views& views, facade::CallContext& context) {
        const bus::Topics topics = runtime::TopicsOf(project);
        facade::BusDecisionBook book(bus, topics, session.clock);
        transforms::ErasureGate gate;
        facade::Forgetting forgetting(bus, topics, views, Secret(project.project().erasure_key()), gate,
                                      session.clock);
        facade::StewardService service(views, book, forgetting, session.clock);
        return (service.*method.here)(request, context);
      },
      [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context, Response& response) {
        if (elsewhere != nullptr) {
          *elsewhere = true;
        }
        const auto stub = v1::StewardService::NewStub(channel);
        return (stub.get()->*method.there)(&context, request, &response);
      },
      method.patience_ms);
}

}  // namespace crossbill::app
