#include "facade/server.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "crossbill/v1/customer_service.grpc.pb.h"
#include "facade/test_world.h"

namespace crossbill::facade {
namespace {

TEST(Server, GivesACustomerOverGrpc) {
  TestWorld world;
  world.PutCustomer("customers/a", "Alpha GmbH");
  const auto server = world.StartServer();
  const auto stub = v1::CustomerService::NewStub(world.Channel(*server));
  grpc::ClientContext context;
  v1::GetCustomerRequest request;
  request.set_name("customers/a");
  v1::Customer customer;
  const grpc::Status status = stub->GetCustomer(&context, request, &customer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(customer.display_name(), "Alpha GmbH");
}

}  // namespace
}  // namespace crossbill::facade
