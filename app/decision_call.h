// A person's decision from the shell: made in this process when it can open the bus, else by the service of
// the process that has it open. One thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <string>

#include "app/session.h"
#include "bus/topic_specs.h"
#include "facade/rpc.h"
#include "runtime/runner.h"

namespace crossbill::app {

// Of the user who calls.
std::string UserName();
// Where the running process serves gRPC.
std::string ListenAddressOf(const runtime::ProjectConfig& project);
Error FromStatus(const grpc::Status& status, const std::string& address);

// here(bus, views, context) gives the decision; there(channel, client context, decision) gives a
// grpc::Status within `patience_ms`.
template <class Decision, class Here, class There>
Result<Decision> DecideHereOrThere(Session& session, const runtime::ProjectConfig& project, const Here& here,
                                   const There& there, std::int64_t patience_ms = facade::kReadMs) {
  auto bus = session.OpenBus(project, false);
  if (bus.ok()) {
    CROSSBILL_RETURN_IF_ERROR((*bus)->CreateTopics(bus::SpecsOf(runtime::TopicsOf(project))));
    const auto views = session.OpenViewsForReading(project);
    if (views == nullptr) {
      return Error(Code::kNotFound, "there are no customers yet: `crossbill run` makes them");
    }
    facade::StopSignal stop;
    facade::CallContext context{&session.clock, &stop, INT64_MAX, nullptr};
    return here(**bus, *views, context);
  }
  if (bus.error().code() != Code::kBusLocked) {
    return std::move(bus).error();
  }
  const std::string address = ListenAddressOf(project);
  grpc::ClientContext context;
  // wall-clock: gRPC takes deadlines by it
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(patience_ms));
  Decision decision;
  const grpc::Status status =
      there(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()), context, decision);
  if (!status.ok()) {
    return FromStatus(status, address);
  }
  return decision;
}

}  // namespace crossbill::app
