#include "facade/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "crossbill/v1/customer_service.grpc.pb.h"
#include "crossbill/v1/document_service.grpc.pb.h"
#include "crossbill/v1/exception_service.grpc.pb.h"
#include "facade/customer_service.h"
#include "facade/test_world.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace crossbill::facade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = world_.StartServer();
    channel_ = TestWorld::Channel(*server_);
    customers_ = v1::CustomerService::NewStub(channel_);
    documents_ = v1::DocumentService::NewStub(channel_);
    exceptions_ = v1::ExceptionService::NewStub(channel_);
  }

  grpc::Status Get(const std::string& name, v1::Customer& customer) {
    grpc::ClientContext context;
    v1::GetCustomerRequest request;
    request.set_name(name);
    return customers_->GetCustomer(&context, request, &customer);
  }
  grpc::Status List(const v1::ListCustomersRequest& request, v1::ListCustomersResponse& response) {
    grpc::ClientContext context;
    return customers_->ListCustomers(&context, request, &response);
  }
  grpc::Status List(const v1::ListDocumentsRequest& request, v1::ListDocumentsResponse& response) {
    grpc::ClientContext context;
    return documents_->ListDocuments(&context, request, &response);
  }
  grpc::Status List(const v1::ListExceptionsRequest& request, v1::ListExceptionsResponse& response) {
    grpc::ClientContext context;
    return exceptions_->ListExceptions(&context, request, &response);
  }
  static google::rpc::ErrorInfo InfoIn(const grpc::Status& status) {
    google::rpc::Status details;
    google::rpc::ErrorInfo info;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
    EXPECT_GT(details.details_size(), 0);
    if (details.details_size() > 0) {
      EXPECT_TRUE(details.details(0).UnpackTo(&info));
    }
    return info;
  }
  static std::string FieldIn(const grpc::Status& status) {
    google::rpc::Status details;
    google::rpc::BadRequest bad;
    if (!details.ParseFromString(status.error_details()) || details.details_size() < 2 ||
        !details.details(1).UnpackTo(&bad)) {
      return "none";
    }
    return bad.field_violations(0).field();
  }

  TestWorld world_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::CustomerService::Stub> customers_;
  std::unique_ptr<v1::DocumentService::Stub> documents_;
  std::unique_ptr<v1::ExceptionService::Stub> exceptions_;
};

TEST_F(ServerTest, GivesCustomersAndFollowsMerges) {
  world_.Put(MakeCustomer("customers/a", "Alpha GmbH"));
  v1::Customer gone = MakeCustomer("customers/b", "Beta");
  gone.set_merged_into("customers/a");
  world_.Put(gone);
  v1::Customer customer;
  ASSERT_TRUE(Get("customers/a", customer).ok());
  EXPECT_EQ(customer.display_name(), "Alpha GmbH");
  ASSERT_TRUE(Get("customers/b", customer).ok());
  EXPECT_EQ(customer.name(), "customers/a");
}

TEST_F(ServerTest, ErrorsHaveReasonAndField) {
  v1::Customer customer;
  grpc::Status status = Get("customers/none", customer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("customers/none"));
  google::rpc::ErrorInfo info = InfoIn(status);
  EXPECT_EQ(info.reason(), "NOT_FOUND");
  EXPECT_EQ(info.domain(), "crossbill");
  EXPECT_EQ(info.metadata().at("code"), "CB1002");
  for (const char* name : {"", "customers/", "customers/a/b", "orders/a", "a", "customers/a b", "//", "a//c",
                           "customers/\x01"}) {
    status = Get(name, customer);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_EQ(InfoIn(status).reason(), "REQUEST_FIELD");
    EXPECT_EQ(FieldIn(status), "name");
  }
}

TEST_F(ServerTest, PagesAreBoundToTheirRequest) {
  for (const char* name : {"customers/a", "customers/b", "customers/c"}) {
    world_.Put(MakeCustomer(name, "Same"));
  }
  v1::ListCustomersRequest request;
  v1::ListCustomersResponse response;
  request.set_page_size(2);
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.customers_size(), 2);
  request.set_page_token(response.next_page_token());
  request.set_page_size(5000);  // the size may change, and is cut
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.customers_size(), 1);
  EXPECT_EQ(response.customers(0).name(), "customers/c");
  EXPECT_EQ(response.next_page_token(), "");

  v1::ListDocumentsRequest other;
  other.set_page_token(request.page_token());
  v1::ListDocumentsResponse documents;
  grpc::Status status = List(other, documents);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(InfoIn(status).reason(), "PAGE_TOKEN");
  EXPECT_EQ(FieldIn(status), "page_token");
  request.set_page_token("nonsense");
  EXPECT_EQ(InfoIn(List(request, response)).reason(), "PAGE_TOKEN");
  request.clear_page_token();
  request.set_page_size(-1);
  status = List(request, response);
  EXPECT_EQ(InfoIn(status).reason(), "REQUEST_FIELD");
  EXPECT_EQ(FieldIn(status), "page_size");
}

