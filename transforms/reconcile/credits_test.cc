#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

Doc Invoice(std::string_view key, std::string_view date) {
  return Doc(kInvoice, "shop", key).Number(key).On(date);
}

Doc Credit(std::string_view key, std::string_view date) { return Invoice(key, date).CreditNote(); }

TEST(Credits, TheOnlyEarlierInvoiceWithTheLines) {
  const World world = Reconcile({
      Invoice("536001", "2026-01-05").Total("30", "EUR").Line("A", "10", "2").Line("B", "2", "5"),
      Invoice("536002", "2026-01-06").Total("24", "EUR").Line("A", "10", "2.40"),
      Invoice("536003", "2026-02-06").Total("20", "EUR").Line("A", "10", "2"),
      Credit("C536009", "2026-01-20").Total("-9", "EUR").Line("A", "-2", "2").Line("B", "-1", "5"),
  });
  EXPECT_TRUE(world.Linked("shop/C536009", "shop/536001"));
  EXPECT_FALSE(world.Linked("shop/C536009", "shop/536002"));
  EXPECT_FALSE(world.Linked("shop/C536009", "shop/536003"));
  EXPECT_EQ(world.Of("shop/C536009").chain(), world.Of("shop/536001").chain());
}

TEST(Credits, TwoInvoicesProveNothing) {
  const World world = Reconcile({
      Invoice("536001", "2026-01-05").Total("20", "EUR").Line("A", "10", "2"),
      Invoice("536002", "2026-01-06").Total("24", "EUR").Line("A", "12", "2"),
      Credit("C536009", "2026-01-20").Total("-4", "EUR").Line("A", "-2", "2"),
      Credit("C536010", "2026-01-21").Total("-22", "EUR").Line("A", "-11", "2"),
  });
  EXPECT_EQ(world.Of("shop/C536009").links_size(), 0);
  EXPECT_TRUE(world.Linked("shop/C536010", "shop/536002"));
}

TEST(Credits, WhatWasTakenBackIsNotTakenBackAgain) {
  const World world = Reconcile({
      Invoice("536001", "2026-01-05").Total("20", "EUR").Line("A", "10", "2"),
      Credit("C536009", "2026-01-20").Total("-16", "EUR").Line("A", "-8", "2"),
      Credit("C536010", "2026-01-21").Total("-16", "EUR").Line("A", "-8", "2"),
  });
  EXPECT_TRUE(world.Linked("shop/C536009", "shop/536001"));
  EXPECT_EQ(world.Of("shop/C536010").links_size(), 0);
}

TEST(Credits, OnOneDayTheHourDecides) {
  const auto at = [](Doc doc, std::string_view instant) {
    doc.message().set_entered_at(std::string(instant));
    return doc;
  };
  const World world = Reconcile({
      at(Invoice("536001", "2026-01-05").Total("20", "EUR").Line("A", "10", "2"), "2026-01-05T11:15:00Z"),
      at(Credit("C536009", "2026-01-05").Total("-20", "EUR").Line("A", "-10", "2"), "2026-01-05T11:10:00Z"),
      at(Credit("C536010", "2026-01-05").Total("-10", "EUR").Line("A", "-5", "2"), "2026-01-05T11:20:00Z"),
  });
  EXPECT_EQ(world.Of("shop/C536009").links_size(), 0);
  EXPECT_TRUE(world.Linked("shop/C536010", "shop/536001"));
}

}  // namespace
}  // namespace crossbill::transforms
