// The client against a registry of the test's own, which answers as Confluent's does (tests/broker has a real
// one).
#include "bus/registry/schema_registry.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/order.pb.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TestRegistry {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  TestRegistry() {
    server_.Post(R"(/subjects/(.+?)(/versions)?)", [this](const auto& request, auto& response) {
      requests_.push_back(request.path);
      authorization_ = request.get_header_value("Authorization");
      if (instead_) {
        return instead_(request, response);
      }
      Answer(request, response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) {
      std::this_thread::yield();
    }
  }
  ~TestRegistry() {
    server_.stop();
    thread_.join();
  }

  RegistryOptions options() const {
    RegistryOptions options;
    options.url = "http://127.0.0.1:" + std::to_string(port_);
    options.timeout_ms = 5000;
    return options;
  }
  void AnswerInstead(Handler handler) { instead_ = std::move(handler); }
  // The order of subjects in which schemas came, and their bodies.
  const std::vector<std::pair<std::string, Json>>& schemas() const { return schemas_; }
  const std::vector<std::string>& requests() const { return requests_; }
  const std::string& authorization() const { return authorization_; }

 private:
  void Answer(const httplib::Request& request, httplib::Response& response) {
    const std::string subject = request.matches[1];  // decoded, so it may have slashes
    const Json body = Json::parse(request.body);
    const auto found = std::find(schemas_.begin(), schemas_.end(), std::pair(subject, body));
    const auto id = static_cast<int>(found - schemas_.begin()) + 11;
    if (request.matches[2].length() == 0) {
      if (found == schemas_.end()) {
        return Reply(response, 404, {{"error_code", 40401}, {"message", "no such subject"}});
      }
      return Reply(response, 200, {{"subject", subject}, {"id", id}, {"version", 1}});
    }
    if (found == schemas_.end()) {
      schemas_.emplace_back(subject, body);
    }
    Reply(response, 200, {{"id", id}});
  }
  static void Reply(httplib::Response& response, int status, const Json& json) {
    response.status = status;
    response.set_content(json.dump(), "application/vnd.schemaregistry.v1+json");
  }

  httplib::Server server_;
  Handler instead_;
  std::vector<std::pair<std::string, Json>> schemas_;
  std::vector<std::string> requests_;
  std::string authorization_;
  int port_ = 0;
  std::thread thread_;
};

Result<std::int32_t> RegisterOrder(const RegistryOptions& options) {
  auto registry = SchemaRegistry::Open(options);
  EXPECT_TRUE(registry.ok());
  return registry->Register("t.source.order-value", *v1::Order::descriptor()->file());
}

Code CodeOf(const Result<std::int32_t>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? Code::kInternal : result.error().code();
}

std::vector<std::string> SubjectsOf(const TestRegistry& registry) {
  std::vector<std::string> subjects;
  for (const auto& [subject, body] : registry.schemas()) {
    subjects.push_back(subject);
  }
  return subjects;
}

TEST(SchemaRegistryTest, RegistersAFileAfterItsImports) {
  TestRegistry server;
  auto registry = SchemaRegistry::Open(server.options());
  ASSERT_TRUE(registry.ok());
  const auto order = registry->Register("t.source.order-value", *v1::Order::descriptor()->file());
  ASSERT_TRUE(order.ok()) << order.error().ToString();
  EXPECT_EQ(*order, 13);
  EXPECT_THAT(SubjectsOf(server),
              ElementsAre("crossbill/v1/options.proto", "crossbill/v1/common.proto", "t.source.order-value"));
  const Json& body = server.schemas().back().second;
  EXPECT_EQ(body["schemaType"], "PROTOBUF");
  EXPECT_EQ(
      body["references"],
      Json::parse(R"([{"name":"crossbill/v1/common.proto","subject":"crossbill/v1/common.proto","version":1},
                            {"name":"crossbill/v1/options.proto","subject":"crossbill/v1/options.proto","version":1}])"));
  // The imports that two topics share are registered once.
  const std::size_t before = server.requests().size();
  ASSERT_TRUE(registry->Register("t.source.order2-value", *v1::Order::descriptor()->file()).ok());
  EXPECT_EQ(server.requests().size(), before + 3) << "looked up, registered, looked up";
}

