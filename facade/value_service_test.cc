#include "facade/value_service.h"

#include <gtest/gtest.h>

#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/value_service.grpc.pb.h"
#include "facade/test_world.h"

namespace crossbill::facade {
namespace {

class ValueServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [customer, amount] :
         {std::pair{"customers/a", "10"}, {"customers/b", "30"}, {"customers/c", "20"}}) {
      v1::CustomerValue value;
      value.set_name(customer);
      v1::SalesFigures& figures = *value.add_figures();
      figures.set_currency("EUR");
      figures.mutable_last_year()->set_amount(amount);
      world_.Put(MakeCustomer(customer, customer));
      world_.Put(world_.topics().Value(), customer, value.SerializeAsString());
    }
    v1::MarketFigures market;
    market.set_name("|EUR");
    market.set_currency("EUR");
    market.mutable_last_year()->set_customers(3);
    market.mutable_last_year()->set_amount("60");
    world_.Put(world_.topics().Markets(), market.name(), market.SerializeAsString());
    server_ = world_.StartServer();
    values_ = v1::ValueService::NewStub(TestWorld::Channel(*server_));
  }

  TestWorld world_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::ValueService::Stub> values_;
};

TEST_F(ValueServiceTest, TheTopComesByPages) {
  v1::ListTopCustomersRequest request;
  request.set_page_size(2);
  std::vector<std::string> customers;
  for (int page = 0; page < 2; ++page) {
    grpc::ClientContext context;
    v1::ListTopCustomersResponse response;
    const grpc::Status status = values_->ListTopCustomers(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    for (const auto& entry : response.customers()) {
      customers.push_back(entry.customer() + " " + std::to_string(entry.standing().rank()));
    }
    request.set_page_token(response.next_page_token());
  }
  EXPECT_EQ(customers, (std::vector<std::string>{"customers/b 1", "customers/c 2", "customers/a 3"}));
  EXPECT_TRUE(request.page_token().empty());
}

TEST_F(ValueServiceTest, OneCustomersStanding) {
  grpc::ClientContext context;
  v1::GetCustomerValueRequest request;
  request.set_name("customers/c");
  v1::CustomerStanding standing;
  ASSERT_TRUE(values_->GetCustomerValue(&context, request, &standing).ok());
  ASSERT_EQ(standing.standings_size(), 1);
  EXPECT_EQ(standing.standings(0).rank(), 2);
  EXPECT_EQ(standing.standings(0).share(), "0.3333");
  EXPECT_FALSE(standing.has_next_best_product());
  grpc::ClientContext other;
  request.set_name("customers/nobody");
  EXPECT_EQ(values_->GetCustomerValue(&other, request, &standing).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ValueServiceTest, AScopeThatIsNotClearIsAsked) {
  v1::MarketFigures market;
  market.set_name("|USD");
  market.set_currency("USD");
  world_.Put(world_.topics().Markets(), market.name(), market.SerializeAsString());
  grpc::ClientContext context;
  v1::ListTopCustomersResponse response;
  const grpc::Status status = values_->ListTopCustomers(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("EUR, USD"), std::string::npos) << status.error_message();
}

}  // namespace
}  // namespace crossbill::facade
