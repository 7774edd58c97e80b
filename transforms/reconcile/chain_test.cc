#include "transforms/reconcile/chain.h"

#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

const auto kOrderRef = v1::Reference::ORDER;
const auto kShipmentRef = v1::Reference::SHIPMENT;

TEST(Chain, FollowsReferencesFromOrderToPayment) {
  const World world = Reconcile({
      Doc(kQuote, "crm", "Q-1").Number("Q-2026-1").On("2026-01-01"),
      Doc(kOrder, "erp", "1")
          .Number("4500001")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Ref(v1::Reference::QUOTE, "Q-2026-1")
          .Line("A", "2", "50"),
      Doc(kShipment, "erp", "1s")
          .Number("80001")
          .On("2026-01-08")
          .Line("A", "2")
          .LineRef(kOrderRef, "4500001", "10"),
      Doc(kInvoice, "erp", "1i")
          .Number("90001")
          .On("2026-01-09")
          .Total("100", "EUR")
          .Gross("119")
          .Line("A", "2", "50")
          .LineRef(kShipmentRef, "80001")
          .LineRef(kOrderRef, "4500001", "10"),
      Doc(kPayment, "finance", "R1")
          .Number("R1")
          .On("2026-02-01")
          .Total("119", "EUR")
          .Text("RE 0000090001 thanks"),
      Doc(kOrder, "erp", "2").Number("4500002").On("2026-01-05").Total("7", "EUR"),
  });
  EXPECT_TRUE(world.Linked("erp/1s", "erp/1"));
  EXPECT_TRUE(world.Linked("erp/1i", "erp/1s"));
  EXPECT_TRUE(world.Linked("finance/R1", "erp/1i"));
  EXPECT_TRUE(world.Linked("crm/Q-1", "erp/1"));
  const std::string chain = world.Of("erp/1").chain();
  EXPECT_TRUE(chain.starts_with("chains/"));
  for (const char* record : {"erp/1s", "erp/1i", "finance/R1", "crm/Q-1"}) {
    EXPECT_EQ(world.Of(record).chain(), chain) << record;
  }
  EXPECT_NE(world.Of("erp/2").chain(), chain);
  EXPECT_FALSE(world.Of("erp/2").chain().empty());
  for (const v1::DocumentLink& link : world.Of("erp/1s").links()) {
    EXPECT_FALSE(link.evidence().empty());
    if (link.kind() == kOrder) {
      EXPECT_EQ(link.relation(), "order of shipment");
    }
  }
  EXPECT_TRUE(world.exceptions.empty());
}

TEST(Chain, ALineOfAnInvoiceTellsTheOrderOfItsShipment) {
  const World world = Reconcile({
      Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Total("100", "EUR").Line("A", "2", "50"),
      Doc(kOrder, "erp", "2").Number("4500002").On("2026-01-05").Total("100", "EUR").Line("A", "2", "50"),
      Doc(kShipment, "erp", "s").Number("80001").On("2026-01-08").Line("A", "2"),
      Doc(kInvoice, "erp", "i")
          .Number("90001")
          .On("2026-01-09")
          .Total("100", "EUR")
          .Line("A", "2", "50")
          .LineRef(kShipmentRef, "80001")
          .LineRef(kOrderRef, "4500002", "10"),
  });
  EXPECT_TRUE(world.Linked("erp/s", "erp/2"));
  EXPECT_FALSE(world.Linked("erp/s", "erp/1"));
}

TEST(Chain, WithoutReferencesOnlyWhatFitsInOneWay) {
  const std::vector<Doc> orders = {
      Doc(kOrder, "erp", "1")
          .Number("4500001")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Line("A", "2", "50")
          .Line("B", "1", "0.50"),
      Doc(kOrder, "erp", "2").Number("4500002").On("2026-01-05").Total("100", "EUR").Line("A", "3", "50"),
  };
  std::vector<Doc> one_way = orders;
  one_way.push_back(Doc(kShipment, "erp", "s").Number("80001").On("2026-01-08").Line("A", "3"));
  one_way.push_back(Doc(kInvoice, "erp", "i")
                        .Number("90001")
                        .On("2026-01-09")
                        .Total("100.50", "EUR")
                        .Line("B", "1", "0.50")
                        .Line("A", "2", "50"));
  const World fits = Reconcile(one_way);
  EXPECT_TRUE(fits.Linked("erp/s", "erp/2"));
  EXPECT_TRUE(fits.Linked("erp/i", "erp/1"));

  std::vector<Doc> two_ways = orders;
  two_ways.push_back(Doc(kShipment, "erp", "s").Number("80001").On("2026-01-08").Line("A", "1"));
  EXPECT_EQ(Reconcile(two_ways).Of("erp/s").links_size(), 0);
  std::vector<Doc> before_the_order = orders;
  before_the_order.push_back(Doc(kShipment, "erp", "s").Number("80001").On("2026-01-01").Line("A", "3"));
  EXPECT_EQ(Reconcile(before_the_order).Of("erp/s").links_size(), 0);
}

