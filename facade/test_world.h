// A read model, a manual clock and a server on free ports: for the tests of this folder.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "facade/server.h"
#include "facade/views/test_views.h"
#include "transforms/identity/judged.h"

namespace crossbill::facade {

class TestWorld : public TestViews {
 public:
  explicit TestWorld(std::shared_ptr<const transforms::Comparer> comparer = transforms::MakeJudged(600, ""))
      : TestViews(std::move(comparer)) {}
  std::unique_ptr<Server> StartServer() { return StartServer(clock_); }
  std::unique_ptr<Server> StartServer(const Clock& clock) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.http = "127.0.0.1:0";
    options.readiness = [this] { return checks_; };
    return Must(Server::Start(served(), clock, metrics_, *log_, options));
  }
  static std::shared_ptr<grpc::Channel> Channel(const Server& server) {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(server.grpc_port()),
                               grpc::InsecureChannelCredentials());
  }

  bus::Bus& bus() { return *bus_; }
  DecisionBook& decisions() { return decisions_; }
  DocumentBook& document_decisions() { return documents_; }
  Served served() {
    return {views(),    decisions_,  exceptions_,
            documents_, forgetting_, [this] { return clock_.Now().date(); }};
  }
  ManualClock& clock() { return clock_; }
  Metrics& metrics() { return metrics_; }
  Log& log() { return *log_; }
  std::vector<ServerOptions::Check>& checks() { return checks_; }

 private:
  std::unique_ptr<bus::Bus> MakeBus() const {
    auto bus = bus::MakeMemoryBus();
    EXPECT_TRUE(bus->CreateTopics(bus::SpecsOf(topics_)).ok());
    return bus;
  }
  ManualClock clock_;
  bus::Topics topics_{"test", 1};
  std::unique_ptr<bus::Bus> bus_ = MakeBus();
  BusDecisionBook decisions_{*bus_, topics_, clock_};
  BusExceptionBook exceptions_{*bus_, topics_, clock_};
  BusDocumentBook documents_{*bus_, topics_, clock_};
  transforms::ErasureGate gate_;
  Forgetting forgetting_{*bus_, topics_, views(), Secret(), gate_, clock_};
  Metrics metrics_;
  std::unique_ptr<Log> log_ = MakeNullLog();
  std::vector<ServerOptions::Check> checks_ = {{"views", true, ""}};
};

}  // namespace crossbill::facade
