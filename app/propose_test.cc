#include "app/propose.h"

#include <gtest/gtest.h>

namespace crossbill::app {
namespace {

using connectors::FoundStream;
using connectors::Schema;
using connectors::ValueType;

FoundStream Table(const std::string& name, const std::vector<std::string>& columns) {
  std::vector<Schema::Column> schema;
  for (const std::string& column : columns) {
    schema.push_back({column, ValueType::kText});
  }
  FoundStream found;
  found.name = name;
  found.schema = Schema(std::move(schema));
  found.key = {columns.front()};
  found.settings = {{"table", name}};
  return found;
}

std::string Propose(const FoundStream& found) { return ProposeStream(found, {found}); }

bool Publishes(const FoundStream& found, const std::string& kind) {
  return Propose(found).find("publish: " + kind + "\n") != std::string::npos;
}

TEST(ProposeTest, GuessesByTheLastWordOfATablesName) {
  EXPECT_TRUE(Publishes(Table("customers", {"customer_id", "company_name"}), "party"));
  EXPECT_TRUE(Publishes(Table("SalesOrders", {"order_id", "order_date"}), "order"));
  EXPECT_TRUE(Publishes(Table("sales_order_header", {"order_id"}), "order"));
  EXPECT_TRUE(Publishes(Table("deliveries", {"delivery_no"}), "shipment"));
  EXPECT_TRUE(Publishes(Table("VBAK", {"VBELN"}), "order"));
}

TEST(ProposeTest, WhatBelongsToAnotherThingIsNotThatThing) {
  for (const char* name : {"order_details", "OrderItems", "customer_customer_demo", "invoice_log"}) {
    const std::string yaml = Propose(Table(name, {"order_id", "customer_id", "invoice_id", "number"}));
    EXPECT_TRUE(yaml.starts_with("  # " + std::string(name) + ":")) << yaml;
    EXPECT_NE(yaml.find("order_id"), std::string::npos) << "its columns help to write a stream by hand";
  }
}

TEST(ProposeTest, ProposesDatesByTheirSamplesAndMoneyWithItsCurrency) {
  FoundStream found = Table("orders", {"order_no", "order_date", "net_total", "currency"});
  found.samples = {{"1", "31.01.2026", "10.00", "EUR"}, {"2", "28.02.2026", "12.00", "USD"}};
  const std::string yaml = Propose(found);
  EXPECT_NE(yaml.find("ordered_on: 'date(order_date, \"%d.%m.%Y\")'"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("total: 'money(net_total, currency)'"), std::string::npos) << yaml;
}

TEST(ProposeTest, LinesBecomeChildrenOfTheirTable) {
  FoundStream orders = Table("orders", {"order_id"});
  orders.children = {{"order_details", "order_id", "order_id"}};
  const FoundStream details = Table("order_details", {"order_id", "product_id"});
  const std::vector<FoundStream> all = {orders, details};
  EXPECT_TRUE(IsChild(details, all));
  EXPECT_FALSE(IsChild(orders, all));
  EXPECT_NE(
      ProposeStream(orders, all).find("order_details: {table: order_details, on: {order_id: order_id}}"),
      std::string::npos);
}

}  // namespace
}  // namespace crossbill::app
