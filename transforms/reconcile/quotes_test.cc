#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

v1::PriceChange Change(std::string_view line, std::string_view sku, std::string_view from,
                       std::string_view to) {
  v1::PriceChange change;
  change.set_line(std::string(line));
  change.mutable_product()->set_sku(std::string(sku));
  change.mutable_old_price()->set_amount(std::string(from));
  change.mutable_new_price()->set_amount(std::string(to));
  return change;
}

Doc Quote() {
  Doc quote = Doc(kQuote, "crm", "Q1")
                  .Number("Q-1")
                  .On("2026-01-02")
                  .Total("1", "EUR")
                  .Line("A", "5", "10")
                  .Line("B", "2", "30");
  quote.message().set_approved_by("Tom Baker");
  return quote;
}

Doc Order(std::string_view price_of_a) {
  return Doc(kOrder, "erp", "1")
      .Number("4500001")
      .On("2026-01-05")
      .Total("1", "EUR")
      .Line("A", "5", price_of_a)
      .Line("B", "2", "30");
}

Doc Changed(Doc order) {
  v1::PriceChange change = Change("10", "", "10", "12");
  change.set_changed_by("WEBERK");
  change.set_changed_on("2026-01-08");
  *order.message().add_price_changes() = change;
  return order;
}

std::vector<v1::Exception> Unapproved(const std::vector<Doc>& docs) {
  return Reconcile(docs).Exceptions(v1::Exception::UNAPPROVED_PRICE_CHANGE);
}

TEST(Quotes, APriceThatNobodyApproved) {
  const auto found = Unapproved({Quote(), Changed(Order("12").Ref(v1::Reference::QUOTE, "Q-1"))});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(RecordsOf(found[0]), "crm/Q1 erp/1");
  EXPECT_EQ(found[0].expected().amount(), "10");
  EXPECT_EQ(found[0].found().amount(), "12");
  EXPECT_EQ(found[0].at_stake().amount(), "10") << "5 times 2";
  EXPECT_EQ(found[0].since(), "2026-01-08");
  EXPECT_NE(found[0].detail().find("changed by WEBERK on 2026-01-08"), std::string::npos)
      << found[0].detail();
  EXPECT_NE(found[0].detail().find("approved by Tom Baker"), std::string::npos) << found[0].detail();
}

TEST(Quotes, WhatWasAgreedOrApprovedIsFine) {
  EXPECT_TRUE(Unapproved({Quote(), Order("10").Ref(v1::Reference::QUOTE, "Q-1")}).empty());
  Doc approved = Quote();
  v1::PriceChange approval = Change("", "A", "10", "12");
  approval.set_approved_by("Karin Weber");
  v1::Reference& reference = *approval.add_references();
  reference.set_type(v1::Reference::ORDER);
  reference.set_number("0004500001");
  *approved.message().add_price_changes() = approval;
  const Doc order = Changed(Order("12").Ref(v1::Reference::QUOTE, "Q-1"));
  EXPECT_TRUE(Unapproved({approved, order}).empty());
  approved.message().mutable_price_changes(0)->mutable_references(0)->set_number("4500002");
  EXPECT_EQ(Unapproved({approved, order}).size(), 1u) << "the approval is another order's";
  approved.message().mutable_price_changes(0)->clear_references();
  approved.message().mutable_price_changes(0)->mutable_new_price()->set_amount("11");
  EXPECT_EQ(Unapproved({approved, order}).size(), 1u) << "another price was approved";
}

TEST(Quotes, OneArticleAtTwoPrices) {
  const auto both = [](Doc doc) { return doc.Line("A", "5", "10").Line("A", "100", "8"); };
  const Doc quote = both(Doc(kQuote, "crm", "Q1").Number("Q-1").On("2026-01-02").Total("1", "EUR"));
  const Doc order = both(Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Total("1", "EUR"));
  EXPECT_TRUE(Unapproved({quote, Doc(order).Ref(v1::Reference::QUOTE, "Q-1")}).empty());
}

TEST(Quotes, TheOrderOfAQuoteIsFoundByItsFirstPrices) {
  const World world = Reconcile({Quote(), Changed(Order("12"))});
  EXPECT_TRUE(world.Linked("crm/Q1", "erp/1"));
  EXPECT_EQ(world.Exceptions(v1::Exception::UNAPPROVED_PRICE_CHANGE).size(), 1u);
  EXPECT_FALSE(Reconcile({Quote(), Order("12").On("2026-01-01")}).Linked("crm/Q1", "erp/1"))
      << "a quote does not follow its order";
  EXPECT_FALSE(Reconcile({Quote(), Order("40")}).Linked("crm/Q1", "erp/1"));
}

}  // namespace
}  // namespace crossbill::transforms
