#include "runtime/value_options.h"

#include <gtest/gtest.h>

#include "connectors/sdk/test_folder.h"
#include "crossbill/config/v1/project.pb.h"

namespace crossbill::runtime {
namespace {

class ValueOptionsTest : public testing::Test {
 protected:
  std::string Refusal() {
    const auto options = ReadValueOptions(value_, folder_.path());
    return options.ok() ? "" : options.error().ToString();
  }
  config::v1::Value value_;
  connectors::TestFolder folder_;
};

TEST_F(ValueOptionsTest, NothingIsTheUsual) {
  const auto options = ReadValueOptions(value_, folder_.path());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(FingerprintOf(*options), FingerprintOf(transforms::ValueOptions()));
}

TEST_F(ValueOptionsTest, RatesOfAFileBeginOnTheirDay) {
  folder_.Write("rates.csv", "currency,from,rate\nUSD,2026-01-01,0.90\nUSD,2026-07-01,0.95\r\nJPY,,0.006\n");
  value_.set_currency("EUR");
  value_.set_rates_file("rates.csv");
  (*value_.mutable_rates())["GBP"] = "1.15";
  const auto options = ReadValueOptions(value_, folder_.path());
  ASSERT_TRUE(options.ok()) << options.error().ToString();
  const auto at = [&](const char* currency, int month) {
    const auto rate = options->rates.At(currency, *Date::FromCivil(2026, month, 1));
    return rate ? rate->ToString() : "none";
  };
  EXPECT_EQ(at("USD", 6), "0.90");
  EXPECT_EQ(at("USD", 7), "0.95");
  EXPECT_EQ(at("JPY", 1), "0.006");
  EXPECT_EQ(at("GBP", 1), "1.15");
  EXPECT_EQ(at("CHF", 1), "none");
  EXPECT_FALSE(options->rates.At("USD", *Date::FromCivil(2025, 12, 31)));
}

TEST_F(ValueOptionsTest, WhatIsWrongIsSaid) {
  value_.set_sales("shipments");
  EXPECT_NE(Refusal().find("neither orders nor invoices"), std::string::npos) << Refusal();
  value_.set_sales("invoices");
  (*value_.mutable_rates())["USD"] = "0.9";
  EXPECT_NE(Refusal().find("value.currency: is missing"), std::string::npos) << Refusal();
  value_.set_currency("EUR");
  (*value_.mutable_rates())["USD"] = "0";
  EXPECT_NE(Refusal().find("is no rate"), std::string::npos) << Refusal();
  (*value_.mutable_rates())["USD"] = "0.9";
  folder_.Write("rates.csv", "currency,from,rate\nXQD,2026-01-01,0.90\n");
  value_.set_rates_file("rates.csv");
  EXPECT_NE(Refusal().find("rates.csv:2"), std::string::npos) << Refusal();
  value_.clear_rates_file();
  value_.set_class_a("96%");
  EXPECT_NE(Refusal().find("class_b"), std::string::npos) << Refusal();
}

}  // namespace
}  // namespace crossbill::runtime