TEST(SchemaRegistryTest, WhatIsThereIsOnlyLookedUp) {
  TestRegistry server;
  const auto first = RegisterOrder(server.options());
  const auto written = server.schemas();
  const std::size_t before = server.requests().size();
  const auto second = RegisterOrder(server.options());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(server.schemas(), written);
  EXPECT_EQ(server.requests().size(), before + 3);
  EXPECT_THAT(
      std::vector(server.requests().begin() + static_cast<std::ptrdiff_t>(before), server.requests().end()),
      Not(Contains(HasSubstr("/versions"))));
}

// The text that is registered must mean what the program writes.
TEST(SchemaRegistryTest, TheTextIsTheFile) {
  TestRegistry server;
  auto registry = SchemaRegistry::Open(server.options());
  ASSERT_TRUE(registry.ok());
  ASSERT_TRUE(registry->Register("c", *v1::Customer::descriptor()->file()).ok());
  const TempFolder folder;
  for (const auto& [subject, body] : server.schemas()) {
    const std::filesystem::path path = folder / (subject == "c" ? "crossbill/v1/customer.proto" : subject);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << body["schema"].get<std::string>();
  }
  const std::string out = folder / "all.desc";
  const std::string command = CROSSBILL_PROTOC " -I" + std::string(folder / "") +
                              " --include_imports --descriptor_set_out=" + out +
                              " crossbill/v1/customer.proto";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream in(out, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromIstream(&in));
  for (const auto& compiled : set.file()) {
    google::protobuf::FileDescriptorProto known;
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(compiled.name());
    file->CopyTo(&known);
    file->CopyJsonNameTo(&known);
    EXPECT_EQ(compiled.DebugString(), known.DebugString()) << compiled.name();
  }
}

TEST(SchemaRegistryTest, TheLoginIsSent) {
  TestRegistry server;
  RegistryOptions options = server.options();
  options.user_info = "crossbill:hunter2";
  ASSERT_TRUE(RegisterOrder(options).ok());
  EXPECT_EQ(server.authorization(), "Basic Y3Jvc3NiaWxsOmh1bnRlcjI=");
}

TEST(SchemaRegistryTest, RefusalsAreToldApartAndHaveTheRegistrysWords) {
  const std::vector<std::pair<int, Code>> cases = {
      {401, Code::kRegistryDenied},      {403, Code::kRegistryDenied},      {409, Code::kRegistryRefused},
      {422, Code::kRegistryRefused},     {429, Code::kRegistryUnavailable}, {500, Code::kRegistryUnavailable},
      {503, Code::kRegistryUnavailable}, {302, Code::kRegistryRefused}};
  for (const auto& [status, code] : cases) {
    TestRegistry server;
    server.AnswerInstead([status = status](const auto&, auto& response) {
      response.status = status;
      response.set_content(R"({"error_code":42201,"message":"the schema is not to my taste"})",
                           "application/json");
    });
    RegistryOptions options = server.options();
    options.user_info = "crossbill:hunter2";
    const auto result = RegisterOrder(options);
    EXPECT_EQ(CodeOf(result), code) << status;
    EXPECT_THAT(result.error().ToString(), HasSubstr("the schema is not to my taste"));
    EXPECT_THAT(result.error().ToString(), Not(HasSubstr("hunter2")));
  }
}

TEST(SchemaRegistryTest, WhatIsNoRegistryIsSaid) {
  for (const auto& [status, text] : {std::pair(404, "<html>not here</html>"),
                                     {200, "<html>hello</html>"},
                                     {200, "{}"},
                                     {200, R"({"id":"7","version":1})"},
                                     {200, R"({"id":-1,"version":1})"},
                                     {200, "[]"},
                                     {200, ""}}) {
    TestRegistry server;
    server.AnswerInstead([status = status, text = text](const auto&, auto& response) {
      response.status = status;
      response.set_content(text, "text/html");
    });
    EXPECT_EQ(CodeOf(RegisterOrder(server.options())), Code::kRegistryRefused) << text;
  }
}

