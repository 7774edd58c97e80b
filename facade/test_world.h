// A read model in a temporary folder, a bus in memory and a server on free ports: for the tests of this folder.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "bus/memory/memory_bus.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/server.h"
#include "facade/views/views.h"

namespace crossbill::facade {

class TestWorld {
 public:
  TestWorld() {
    std::string pattern = (std::filesystem::temp_directory_path() / "crossbill-facade-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    auto opened = Views::Open(folder_ + "/views", false);
    if (!opened.ok()) { ADD_FAILURE() << opened.error().ToString(); std::abort(); }
    views_ = std::move(*opened);
  }
  ~TestWorld() {
    views_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Applies one record, as the updater would. Nothing: a tombstone.
  void Put(const std::string& topic, const std::string& key, const std::optional<std::string>& value) {
    bus::Batch batch;
    batch.sources = {{topic, 0}};
    bus::RecordView record{key, value ? std::optional<std::string_view>(*value) : std::nullopt, {}, 0};
    batch.records.push_back({0, offset_, record});
    batch.next_offsets[{topic, 0}] = ++offset_;
    const Status applied = views_->Apply(topics_, batch);
    ASSERT_TRUE(applied.ok()) << applied.error().ToString();
  }
  void Put(const v1::Customer& customer) { Put(topics_.Unified("customer"), customer.name(), customer.SerializeAsString()); }
  void Put(const v1::UnifiedDocument& document) {
    Put(topics_.Unified(document.kind() == v1::Document::ORDER ? "order" : "invoice"), document.name(), document.SerializeAsString());
  }
  void Put(const v1::Exception& exception) { Put(topics_.Exceptions(), exception.name(), exception.SerializeAsString()); }
  void RemoveCustomer(const std::string& name) { Put(topics_.Unified("customer"), name, std::nullopt); }
  void PutCustomer(const std::string& name, const std::string& display_name) {
    v1::Customer customer;
    customer.set_name(name);
    customer.set_display_name(display_name);
    Put(customer);
  }

  std::unique_ptr<Server> StartServer() { return StartServer(clock_); }
  std::unique_ptr<Server> StartServer(const Clock& clock) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.http = "127.0.0.1:0";
    options.readiness = [this] { return checks_; };
    auto server = Server::Start(*views_, clock, metrics_, *log_, options);
    if (!server.ok()) { ADD_FAILURE() << server.error().ToString(); std::abort(); }
    return std::move(*server);
  }
  static std::shared_ptr<grpc::Channel> Channel(const Server& server) {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(server.grpc_port()), grpc::InsecureChannelCredentials());
  }

  Views& views() { return *views_; }
  ManualClock& clock() { return clock_; }
  Metrics& metrics() { return metrics_; }
  Log& log() { return *log_; }
  std::vector<ServerOptions::Check>& checks() { return checks_; }

 private:
  std::string folder_;
  bus::Topics topics_{"crossbill", 1};
  std::unique_ptr<Views> views_;
  std::int64_t offset_ = 0;
  ManualClock clock_;
  Metrics metrics_;
  std::unique_ptr<Log> log_ = MakeNullLog();
  std::vector<ServerOptions::Check> checks_ = {{"views", true, ""}};
};

}  // namespace crossbill::facade
