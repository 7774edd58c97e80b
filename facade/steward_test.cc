// People's decisions, over a socket.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "crossbill/v1/steward_service.grpc.pb.h"
#include "facade/test_world.h"

namespace crossbill::facade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StewardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = world_.StartServer();
    channel_ = TestWorld::Channel(*server_);
    stewards_ = v1::StewardService::NewStub(channel_);
    world_.clock().Set(Timestamp(1'793'440'800'000'000));
    for (const auto& [name, keys] : {std::pair("customers/a", "12"), std::pair("customers/b", "34")}) {
      v1::Customer customer = MakeCustomer(name, "Hansa");
      for (const char* key = keys; *key != '\0'; ++key) {
        AddRecord(customer, "crm", "accounts", std::string(1, *key));
      }
      world_.Put(customer);
    }
  }
  static v1::SourceRef Record(const std::string& key) {
    v1::SourceRef record;
    record.set_system("crm");
    record.set_stream("accounts");
    record.set_key(key);
    return record;
  }
  template <class Request>
  grpc::Status Call(grpc::Status (v1::StewardService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                     v1::Decision*),
                    const Request& request) {
    grpc::ClientContext context;
    return (stewards_.get()->*method)(&context, request, &decision_);
  }
  static std::vector<std::string> PairsOf(const v1::Decision& decision) {
    std::vector<std::string> pairs;
    for (const v1::RecordPair& pair : decision.pairs()) {
      pairs.push_back(pair.left().key() + pair.right().key());
    }
    return pairs;
  }

  TestWorld world_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::StewardService::Stub> stewards_;
  v1::Decision decision_;
};

TEST_F(StewardTest, AConfirmedPairIsKeptWithWhoAndWhy) {
  v1::ConfirmRequest request;
  *request.mutable_left() = Record("1");
  *request.mutable_right() = Record("9");
  request.set_reason("same VAT number on paper");
  request.set_decided_by("A. Steward");
  ASSERT_TRUE(Call(&v1::StewardService::Stub::Confirm, request).ok());
  const auto kept = Must(world_.decisions().All());
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].SerializeAsString(), decision_.SerializeAsString());
  EXPECT_EQ(kept[0].verdict(), v1::Decision::CONFIRM);
  EXPECT_EQ(kept[0].reason(), "same VAT number on paper");
  EXPECT_EQ(kept[0].decided_by(), "A. Steward");
  EXPECT_EQ(kept[0].decided_at(), world_.clock().Now().ToString());
  EXPECT_THAT(PairsOf(kept[0]), ElementsAre("19"));
}

TEST_F(StewardTest, MergingConfirmsAllRecordsAndSplittingForbidsThoseThatLeave) {
  v1::MergeRequest merge;
  merge.add_customers("customers/a");
  merge.add_customers("customers/b");
  ASSERT_TRUE(Call(&v1::StewardService::Stub::Merge, merge).ok());
  EXPECT_EQ(decision_.verdict(), v1::Decision::CONFIRM);
  EXPECT_THAT(PairsOf(decision_), ElementsAre("12", "13", "14"));
  v1::SplitRequest split;
  split.set_customer("customers/a");
  *split.add_records() = Record("2");
  ASSERT_TRUE(Call(&v1::StewardService::Stub::Split, split).ok());
  EXPECT_EQ(decision_.verdict(), v1::Decision::FORBID);
  EXPECT_THAT(PairsOf(decision_), ElementsAre("21"));
  EXPECT_EQ(decision_.request(), "split customers/a crm/accounts/2");
}

TEST_F(StewardTest, ADecisionIsUndoneAndStaysOnRecord) {
  v1::ForbidRequest request;
  *request.mutable_left() = Record("1");
  *request.mutable_right() = Record("2");
  ASSERT_TRUE(Call(&v1::StewardService::Stub::Forbid, request).ok());
  v1::UndoRequest undo;
  undo.set_name(decision_.name());
  undo.set_decided_by("B. Steward");
  for (int turn = 0; turn < 2; ++turn) {
    ASSERT_TRUE(Call(&v1::StewardService::Stub::Undo, undo).ok());
    EXPECT_TRUE(decision_.undone());
    EXPECT_EQ(decision_.undone_by(), "B. Steward");
  }
  EXPECT_EQ(Must(world_.decisions().All()).size(), 1u);
  undo.set_name("decisions/none");
  EXPECT_EQ(Call(&v1::StewardService::Stub::Undo, undo).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(StewardTest, WhatMakesNoSenseIsRefused) {
  v1::ConfirmRequest same;
  *same.mutable_left() = Record("1");
  *same.mutable_right() = Record("1");
  EXPECT_EQ(Call(&v1::StewardService::Stub::Confirm, same).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::ConfirmRequest nothing;
  EXPECT_EQ(Call(&v1::StewardService::Stub::Confirm, nothing).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  v1::MergeRequest one;
  one.add_customers("customers/a");
  EXPECT_EQ(Call(&v1::StewardService::Stub::Merge, one).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::SplitRequest split;
  split.set_customer("customers/a");
  EXPECT_EQ(Call(&v1::StewardService::Stub::Split, split).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  *split.add_records() = Record("1");
  *split.add_records() = Record("2");
  EXPECT_THAT(Call(&v1::StewardService::Stub::Split, split).error_message(), HasSubstr("not all"));
  *split.add_records() = Record("3");
  EXPECT_THAT(Call(&v1::StewardService::Stub::Split, split).error_message(),
              HasSubstr("crm/accounts/3 is no record of customers/a"));
  EXPECT_TRUE(Must(world_.decisions().All()).empty());
}

}  // namespace
}  // namespace crossbill::facade
