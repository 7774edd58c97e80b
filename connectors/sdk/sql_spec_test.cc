#include "connectors/sdk/sql_spec.h"

#include <gtest/gtest.h>

namespace crossbill::connectors {
namespace {

TEST(SqlPosition, TakesTheLookbackInEachForm) {
  const auto minus = [](const char* value, const char* lookback) {
    return SqlKeyText(*MinusLookback(SqlKey(std::string(value)), lookback));
  };
  EXPECT_EQ(minus("2026-10-31 00:05:00", "10m"), "2026-10-30 23:55:00");
  EXPECT_EQ(minus("2026-10-31T00:05:00.25+08:00", "10m"), "2026-10-30T23:55:00.25+08:00");
  EXPECT_EQ(minus("2026-10-31 00:05:00+08", "1h"), "2026-10-30 23:05:00+08");
  EXPECT_EQ(minus("2026-03-01", "10m"), "2026-02-28");
  EXPECT_EQ(minus("20260301", "25h"), "20260227");
  EXPECT_EQ(std::get<std::int64_t>(*MinusLookback(SqlKey(std::int64_t{100}), "30")), 70);
  EXPECT_EQ(std::get<std::int64_t>(*MinusLookback(SqlKey(std::int64_t{100}), "10m")), 100);
  EXPECT_FALSE(MinusLookback(SqlKey(std::string("yesterday")), "10m").has_value());
}

TEST(SqlPosition, IsReadableJsonAndComesBack) {
  SqlPosition position;
  position.pass = 3;
  position.after = {SqlKey(std::string("2026-10-31 10:00:00")), SqlKey(std::int64_t{42})};
  position.high = SqlKey(std::string("2026-10-31 10:00:00"));
  EXPECT_EQ(position.ToJson(),
            R"({"pass":3,"after":["2026-10-31 10:00:00",42],"high":"2026-10-31 10:00:00"})");
  const auto back = SqlPosition::FromJson(position.ToJson());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->ToJson(), position.ToJson());
  EXPECT_EQ(position.NextPass("5m").ToJson(),
            R"({"pass":4,"from":"2026-10-31 09:55:00","high":"2026-10-31 10:00:00"})");
}

TEST(SqlPosition, RefusesWhatIsNoPosition) {
  for (const char* text :
       {"{", "[]", "1", R"({"pass":"x"})", R"({"pass":1,"phase":"x"})", R"({"pass":1,"after":[null]})"}) {
    const auto read = SqlPosition::FromJson(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code(), Code::kSourceChanged);
  }
}

TEST(SqlNames, AreQuotedAndTheNearestIsNamed) {
  EXPECT_EQ(QuoteList({"a", "b\"c"}, "p."), R"(p."a", p."b""c")");
  const Error error = NoSuchName("table", "ordres", "the database", {"customers", "orders"});
  EXPECT_EQ(
      error.message(),
      R"(there is no table "ordres" in the database; did you mean "orders"?; there are: orders, customers)");
}

}  // namespace
}  // namespace crossbill::connectors