TEST(SchemaRegistryTest, NobodyThereIsAnErrorThatMends) {
  RegistryOptions options;
  options.url = "http://127.0.0.1:1";
  const auto result = RegisterOrder(options);
  EXPECT_EQ(CodeOf(result), Code::kRegistryUnavailable);
  EXPECT_EQ(result.error().retry(), Retry::Backoff);
  EXPECT_THAT(result.error().ToString(), HasSubstr("127.0.0.1:1"));
}

// A registry that takes its time with each of many requests is not waited for longer than with one.
TEST(SchemaRegistryTest, TheTimeIsForAllRequestsTogether) {
  TestRegistry server;
  server.AnswerInstead([](const auto&, auto& response) {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    response.status = 404;
    response.set_content(R"({"error_code":40401,"message":"no such subject"})", "application/json");
  });
  RegistryOptions options = server.options();
  options.timeout_ms = 200;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(CodeOf(RegisterOrder(options)), Code::kRegistryUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
}

TEST(SchemaRegistryTest, AMissingCaFileIsSaid) {
  TestRegistry server;
  RegistryOptions options = server.options();
  options.url.replace(0, 4, "https");
  options.ca_file = "/nowhere/ca.pem";
  const auto result = RegisterOrder(options);
  EXPECT_EQ(CodeOf(result), Code::kRegistryUnavailable);
  EXPECT_THAT(result.error().ToString(), HasSubstr("/nowhere/ca.pem"));
}

TEST(RegistryKeyTest, KeysAreChecked) {
  EXPECT_TRUE(IsRegistryKey("schema_registry"));
  EXPECT_TRUE(IsRegistryKey("schema_registry.topcis"));
  EXPECT_FALSE(IsRegistryKey("schema_registry2"));
  EXPECT_FALSE(IsRegistryKey("sasl.username"));
  for (const char* url :
       {"http://registry:8081", "https://registry", "https://[::1]:8081/apis/ccompat/v7/"}) {
    EXPECT_TRUE(CheckRegistryKey("schema_registry", url).ok()) << url;
  }
  for (const char* url : {"", "registry:8081", "ftp://registry", "http://", "http://a:8081,http://b:8081",
                          "http://u:hunter2@registry", "http://hunter2@registry", "http://registry?hunter2",
                          "http://registry#hunter2", "http://a b"}) {
    const Status status = CheckRegistryKey("schema_registry", url);
    ASSERT_FALSE(status.ok()) << url;
    EXPECT_EQ(status.error().code(), Code::kConfigValue);
    EXPECT_THAT(status.error().ToString(), Not(HasSubstr("hunter2")));
  }
  EXPECT_TRUE(CheckRegistryKey("schema_registry.basic.auth.user.info", "crossbill:hunter2").ok());
  for (const char* user : {"", "hunter2", ":hunter2"}) {
    const Status status = CheckRegistryKey("schema_registry.basic.auth.user.info", user);
    ASSERT_FALSE(status.ok()) << user;
    EXPECT_THAT(status.error().ToString(), Not(HasSubstr("hunter2")));
  }
  const Status unknown = CheckRegistryKey("schema_registry.topcis", "x");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code(), Code::kConfigUnknownKey);
  EXPECT_THAT(unknown.error().message(), HasSubstr("did you mean \"schema_registry.topics\"?"));
}

TEST(RegistryKeyTest, OptionsComeOfTheKeys) {
  const RegistryOptions options = RegistryOptionsOf({{"bootstrap.servers", "b:9092"},
                                                     {"schema_registry", "https://r:1/x//"},
                                                     {"schema_registry.basic.auth.user.info", "a:b"},
                                                     {"schema_registry.ssl.ca.location", "ca.pem"}});
  EXPECT_EQ(options.url, "https://r:1/x");
  EXPECT_EQ(options.user_info, "a:b");
  EXPECT_EQ(options.ca_file, "ca.pem");
  EXPECT_EQ(RegistryOptionsOf({}).url, "");
}

}  // namespace
}  // namespace crossbill::bus
