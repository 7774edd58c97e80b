// What grpcurl relies on: reflection lists every service and has the files that describe it.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "facade/test_world.h"

namespace crossbill::facade {
namespace {

using ::testing::HasSubstr;

std::string StringOf(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (bytes.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return text;
}

// One question to grpc.reflection.v1alpha.ServerReflection, as bytes: its .proto is not part of Debian's
// package.
std::string Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto stream =
      stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  stream->StartCall(nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice slice(request);
  stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer response;
  stream->Read(&response, nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  context.TryCancel();
  grpc::Status status;
  stream->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return StringOf(response);
}

// Field numbers of ServerReflectionRequest: list_services 7, file_containing_symbol 4.
std::string Field(int number, const std::string& text) {
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(text.size()) + text;
}

TEST(Reflection, ListsServicesAndDescribesThem) {
  TestWorld world;
  const auto server = world.StartServer();
  const auto channel = TestWorld::Channel(*server);
  const std::string services = Ask(channel, Field(7, "*"));
  for (const char* service :
       {"crossbill.v1.CustomerService", "crossbill.v1.DocumentService", "crossbill.v1.ExceptionService",
        "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}) {
    EXPECT_THAT(services, HasSubstr(service));
  }
  EXPECT_THAT(Ask(channel, Field(4, "crossbill.v1.CustomerService")), HasSubstr("WatchCustomers"));
  EXPECT_THAT(Ask(channel, Field(4, "grpc.health.v1.Health")), HasSubstr("HealthCheckRequest"));
  EXPECT_THAT(Ask(channel, Field(4, "google.rpc.ErrorInfo")), HasSubstr("google/rpc/error_details.proto"));
}

}  // namespace
}  // namespace crossbill::facade
