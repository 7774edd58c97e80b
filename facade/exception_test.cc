// Exceptions over a socket: lists by amount and age, and people's decisions.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "crossbill/v1/exception_service.grpc.pb.h"
#include "facade/test_world.h"

namespace crossbill::facade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ExceptionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = world_.StartServer();
    service_ = v1::ExceptionService::NewStub(TestWorld::Channel(*server_));
    world_.clock().Set(Timestamp(1'793'440'800'000'000));  // 2026-10-31
    world_.Put(MakeCustomer("customers/a", "Hansa"));
    Put("exceptions/small", "9.50", "2026-10-30", v1::Exception::OPEN, "AR");
    Put("exceptions/large", "1000", "2026-09-01", v1::Exception::ACKNOWLEDGED, "AR");
    Put("exceptions/middle", "99", "2026-06-01", v1::Exception::OPEN, "AP");
    Put("exceptions/unknown", "", "", v1::Exception::OPEN, "");
    Put("exceptions/done", "5000", "2026-01-01", v1::Exception::RESOLVED, "AR");
  }
  void Put(const std::string& name, const std::string& at_stake, const std::string& since,
           v1::Exception::State state, const std::string& unit) {
    v1::Exception exception;
    exception.set_name(name);
    exception.set_type(v1::Exception::OVERPAID);
    exception.set_state(state);
    exception.set_customer("customers/a");
    exception.set_unit(unit);
    exception.set_since(since);
    exception.mutable_at_stake()->set_amount(at_stake);
    exception.mutable_found()->set_amount("17");
    world_.Put(exception);
  }
  std::vector<std::string> List(const v1::ListExceptionsRequest& request) {
    grpc::ClientContext context;
    const grpc::Status status = service_->ListExceptions(&context, request, &found_);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> names;
    for (const v1::Exception& exception : found_.exceptions()) {
      names.push_back(exception.name().substr(std::string("exceptions/").size()));
    }
    return names;
  }
  template <class Request>
  grpc::Status Decide(grpc::Status (v1::ExceptionService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                         v1::ExceptionDecision*),
                      const Request& request) {
    grpc::ClientContext context;
    return (service_.get()->*method)(&context, request, &decision_);
  }
  std::vector<v1::ExceptionDecision> Written() {
    std::vector<v1::ExceptionDecision> decisions;
    const auto status = bus::ReadCompacted(
        world_.bus(), bus::Topics("test", 1).ExceptionDecisions(), [&](const bus::RecordView& record) {
          EXPECT_TRUE(decisions.emplace_back().ParseFromArray(record.value->data(),
                                                              static_cast<int>(record.value->size())));
          EXPECT_EQ(record.key, decisions.back().exception());
          return Ok();
        });
    EXPECT_TRUE(status.ok());
    return decisions;
  }

  TestWorld world_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::ExceptionService::Stub> service_;
  v1::ListExceptionsResponse found_;
  v1::ExceptionDecision decision_;
};

TEST_F(ExceptionTest, TheMostAtStakeComesFirst) {
  v1::ListExceptionsRequest request;
  EXPECT_THAT(List(request), ElementsAre("large", "middle", "small", "unknown"));
  EXPECT_EQ(found_.exceptions(0).age_days(), 60);
  EXPECT_EQ(found_.exceptions(0).age(), "31-60");
  EXPECT_FALSE(found_.exceptions(3).has_age_days());
  request.set_all_states(true);
  EXPECT_THAT(List(request), ElementsAre("large", "middle", "small", "unknown", "done"));
  request.set_customer("customers/a");
  EXPECT_THAT(List(request).size(), 5u);
  request.set_page_size(2);
  EXPECT_THAT(List(request), ElementsAre("large", "middle"));
  request.set_page_token(found_.next_page_token());
  EXPECT_THAT(List(request), ElementsAre("small", "unknown"));
}

TEST_F(ExceptionTest, FiltersByUnitAmountAgeAndState) {
  v1::ListExceptionsRequest request;
  request.set_unit("AR");
  EXPECT_THAT(List(request), ElementsAre("large", "small"));
  request.set_min_at_stake("10");
  EXPECT_THAT(List(request), ElementsAre("large"));
  request.Clear();
  request.set_min_age_days(100);
  EXPECT_THAT(List(request), ElementsAre("middle"));
  request.set_as_of("2027-01-01");
  EXPECT_THAT(List(request), ElementsAre("large", "middle"));
  request.Clear();
  request.set_state(v1::Exception::ACKNOWLEDGED);
  EXPECT_THAT(List(request), ElementsAre("large"));
}

TEST_F(ExceptionTest, DecisionsSayWhatTheyCover) {
  v1::ResolveRequest request;
  request.set_name("exceptions/small");
  request.set_reason("goodwill");
  request.set_decided_by("A. Clerk");
  request.set_until("2026-12-31");
  ASSERT_TRUE(Decide(&v1::ExceptionService::Stub::Resolve, request).ok());
  const auto written = Written();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].SerializeAsString(), decision_.SerializeAsString());
  EXPECT_EQ(written[0].verdict(), v1::ExceptionDecision::RESOLVE);
  EXPECT_EQ(written[0].at_stake().amount(), "9.50");
  EXPECT_EQ(written[0].found().amount(), "17");
  EXPECT_EQ(written[0].decided_at(), "2026-10-31T10:00:00Z");
  EXPECT_EQ(written[0].until(), "2026-12-31");
}

TEST_F(ExceptionTest, RefusesWhatItCannotDo) {
  v1::ResolveRequest resolve;
  resolve.set_name("exceptions/small");
  EXPECT_THAT(Decide(&v1::ExceptionService::Stub::Resolve, resolve).error_message(), HasSubstr("reason"));
  resolve.set_reason("x");
  resolve.set_until("soon");
  EXPECT_THAT(Decide(&v1::ExceptionService::Stub::Resolve, resolve).error_message(), HasSubstr("until"));
  v1::AcknowledgeRequest acknowledge;
  acknowledge.set_name("exceptions/none");
  EXPECT_EQ(Decide(&v1::ExceptionService::Stub::Acknowledge, acknowledge).error_code(),
            grpc::StatusCode::NOT_FOUND);
  v1::ReopenRequest reopen;
  reopen.set_name("orders/1");
  EXPECT_EQ(Decide(&v1::ExceptionService::Stub::Reopen, reopen).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(Written(), IsEmpty());
}

}  // namespace
}  // namespace crossbill::facade
