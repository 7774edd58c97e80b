// A read model, a manual clock and a server on free ports: for the tests of this folder.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>

#include "facade/server.h"
#include "facade/views/test_views.h"

namespace crossbill::facade {

class TestWorld : public TestViews {
 public:
  std::unique_ptr<Server> StartServer() { return StartServer(clock_); }
  std::unique_ptr<Server> StartServer(const Clock& clock) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.http = "127.0.0.1:0";
    options.readiness = [this] { return checks_; };
    return Must(Server::Start(views(), clock, metrics_, *log_, options));
  }
  static std::shared_ptr<grpc::Channel> Channel(const Server& server) {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(server.grpc_port()),
                               grpc::InsecureChannelCredentials());
  }

  ManualClock& clock() { return clock_; }
  Metrics& metrics() { return metrics_; }
  Log& log() { return *log_; }
  std::vector<ServerOptions::Check>& checks() { return checks_; }

 private:
  ManualClock clock_;
  Metrics metrics_;
  std::unique_ptr<Log> log_ = MakeNullLog();
  std::vector<ServerOptions::Check> checks_ = {{"views", true, ""}};
};

}  // namespace crossbill::facade
