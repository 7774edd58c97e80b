#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "facade/base64.h"
#include "facade/test_world.h"
#include "google/rpc/error_details.pb.h"

namespace crossbill::facade {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const char kGet[] = "/crossbill.v1.CustomerService/GetCustomer";

class HttpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = world_.StartServer();
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_->http_port());
    world_.Put(MakeCustomer("customers/a", "渡辺 & Co"));
  }
  httplib::Result Post(const std::string& path, const std::string& body,
                       const char* type = "application/json", const httplib::Headers& headers = {}) {
    return client_->Post(path, headers, body, type);
  }

  TestWorld world_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(HttpTest, AnswersJson) {
  const auto response = Post(kGet, R"({"name": "customers/a"})", "application/json; charset=utf-8");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(response->body, R"({"name":"customers/a","displayName":"渡辺 & Co"})");
}

TEST_F(HttpTest, TakesBothSpellingsOfFields) {
  for (const char* body : {R"({"pageSize": 1})", R"({"page_size": 1})", "{}"}) {
    EXPECT_EQ(Post("/crossbill.v1.CustomerService/ListCustomers", body)->status, 200) << body;
  }
}

TEST_F(HttpTest, AnswersProtobuf) {
  std::string request("\x0a\x0b", 2);
  request += "customers/a";
  const auto response = Post(kGet, request, "application/proto");
  ASSERT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Content-Type"), "application/proto");
  v1::Customer customer;
  ASSERT_TRUE(customer.ParseFromString(response->body));
  EXPECT_EQ(customer.name(), "customers/a");
}

TEST_F(HttpTest, AnswersGetForMethodsWithoutSideEffects) {
  const std::string query = "?connect=v1&encoding=json&message=%7B%22name%22%3A%22customers%2Fa%22%7D";
  EXPECT_EQ(client_->Get(kGet + query)->status, 200);
  const std::string encoded = EncodeBase64Url(R"({"name": "customers/a"})");
  EXPECT_EQ(client_->Get(kGet + ("?encoding=json&base64=1&message=" + encoded))->status, 200);
  EXPECT_EQ(client_->Get(kGet + std::string("?encoding=xml&message="))->status, 400);
  EXPECT_EQ(client_->Get("/grpc.health.v1.Health/Check?encoding=json&message=%7B%7D")->status, 405);
}

TEST_F(HttpTest, ErrorsAreConnectErrors) {
  auto response = Post(kGet, R"({"name": "customers/none"})");
  EXPECT_EQ(response->status, 404);
  EXPECT_THAT(response->body, StartsWith(R"({"code":"not_found","message":")"));
  EXPECT_THAT(response->body, HasSubstr(R"("type":"google.rpc.ErrorInfo")"));
  const std::string key = R"("value":")";
  const std::size_t begin = response->body.find(key) + key.size();
  const auto value =
      DecodeBase64(std::string_view(response->body).substr(begin, response->body.find('"', begin) - begin));
  ASSERT_TRUE(value);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(*value));
  EXPECT_EQ(info.reason(), "NOT_FOUND");
  EXPECT_EQ(info.metadata().at("code"), "CB1002");

  response = Post(kGet, R"({"name": "x"})");
  EXPECT_EQ(response->status, 400);
  EXPECT_THAT(response->body, HasSubstr(R"("field":"name")"));
  for (const char* body :
       {"", "{", "[]", R"({"nmae": "customers/a"})", R"({"name": 7})", "{\"name\": \"\xff\"}"}) {
    response = Post(kGet, body);
    EXPECT_EQ(response->status, 400) << body;
    EXPECT_THAT(response->body, HasSubstr(R"("code":"invalid_argument")")) << body;
  }
}

