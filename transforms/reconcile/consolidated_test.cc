// Invoices of several orders, and invoices of orders that are not here.
#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

// Two orders of the same articles at other prices, each shipped whole.
std::vector<Doc> TwoOrders() {
  return {
      Doc(kOrder, "erp", "1")
          .Number("4500001")
          .On("2026-01-05")
          .Total("1", "EUR")
          .Line("A", "10", "7")
          .Line("B", "2", "86"),
      Doc(kOrder, "erp", "2")
          .Number("4500002")
          .On("2026-01-09")
          .Total("1", "EUR")
          .Line("A", "9", "7")
          .Line("B", "4", "81"),
      Doc(kShipment, "erp", "s1")
          .Number("80001")
          .On("2026-01-10")
          .Line("A", "10")
          .LineRef(v1::Reference::ORDER, "4500001")
          .Line("B", "2")
          .LineRef(v1::Reference::ORDER, "4500001"),
      Doc(kShipment, "erp", "s2")
          .Number("80002")
          .On("2026-01-11")
          .Line("A", "9")
          .LineRef(v1::Reference::ORDER, "4500002")
          .Line("B", "4")
          .LineRef(v1::Reference::ORDER, "4500002"),
  };
}

TEST(Consolidated, OneInvoiceForAllThatLeftInAMonth) {
  std::vector<Doc> docs = TwoOrders();
  docs.push_back(Doc(kInvoice, "erp", "i")
                     .Number("90001")
                     .On("2026-02-01")
                     .Total("1", "EUR")
                     .Line("A", "10", "7")
                     .Line("B", "2", "86")
                     .Line("A", "9", "7")
                     .Line("B", "4", "81"));
  const World world = Reconcile(docs, "2026-10-31");
  for (const char* other : {"erp/1", "erp/2", "erp/s1", "erp/s2"}) {
    EXPECT_TRUE(world.Linked("erp/i", other)) << other;
  }
  EXPECT_TRUE(world.exceptions.empty()) << world.exceptions[0].detail();
}

TEST(Consolidated, LinesThatAreNotAllOfShipmentsAreNotGuessed) {
  std::vector<Doc> docs = TwoOrders();
  docs.push_back(Doc(kInvoice, "erp", "i")
                     .Number("90001")
                     .On("2026-02-01")
                     .Total("1", "EUR")
                     .Line("A", "10", "7")
                     .Line("B", "2", "86")
                     .Line("A", "9", "7")
                     .Line("C", "4", "81"));
  EXPECT_FALSE(Reconcile(docs).Linked("erp/i", "erp/s1"));
}

TEST(Consolidated, AsGoodShipmentsAreNotGuessed) {
  std::vector<Doc> docs;
  for (const char* number : {"1", "2"}) {
    const std::string order = std::string("450000") + number;
    docs.push_back(
        Doc(kOrder, "erp", number).Number(order).On("2026-01-05").Total("1", "EUR").Line("A", "5", "7"));
    docs.push_back(Doc(kShipment, "erp", std::string("s") + number)
                       .Number(std::string("8000") + number)
                       .On("2026-01-10")
                       .Line("A", "5")
                       .LineRef(v1::Reference::ORDER, order));
  }
  docs.push_back(
      Doc(kInvoice, "erp", "i").Number("90001").On("2026-02-01").Total("35", "EUR").Line("A", "5", "7"));
  const World world = Reconcile(docs);
  EXPECT_FALSE(world.Linked("erp/i", "erp/s1"));
  EXPECT_FALSE(world.Linked("erp/i", "erp/s2"));
}

TEST(InvoiceWithoutOrder, AnOrderThatIsNotHereIsAnOrder) {
  const auto count = [](const Doc& invoice) {
    return Reconcile({invoice}).Exceptions(v1::Exception::INVOICE_WITHOUT_ORDER).size();
  };
  const Doc plain = Doc(kInvoice, "finance", "F1").Number("F1").On("2026-02-01").Total("35", "EUR");
  EXPECT_EQ(count(plain), 1u);
  EXPECT_EQ(count(Doc(plain).Ref(v1::Reference::CONTRACT, "2026-00131")), 0u)
      << "of a system that is not read";
  EXPECT_EQ(count(Doc(plain).Ref(v1::Reference::ORDER, "4500001")), 0u);
  EXPECT_EQ(count(Doc(plain).Ref(v1::Reference::INVOICE, "90001")), 0u) << "a copy of one that is not here";
  EXPECT_EQ(count(Doc(plain).Ref(v1::Reference::OTHER, "70001")), 1u);
}

TEST(InvoiceWithoutOrder, TheOnlyOrderOfItsTotal) {
  const Doc invoice = Doc(kInvoice, "finance", "F1").Number("F1").On("2026-02-01").Total("1363200", "CNY");
  const Doc order = Doc(kOrder, "crm", "1").Number("SO-1").On("2026-01-20").Total("1363200", "CNY");
  EXPECT_TRUE(Reconcile({invoice, order}).Linked("finance/F1", "crm/1"));
  const Doc other = Doc(kOrder, "crm", "2").Number("SO-2").On("2026-01-21").Total("1363200", "CNY");
  EXPECT_FALSE(Reconcile({invoice, order, other}).Linked("finance/F1", "crm/1"));
}

}  // namespace
}  // namespace crossbill::transforms
