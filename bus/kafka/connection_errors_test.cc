#include "bus/kafka/connection_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crossbill::bus {
namespace {

using testing::HasSubstr;

class ConnectionErrorsTest : public testing::Test {
 protected:
  std::optional<Error> GivesUpIn(int seconds) const {
    return errors_.GivesUp("asking", std::chrono::steady_clock::now() + std::chrono::seconds(seconds));
  }
  ConnectionErrors errors_;
};

TEST_F(ConnectionErrorsTest, ARefusedLoginThatStaysIsTheEnd) {
  errors_.Note(RD_KAFKA_RESP_ERR__AUTHENTICATION, "b:9092/bootstrap: invalid credentials");
  errors_.Note(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
  errors_.Note(RD_KAFKA_RESP_ERR__TRANSPORT, "b:9092/bootstrap: Disconnected");
  EXPECT_FALSE(GivesUpIn(0));
  const auto error = GivesUpIn(2);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), Code::kBusDenied);
  EXPECT_THAT(error->message(), HasSubstr("asking: b:9092/bootstrap: invalid credentials"));
}

TEST_F(ConnectionErrorsTest, ATlsAlertIsARefusal) {
  errors_.Note(RD_KAFKA_RESP_ERR__TRANSPORT, "Receive failed: alert bad certificate: SSL alert number 42");
  ASSERT_TRUE(GivesUpIn(2));
  EXPECT_EQ(GivesUpIn(2)->code(), Code::kBusDenied);
}

TEST_F(ConnectionErrorsTest, TlsThatFailsMayMend) {
  errors_.Note(RD_KAFKA_RESP_ERR__SSL, "certificate verify failed");
  ASSERT_TRUE(GivesUpIn(2));
  EXPECT_EQ(GivesUpIn(2)->code(), Code::kBusUnavailable);
}

TEST_F(ConnectionErrorsTest, ALoginThatWorkedIsWaitedFor) {
  errors_.Answered();
  errors_.Note(RD_KAFKA_RESP_ERR__AUTHENTICATION, "no token");
  EXPECT_FALSE(GivesUpIn(2));
  const Error error = errors_.Explain(RD_KAFKA_RESP_ERR__TIMED_OUT, "", "asking");
  EXPECT_EQ(error.code(), Code::kBusUnavailable);
  EXPECT_THAT(error.message(), HasSubstr("last heard: no token"));
}

TEST_F(ConnectionErrorsTest, CutConnectionsAndCoordinatorsAreNoRefusals) {
  errors_.Note(RD_KAFKA_RESP_ERR__AUTHENTICATION,
               "GroupCoordinator: SASL authentication error: broker transport failure");
  EXPECT_FALSE(GivesUpIn(2));
  errors_.Note(RD_KAFKA_RESP_ERR__AUTHENTICATION,
               "b:9092/bootstrap: SASL authentication error: SaslAuthenticateRequest failed: Local: Broker "
               "transport failure");
  errors_.Note(RD_KAFKA_RESP_ERR__TRANSPORT, "b:9092/bootstrap: Connection refused");
  EXPECT_FALSE(GivesUpIn(2));
}

}  // namespace
}  // namespace crossbill::bus