TEST(Chain, PaymentsWithoutANumberByTheOnlyOpenAmount) {
  std::vector<Doc> docs = {
      Doc(kOrder, "erp", "o").Number("4500001").On("2026-01-05").Total("100", "EUR"),
      Doc(kInvoice, "erp", "1")
          .Number("90001")
          .On("2026-01-09")
          .Total("100", "EUR")
          .Gross("119")
          .Ref(kOrderRef, "4500001"),
      Doc(kPayment, "finance", "R1").Number("R1").On("2026-02-01").Total("119", "EUR"),
  };
  EXPECT_TRUE(Reconcile(docs).Linked("finance/R1", "erp/1"));
  docs.push_back(Doc(kOrder, "erp", "o2").Number("4500002").On("2026-01-12").Total("100", "EUR"));
  docs.push_back(Doc(kInvoice, "erp", "2")
                     .Number("90002")
                     .On("2026-01-20")
                     .Total("100", "EUR")
                     .Gross("119")
                     .Ref(kOrderRef, "4500002"));
  const World two = Reconcile(docs);
  ASSERT_EQ(two.Of("finance/R1").links_size(), 2) << "two open invoices of this amount";
  EXPECT_EQ(two.Of("finance/R1").links(0).state(), v1::DocumentLink::PROPOSED);
  EXPECT_EQ(two.Of("finance/R1").links(1).state(), v1::DocumentLink::PROPOSED);
  EXPECT_EQ(two.Of("finance/R1").open().amount(), "119") << "a proposal settles nothing";
  EXPECT_NE(two.Of("finance/R1").chain(), two.Of("erp/1").chain());
  EXPECT_TRUE(two.Exceptions(v1::Exception::PAYMENT_UNMATCHED).empty());
  docs.push_back(
      Doc(kPayment, "finance", "R2").Number("R2").On("2026-02-02").Total("119", "EUR").Text("90002"));
  EXPECT_TRUE(Reconcile(docs).Linked("finance/R1", "erp/1")) << "the other one is paid by its number";
}

TEST(Chain, MistypedNumbersOfInvoices) {
  const std::vector<Doc> docs = {
      Doc(kInvoice, "erp", "1").Number("90000983").On("2026-01-09").Total("10", "EUR").Gross("12"),
      Doc(kInvoice, "erp", "2").Number("90000988").On("2026-01-10").Total("20", "EUR").Gross("24"),
      Doc(kPayment, "bank", "doubled")
          .Number("1")
          .On("2026-02-01")
          .Total("36", "EUR")
          .Text("900000983 9000988"),
      Doc(kPayment, "bank", "exchanged").Number("2").On("2026-02-01").Total("5", "EUR").Text("90000938"),
      Doc(kPayment, "bank", "another").Number("3").On("2026-02-01").Total("7", "EUR").Text("90000984"),
      Doc(kPayment, "bank", "before").Number("4").On("2026-01-01").Total("8", "EUR").Text("900000983"),
  };
  const World world = Reconcile(docs);
  EXPECT_TRUE(world.Linked("bank/doubled", "erp/1"));
  EXPECT_TRUE(world.Linked("bank/doubled", "erp/2"));
  EXPECT_TRUE(world.Linked("bank/exchanged", "erp/1"));
  EXPECT_EQ(world.Of("bank/another").links_size(), 0) << "the next number of the series is another invoice";
  EXPECT_EQ(world.Of("bank/before").links_size(), 0);
}

TEST(Chain, TheRestOfAnInvoice) {
  const World world = Reconcile({
      Doc(kInvoice, "erp", "1").Number("90000983").On("2026-01-09").Total("100", "EUR").Gross("119"),
      Doc(kPayment, "bank", "part").Number("1").On("2026-02-01").Total("50", "EUR").Text("90000983"),
      Doc(kPayment, "bank", "rest").Number("2").On("2026-03-01").Total("69", "EUR").Text("the rest"),
  });
  EXPECT_TRUE(world.Linked("bank/rest", "erp/1"));
}

TEST(Chain, NumbersOfTheMentioningSystemComeFirst) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1").Number("100001").On("2026-01-05").Total("1", "EUR"),
      Doc(kOrder, "erp", "1").Number("100001").On("2026-05-05").Total("2", "EUR"),
      Doc(kShipment, "crm", "s").Number("CS-1").On("2026-01-08").Ref(kOrderRef, "100001"),
      Doc(kShipment, "oms", "s").Number("OS-1").On("2026-03-08").Ref(kOrderRef, "100001"),
  });
  EXPECT_TRUE(world.Linked("crm/s", "crm/1"));
  EXPECT_EQ(world.Of("oms/s").links_size(), 0) << "it could be either";
}

}  // namespace
}  // namespace crossbill::transforms
