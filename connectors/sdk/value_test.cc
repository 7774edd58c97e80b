#include "connectors/sdk/value.h"

#include <gtest/gtest.h>

#include <cstring>

namespace crossbill::connectors {
namespace {

TEST(ValueTest, FindsInRecordsAndMaps) {
  const Schema schema({{"vbeln", ValueType::kText}, {"netwr", ValueType::kDecimal}});
  const Value cells[] = {Value::Text("42"), Value::Of(Decimal(1250, 2))};
  const Value record = Value::Record(&schema, cells);
  ASSERT_NE(record.Find("netwr"), nullptr);
  EXPECT_EQ(record.Find("netwr")->AsDecimal().ToString(), "12.50");
  EXPECT_EQ(record.Find("NETWR"), nullptr);
  const MapEntry entries[] = {{"a", Value::Int(1)}, {"b", Value()}};
  const Value map = Value::Map(entries);
  EXPECT_EQ(map.Find("a")->AsInt(), 1);
  EXPECT_TRUE(map.Find("b")->IsNull());
  EXPECT_EQ(map.Find("c"), nullptr);
  EXPECT_EQ(Value::Int(1).Find("a"), nullptr);
}

TEST(ValueTest, KeepsWhatItWasGiven) {
  const Timestamp at(1700000000000000, -330);
  EXPECT_EQ(Value::Of(at).AsTimestamp().micros(), at.micros());
  EXPECT_EQ(Value::Of(at).AsTimestamp().offset_minutes(), -330);
  EXPECT_EQ(Value::Of(Date(-1)).AsDate().days(), -1);
  EXPECT_EQ(Value::Of(Decimal(-5, 3)).AsDecimal(), Decimal(-5, 3));
  EXPECT_EQ(NameOf(ValueType::kTimestamp), "timestamp");
}

TEST(SchemaTest, ACopyOutlivesItsOrigin) {
  auto schema =
      std::make_unique<Schema>(std::vector<Schema::Column>{{"a", ValueType::kText}, {"b", ValueType::kInt}});
  const Schema copy = *schema;
  Schema assigned;
  assigned = *schema;
  const Schema moved = std::move(*schema);
  schema.reset();
  for (const Schema* s : {&copy, &static_cast<const Schema&>(assigned), &moved}) {
    EXPECT_EQ(s->Find("a"), 0);
    EXPECT_EQ(s->Find("b"), 1);
    EXPECT_EQ(s->Find("c"), -1);
  }
}

TEST(ArenaTest, AlignsAndReuses) {
  Arena arena(256);
  char* first = arena.Allocate(1);
  auto* numbers = arena.New<std::int64_t>(4);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers) % alignof(std::int64_t), 0u);
  auto* values = arena.New<Value>(2);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values) % alignof(Value), 0u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(arena.Copy("abcdefghijklmnop"), "abcdefghijklmnop");
  }
  char* large = arena.Allocate(1 << 16, 16);
  std::memset(large, 7, 1 << 16);
  EXPECT_GT(arena.bytes(), std::size_t{1} << 16);
  arena.Clear();
  EXPECT_EQ(arena.bytes(), 0u);
  EXPECT_EQ(arena.Allocate(1), first);
}

}  // namespace
}  // namespace crossbill::connectors
