#include "transforms/sdk/owed_keys.h"

#include <gtest/gtest.h>

#include "bus/memory/memory_bus.h"

namespace crossbill::transforms {
namespace {

class OwedKeysTest : public testing::Test {
 protected:
  OwedKeysTest() {
    producer_ = std::move(bus_->OpenProducer("p")).value();
    state_ = producer_->OpenState("s").value();
    CROSSBILL_CHECK(producer_->Begin().ok());
  }
  std::unique_ptr<bus::Bus> bus_ = bus::MakeMemoryBus();
  std::unique_ptr<bus::Producer> producer_;
  bus::StateStore* state_ = nullptr;
  OwedKeys owed_{"o"};
};

TEST_F(OwedKeysTest, WhatIsLeftOverComesBackAndWhatIsDoneDoesNot) {
  for (const char* key : {"b", "a", "c"}) {
    owed_.Add(key);
  }
  owed_.Done(*state_, "a");
  owed_.Store(*state_);
  OwedKeys again("o");
  ASSERT_TRUE(again.Resume(*state_).ok());
  EXPECT_FALSE(again.Has("a"));
  EXPECT_TRUE(again.Has("b"));
  again.Done(*state_, "b");
  again.Done(*state_, "c");
  again.Store(*state_);
  EXPECT_TRUE(again.empty());
  OwedKeys last("o");
  ASSERT_TRUE(last.Resume(*state_).ok());
  EXPECT_TRUE(last.empty());
}

TEST_F(OwedKeysTest, GoesRoundSoThatNoneIsPassedOver) {
  for (const char* key : {"a", "b", "c"}) {
    owed_.Add(key);
  }
  std::string order;
  for (int i = 0; i < 5; ++i) {
    const std::string key = owed_.Next();
    order += key;
    owed_.Done(*state_, key);
    owed_.Add("a");  // it keeps coming
  }
  EXPECT_EQ(order, "abcaa");
}

TEST_F(OwedKeysTest, AddedTwiceIsOwedOnce) {
  owed_.Add("a");
  owed_.Store(*state_);
  owed_.Add("a");
  owed_.Store(*state_);
  owed_.Done(*state_, "a");
  EXPECT_TRUE(owed_.empty());
  EXPECT_FALSE(state_->Get("oa").value().has_value());
}

}  // namespace
}  // namespace crossbill::transforms