TEST_F(ServerTest, PagesEndBeforeTheyAreTooLarge) {
  for (int i = 0; i < 9; ++i) {
    world_.Put(MakeCustomer("customers/" + std::to_string(i), std::string(900'000, 'x')));
  }
  v1::ListCustomersRequest request;
  std::vector<std::string> names;
  do {
    v1::ListCustomersResponse response;
    const grpc::Status status = List(request, response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    for (const v1::Customer& customer : response.customers()) {
      names.push_back(customer.name().substr(10));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST_F(ServerTest, SearchGoesThroughItsPages) {
  for (int i = 0; i < 25; ++i) {
    world_.Put(MakeCustomer("customers/" + std::to_string(100 + i), i % 2 == 0 ? "Smith" : "Smithson"));
  }
  v1::SearchCustomersRequest request;
  request.set_query("smith");
  request.set_page_size(10);
  std::vector<std::string> names;
  do {
    grpc::ClientContext context;
    v1::SearchCustomersResponse response;
    ASSERT_TRUE(customers_->SearchCustomers(&context, request, &response).ok());
    for (const auto& hit : response.hits()) {
      names.push_back(hit.customer().name());
      EXPECT_THAT(hit.matched(), ElementsAre("name"));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), 25u);
  EXPECT_EQ(names.front(), "customers/100");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 25u);
}

TEST_F(ServerTest, ListsDocumentsAndExceptions) {
  world_.Put(MakeCustomer("customers/a", "A"));
  world_.Put(MakeDocument("orders/1", v1::Document::ORDER, "customers/a", "2024-01-01"));
  world_.Put(MakeDocument("invoices/1", v1::Document::INVOICE, "customers/a", "2024-02-01"));
  v1::Exception exception;
  exception.set_name("exceptions/1");
  exception.set_type(v1::Exception::OVERPAID);
  exception.set_state(v1::Exception::RESOLVED);
  exception.set_customer("customers/a");
  world_.Put(exception);
  v1::ListDocumentsRequest request;
  v1::ListDocumentsResponse response;
  request.set_customer("customers/a");
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.documents_size(), 2);
  EXPECT_EQ(response.documents(0).name(), "invoices/1");
  request.set_customer("customers/none");
  EXPECT_EQ(List(request, response).error_code(), grpc::StatusCode::NOT_FOUND);
  request.clear_customer();
  request.set_kind(static_cast<v1::Document::Kind>(99));
  EXPECT_EQ(FieldIn(List(request, response)), "kind");

  v1::ListExceptionsRequest all;
  v1::ListExceptionsResponse found;
  ASSERT_TRUE(List(all, found).ok());
  EXPECT_EQ(found.exceptions_size(), 0);  // open ones only
  all.set_state(v1::Exception::RESOLVED);
  all.add_types(v1::Exception::OVERPAID);
  ASSERT_TRUE(List(all, found).ok());
  EXPECT_EQ(found.exceptions_size(), 1);
}

TEST_F(ServerTest, WatchGivesWhatIsThereThenChangesThenHeartbeats) {
  world_.Put(MakeCustomer("customers/a", "A"));
  grpc::ClientContext context;
  auto stream = customers_->WatchCustomers(&context, v1::WatchCustomersRequest());
  v1::WatchCustomersResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.customer().name(), "customers/a");
  EXPECT_EQ(response.resume_token(), "");  // the snapshot is not complete yet
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(response.has_customer());
  EXPECT_NE(response.resume_token(), "");
  world_.Put(MakeCustomer("customers/a", "A2"));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.customer().display_name(), "A2");
  const std::string token = response.resume_token();
  v1::Customer gone = MakeCustomer("customers/b", "B");
  world_.Put(gone);
  ASSERT_TRUE(stream->Read(&response));
  gone.set_merged_into("customers/a");
  world_.Put(gone);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.removed());
  EXPECT_EQ(response.customer().name(), "customers/b");
  EXPECT_EQ(response.customer().merged_into(), "customers/a");
  world_.clock().Advance(CustomerService::kHeartbeatMicros);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(response.has_customer());
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);

  // Goes on after the token: only what came later.
  grpc::ClientContext again;
  v1::WatchCustomersRequest request;
  request.set_resume_token(token);
  stream = customers_->WatchCustomers(&again, request);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.removed());
  EXPECT_EQ(response.customer().name(), "customers/b");
  again.TryCancel();
  (void)stream->Finish();
}

TEST_F(ServerTest, WatchRefusesTokensOfAnotherReadModel) {
  for (const char* token : {"nonsense!", "MTIzNDU2Nzg5IHg"}) {
    grpc::ClientContext context;
    v1::WatchCustomersRequest request;
    request.set_resume_token(token);
    const auto stream = customers_->WatchCustomers(&context, request);
    v1::WatchCustomersResponse response;
    EXPECT_FALSE(stream->Read(&response));
    const grpc::Status status = stream->Finish();
    EXPECT_THAT(InfoIn(status).reason(), ::testing::AnyOf("RESUME_TOKEN", "REQUEST_FIELD"));
  }
}

