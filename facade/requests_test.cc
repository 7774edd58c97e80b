#include "facade/requests.h"

#include <gtest/gtest.h>

#include <random>

#include "crossbill/v1/document_service.pb.h"
#include "facade/base64.h"
#include "facade/listen_address.h"
#include "facade/rpc_error.h"
#include "google/rpc/status.pb.h"

namespace crossbill::facade {
namespace {

TEST(Base64, GoesThereAndBack) {
  EXPECT_EQ(EncodeBase64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(EncodeBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(EncodeBase64Url("\xff\xfe\xfd"), "__79");
  EXPECT_EQ(DecodeBase64("//79"), "\xff\xfe\xfd");
  std::mt19937_64 random(7);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
      bytes += static_cast<char>(random());
    }
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    EXPECT_EQ(DecodeBase64(EncodeBase64Url(bytes)), bytes);
  }
  for (const char* bad : {"A", "AB", "A B=", "Zm9v!"}) {
    EXPECT_EQ(DecodeBase64(bad), std::nullopt) << bad;
  }
}

TEST(PageTokens, AnyChangedByteIsNoticed) {
  v1::ListDocumentsRequest request;
  request.set_customer("customers/a");
  const std::string position("\xcf\0orders/1", 10);
  const std::string token = MakePageToken(request, position);
  EXPECT_EQ(*ReadPageToken(request, token), position);
  EXPECT_EQ(*ReadPageToken(request, ""), "");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ReadPageToken(request, other).ok()) << i;
    EXPECT_FALSE(ReadPageToken(request, token.substr(0, i == 0 ? token.size() - 1 : i)).ok()) << i;
  }
  request.set_chain("chains/1");
  EXPECT_EQ(ReadPageToken(request, token).error().code(), Code::kPageToken);
}

TEST(RpcErrors, EveryCodeOfTheCatalogueHasAStatusAndAReason) {
  ForEachCode(
      [](const CodeInfo& info, void*) {
        const google::rpc::Status status = ToRpcStatus(Error(info.code, "text"));
        EXPECT_NE(status.code(), 0) << info.id;
        EXPECT_EQ(RpcCodeOf(info.code).name, info.grpc) << info.id;
        const std::string reason = ReasonOf(info.name);
        EXPECT_LE(reason.size(), 63u);
        EXPECT_EQ(reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), std::string::npos)
            << reason;
      },
      nullptr);
  EXPECT_EQ(ReasonOf("kConfigUnknownKey"), "CONFIG_UNKNOWN_KEY");
}

TEST(ListenAddresses, OnlyThisMachine) {
  EXPECT_EQ(ParseLoopbackAddress("x", "[::1]:80")->Text(), "[::1]:80");
  EXPECT_EQ(ParseLoopbackAddress("x", "localhost:0")->port, 0);
  EXPECT_EQ(HostOf("localhost:80"), "localhost");
  EXPECT_EQ(HostOf("[::1]:80"), "::1");
  EXPECT_FALSE(IsLoopbackHost("127.0.0.1.evil.com"));
  EXPECT_FALSE(IsLoopbackHost("127.evil"));
  EXPECT_TRUE(IsLoopbackHost("127.0.0.2"));
}

}  // namespace
}  // namespace crossbill::facade