TEST_F(HttpTest, RefusesWhatTheProtocolDoesNotHave) {
  EXPECT_EQ(Post(kGet, "{}", "text/plain")->status, 415);
  EXPECT_EQ(Post(kGet, "{}", "application/connect+json")->status, 415);
  EXPECT_EQ(Post("/crossbill.v1.CustomerService/None", "{}")->status, 404);
  EXPECT_EQ(Post("/crossbill.v1.CustomerService/WatchCustomers", "{}")->status, 501);
  EXPECT_EQ(Post(kGet, "{}", "application/json", {{"Connect-Protocol-Version", "2"}})->status, 400);
  for (const char* coding : {"gzip", "br", "zstd"}) {
    EXPECT_EQ(Post(kGet, "{}", "application/json", {{"Content-Encoding", coding}})->status, 501) << coding;
    client_ = std::make_unique<httplib::Client>(
        "127.0.0.1", server_->http_port());  // the body was not read: the connection ends
  }
  EXPECT_EQ(client_->Get("/none")->status, 404);
}

TEST_F(HttpTest, KeepsDeadlines) {
  const std::string body = R"({"name": "customers/a"})";
  EXPECT_EQ(Post(kGet, body, "application/json", {{"connect-timeout-ms", "1000"}})->status, 200);
  const auto expired = Post(kGet, body, "application/json", {{"connect-timeout-ms", "0"}});
  EXPECT_EQ(expired->status, 504);
  EXPECT_THAT(expired->body, HasSubstr(R"("code":"deadline_exceeded")"));
  for (const char* bad : {"-1", "1s", "12345678901"}) {
    EXPECT_EQ(Post(kGet, body, "application/json", {{"connect-timeout-ms", bad}})->status, 400) << bad;
  }
}

TEST_F(HttpTest, LimitsTheBody) {
  const auto response = Post(kGet, std::string((4u << 20) + 1, ' '));
  if (response) {
    EXPECT_EQ(response->status, 413);
  }  // or the connection is closed while it is still being sent
  EXPECT_EQ(Post(kGet, R"({"name": "customers/a"})")->status, 200);
}

TEST_F(HttpTest, AnswersToThisMachinesNamesOnly) {
  EXPECT_EQ(Post(kGet, "{}", "application/json", {{"Host", "evil.example:8080"}})->status, 421);
  EXPECT_EQ(
      Post(kGet, R"({"name": "customers/a"})", "application/json", {{"Host", "localhost:8080"}})->status,
      200);
}

TEST_F(HttpTest, ProbesMetricsAndPage) {
  EXPECT_EQ(client_->Get("/livez")->body, "ok");
  EXPECT_EQ(client_->Get("/readyz")->body, "ok");
  EXPECT_EQ(client_->Get("/readyz?verbose")->body, "[+]views ok\nreadyz check passed\n");
  world_.checks().push_back({"bus", false, "no broker"});
  const auto unready = client_->Get("/readyz");
  EXPECT_EQ(unready->status, 503);
  EXPECT_THAT(unready->body, HasSubstr("[-]bus failed: no broker\n"));
  EXPECT_EQ(client_->Get("/livez")->status, 200);
  (void)Post(kGet, R"({"name": "customers/a"})");
  EXPECT_THAT(client_->Get("/metrics")->body, HasSubstr("crossbill_http_server_handled_total{"));
  const auto page = client_->Get("/");
  EXPECT_THAT(page->body, HasSubstr("<title>Crossbill</title>"));
  EXPECT_THAT(page->body, Not(HasSubstr("@CROSSBILL")));
}

// Every unary method that the descriptors have is there: forgotten ones show here.
TEST_F(HttpTest, EveryUnaryMethodIsServed) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  int methods = 0;
  for (const char* file : {"crossbill/v1/customer_service.proto", "crossbill/v1/document_service.proto",
                           "crossbill/v1/document_steward_service.proto",
                           "crossbill/v1/exception_service.proto", "grpc/health/v1/health.proto"}) {
    const auto* descriptor = pool->FindFileByName(file);
    ASSERT_NE(descriptor, nullptr) << file;
    for (int s = 0; s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        const auto& method = *descriptor->service(s)->method(m);
        const auto response = Post("/" + descriptor->service(s)->full_name() + "/" + method.name(), "{}");
        ASSERT_TRUE(response) << method.full_name();
        if (method.server_streaming()) {
          EXPECT_EQ(response->status, 501) << method.full_name();
        } else {
          EXPECT_TRUE(response->status == 200 || response->status == 400)
              << method.full_name() << " " << response->body;
          ++methods;
        }
      }
    }
  }
  EXPECT_GE(methods, 7);
}

}  // namespace
}  // namespace crossbill::facade
