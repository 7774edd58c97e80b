#include "bus/framing/frame.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/order.pb.h"

namespace crossbill::bus {
namespace {

using std::string_literals::operator""s;

TEST(FrameTest, OfTheFirstMessageIsSixBytes) {
  EXPECT_EQ(FrameFor(5, *v1::Order::descriptor()), "\0\0\0\0\5\0"s);
  EXPECT_EQ(FrameFor(0x01020304, *v1::Order::descriptor()), "\0\1\2\3\4\0"s);
}

// As Confluent's Python serializer writes them: the number of indexes, then the path, as zigzag varints.
TEST(FrameTest, OfAnotherMessageHasItsPath) {
  const auto& fourth =
      *v1::Order::descriptor()->file()->pool()->FindFileByName("crossbill/v1/common.proto")->message_type(3);
  EXPECT_EQ(FrameFor(5, fourth), "\0\0\0\0\5\2\6"s);
}

TEST(FrameTest, IsTakenOff) {
  EXPECT_EQ(WithoutFrame("\0\0\0\0\5\0abc"s), "abc");
  EXPECT_EQ(WithoutFrame("\0\0\0\0\5\0"s), "");
  EXPECT_EQ(WithoutFrame("\0\0\0\0\5\2\6abc"s), "abc");
  EXPECT_EQ(WithoutFrame("\0\0\0\0\5\4\6\x80\x02z"s), "z");
  EXPECT_EQ(WithoutFrame(FrameFor(77, *v1::Money::descriptor()) + "x"), "x");
}

TEST(FrameTest, WhatHasNoneStaysAsItIs) {
  v1::Order order;
  order.mutable_source()->set_system("erp");
  const std::string bytes = order.SerializeAsString();
  EXPECT_EQ(WithoutFrame(bytes), bytes);
  EXPECT_EQ(WithoutFrame(""), "");
  // No frame is so short, ends within its path, or has a negative place.
  for (const std::string& damaged :
       {"\0"s, "\0\0\0\0\1"s, "\0\0\0\0\1\2"s, "\0\0\0\0\1\xff\xff\xff\xff\xff\xff"s, "\0\0\0\0\1\3\0"s}) {
    EXPECT_EQ(WithoutFrame(damaged), damaged);
  }
}

}  // namespace
}  // namespace crossbill::bus