TEST_F(ServerTest, StoppingEndsOpenWatches) {
  grpc::ClientContext context;
  const auto stream = customers_->WatchCustomers(&context, v1::WatchCustomersRequest());
  v1::WatchCustomersResponse response;
  ASSERT_TRUE(stream->Read(&response));
  server_.reset();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);  // clients try again
}

TEST_F(ServerTest, BytesThatAreNoMessageAreTheCallersMistake) {
  grpc::GenericStub stub(channel_);
  std::mt19937_64 random(11);
  for (int i = 0; i < 200; ++i) {
    std::string bytes = "\x0a";  // a field of more bytes than there are
    for (std::uint64_t size = random() % 20; bytes.size() < size + 1;) {
      bytes += static_cast<char>(random() | 0x60);
    }
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::Status status;
    const auto call =
        stub.PrepareUnaryCall(&context, "/crossbill.v1.CustomerService/GetCustomer", request, &queue);
    call->StartCall();
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << i;
    queue.Shutdown();
  }
}

TEST_F(ServerTest, ReadsWhileTheReadModelIsWritten) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  std::atomic<int> calls{0};
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([&] {
      while (!stop) {
        v1::ListCustomersResponse response;
        const grpc::Status status = List(v1::ListCustomersRequest(), response);
        EXPECT_TRUE(status.ok()) << status.error_message();
        ++calls;
      }
    });
  }
  for (int i = 0; i < 500 || calls < 50; ++i) {
    world_.Put(MakeCustomer("customers/" + std::to_string(i % 20), "Name " + std::to_string(i)));
    if (i % 3 == 0) {
      world_.RemoveCustomer("customers/" + std::to_string(i % 7));
    }
  }
  stop = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
}

TEST_F(ServerTest, HealthFollowsReadiness) {
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  const auto check = [&](const std::string& service) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status = health->Check(&context, request, &response);
    return status.ok() ? grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status())
                       : std::to_string(status.error_code());
  };
  EXPECT_EQ(check(""), "SERVING");
  EXPECT_EQ(check("crossbill.v1.CustomerService"), "SERVING");
  EXPECT_EQ(check("crossbill.v1.None"), "5");
  world_.checks()[0].ok = false;
  EXPECT_EQ(check(""), "NOT_SERVING");
}

// Each look at this clock takes a second: a long answer passes its deadline on its way.
class SlowClock final : public Clock {
 public:
  Timestamp Now() const override { return Timestamp(0); }
  std::int64_t MonotonicMicros() const override { return micros_.fetch_add(1'000'000); }

 private:
  mutable std::atomic<std::int64_t> micros_{0};
};

TEST_F(ServerTest, LongAnswersEndAtTheDefaultDeadline) {
  for (int i = 0; i < 20; ++i) {
    world_.Put(MakeCustomer("customers/" + std::to_string(i), "x"));
  }
  const SlowClock clock;
  const auto slow = world_.StartServer(clock);
  const auto stub = v1::CustomerService::NewStub(TestWorld::Channel(*slow));
  grpc::ClientContext context;
  v1::ListCustomersResponse response;
  const grpc::Status status = stub->ListCustomers(&context, v1::ListCustomersRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(InfoIn(status).reason(), "DEADLINE");
}

TEST_F(ServerTest, CountsItsCalls) {
  v1::Customer customer;
  (void)Get("customers/none", customer);
  EXPECT_EQ(
      world_.metrics()
          .Get(
              "crossbill_grpc_server_handled_total", "",
              {{"service", "crossbill.v1.CustomerService"}, {"method", "GetCustomer"}, {"code", "NOT_FOUND"}})
          .value(),
      1);
}

TEST_F(ServerTest, RefusesOtherMachinesAndTakenPorts) {
  ServerOptions options;
  options.http = "";
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.168.1.7:7443", "127.evil.com:1", "127.0.0.1",
                              "127.0.0.1:99999", ":7443"}) {
    options.listen = address;
    const auto server =
        Server::Start(world_.served(), world_.clock(), world_.metrics(), world_.log(), options);
    ASSERT_FALSE(server.ok()) << address;
    EXPECT_EQ(server.error().code(), Code::kConfigValue);
    EXPECT_EQ(server.error().where(), "facade.listen");
  }
  options.listen = "127.0.0.1:" + std::to_string(server_->grpc_port());
  const auto grpc = Server::Start(world_.served(), world_.clock(), world_.metrics(), world_.log(), options);
  ASSERT_FALSE(grpc.ok());
  EXPECT_EQ(grpc.error().code(), Code::kListen);
  EXPECT_THAT(grpc.error().message(), HasSubstr(options.listen));
  EXPECT_THAT(grpc.error().message(), HasSubstr("pid " + std::to_string(getpid())));
  options.listen = "127.0.0.1:0";
  options.http = "127.0.0.1:" + std::to_string(server_->http_port());
  const auto http = Server::Start(world_.served(), world_.clock(), world_.metrics(), world_.log(), options);
  ASSERT_FALSE(http.ok());
  EXPECT_EQ(http.error().code(), Code::kListen);
  EXPECT_EQ(http.error().where(), "facade.http");
}

}  // namespace
}  // namespace crossbill::facade
