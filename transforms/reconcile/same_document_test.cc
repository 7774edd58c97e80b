#include "transforms/reconcile/same_document.h"

#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

TEST(SameDocument, TheCustomersNumberMeetsHoweverItIsWritten) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1")
          .Number("SO-1")
          .On("2026-01-07")
          .Ref(v1::Reference::CUSTOMER_PO, "PO#W26-0000002")
          .Total("20.38", "CNY"),
      Doc(kOrder, "erp", "0004500002")
          .Number("4500002")
          .On("2026-01-05")
          .Ref(v1::Reference::CUSTOMER_PO, "W26-0000002")
          .Total("20.38", "CNY"),
      Doc(kOrder, "oms", "W26-0000002").Number("W26-0000002").On("2026-01-05").Total("20.38", "CNY"),
  });
  EXPECT_TRUE(world.Same("crm/1", "erp/0004500002"));
  EXPECT_TRUE(world.Same("oms/W26-0000002", "erp/0004500002"));
  EXPECT_EQ(world.documents.size(), 1u);
  EXPECT_GE(world.Of("crm/1").matches_size(), 2);
}

TEST(SameDocument, WithoutReferencesByTotalAndDate) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1").Number("SO-1").On("2026-01-07").Total("100.00", "EUR").Gross("119.00"),
      Doc(kOrder, "erp", "1").Number("4500002").On("2026-01-05").Total("100", "EUR"),
      Doc(kOrder, "erp", "2").Number("4500003").On("2026-02-05").Total("100", "EUR"),
  });
  EXPECT_TRUE(world.Same("crm/1", "erp/1"));
  EXPECT_FALSE(world.Same("crm/1", "erp/2"));
  EXPECT_EQ(world.Of("crm/1").matches(0).rule(), "amount and date");
}

TEST(SameDocument, TwoAsGoodCandidatesAreNoMatch) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1").Number("SO-1").On("2026-01-05").Total("100", "EUR"),
      Doc(kOrder, "erp", "1").Number("4500002").On("2026-01-05").Total("100", "EUR"),
      Doc(kOrder, "erp", "2").Number("4500003").On("2026-01-05").Total("100", "EUR"),
  });
  EXPECT_EQ(world.documents.size(), 3u);
}

TEST(SameDocument, AContradictionOutweighsTotalAndDate) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "HT20260105-11"),
      Doc(kOrder, "erp", "1")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "HT20251205-87"),
      Doc(kOrder, "crm", "2")
          .On("2026-03-05")
          .Total("70", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "HT20260305-19"),
      Doc(kOrder, "erp", "2")
          .On("2026-03-05")
          .Total("70", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "HT20260305-91"),
      Doc(kOrder, "crm", "3").On("2026-04-05").Total("70", "USD"),
      Doc(kOrder, "erp", "3").On("2026-04-05").Total("70", "EUR"),
  });
  EXPECT_FALSE(world.Same("crm/1", "erp/1"));
  EXPECT_TRUE(world.Same("crm/2", "erp/2")) << "two digits exchanged are a slip";
  EXPECT_FALSE(world.Same("crm/3", "erp/3"));
}

TEST(SameDocument, OrdersOfOneNumberMayDifferInTheirTotals) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1")
          .On("2026-01-05")
          .Total("278", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "HT-77100"),
      Doc(kOrder, "erp", "1")
          .On("2026-01-06")
          .Total("261", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "HT-77100"),
  });
  EXPECT_TRUE(world.Same("crm/1", "erp/1"));
}

TEST(SameDocument, InvoicesOfOneOrderByTheirTotals) {
  const World world = Reconcile({
      Doc(kOrder, "erp", "o").Number("4500001").On("2026-01-01").Ref(v1::Reference::CUSTOMER_PO, "PO-881234"),
      Doc(kInvoice, "erp", "1")
          .Number("90001")
          .On("2026-01-10")
          .Total("100", "EUR")
          .Gross("119")
          .Ref(v1::Reference::ORDER, "4500001"),
      Doc(kInvoice, "erp", "2")
          .Number("90002")
          .On("2026-01-11")
          .Total("50", "EUR")
          .Gross("59.50")
          .Ref(v1::Reference::ORDER, "4500001"),
      Doc(kInvoice, "crm", "1")
          .Number("CI-1")
          .On("2026-01-30")
          .Total("59.50", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "PO-881234"),
      Doc(kInvoice, "edi", "1")
          .Number("00090001")
          .On("2026-01-10")
          .Total("100", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "PO-881234"),
  });
  EXPECT_TRUE(world.Same("crm/1", "erp/2"));
  EXPECT_TRUE(world.Same("edi/1", "erp/1"));
  EXPECT_FALSE(world.Same("erp/1", "erp/2"));
}

TEST(SameDocument, ACreditNoteIsNotTheInvoiceThatItNames) {
  const World world = Reconcile({
      Doc(kInvoice, "erp", "1").Number("90001504").On("2026-01-10").Total("530.25", "EUR"),
      Doc(kInvoice, "erp", "2")
          .Number("90001568")
          .On("2026-01-15")
          .Total("530.25", "EUR")
          .CreditNote()
          .Ref(v1::Reference::INVOICE, "90001504"),
      Doc(kInvoice, "finance", "1")
          .Number("F1")
          .On("2026-01-15")
          .Total("-530.25", "EUR")
          .Ref(v1::Reference::OTHER, "GS 0090001568 / RE 0090001504"),
      Doc(kInvoice, "finance", "2")
          .Number("F2")
          .On("2026-01-10")
          .Total("530.25", "EUR")
          .Ref(v1::Reference::OTHER, "RE 0090001504"),
  });
  EXPECT_TRUE(world.Same("finance/1", "erp/2"));
  EXPECT_TRUE(world.Same("finance/2", "erp/1"));
  EXPECT_FALSE(world.Same("erp/1", "erp/2"));
  EXPECT_TRUE(world.Linked("erp/1", "erp/2"));
}

TEST(SameDocument, ShipmentsByTrackingNumberElseByOrderDateAndQuantity) {
  const World world = Reconcile({
      Doc(kOrder, "erp", "o")
          .Number("4500001")
          .On("2026-01-01")
          .Ref(v1::Reference::CUSTOMER_PO, "W26-0000008"),
      Doc(kOrder, "oms", "o").Number("W26-0000008").On("2026-01-01"),
      Doc(kShipment, "erp", "1")
          .Number("80001")
          .On("2026-01-05")
          .Line("A", "3")
          .LineRef(v1::Reference::ORDER, "4500001"),
      Doc(kShipment, "erp", "2")
          .Number("80002")
          .On("2026-01-06")
          .Line("A", "4")
          .LineRef(v1::Reference::ORDER, "4500001"),
      Doc(kShipment, "oms", "1")
          .Number("W26-0000008-1")
          .On("2026-01-06")
          .Line("A", "3")
          .Ref(v1::Reference::ORDER, "W26-0000008"),
      Doc(kShipment, "erp", "3")
          .Number("80003")
          .On("2026-02-05")
          .Line("A", "1")
          .LineRef(v1::Reference::ORDER, "4500001")
          .Tracking("SF-123 456"),
      Doc(kShipment, "oms", "3")
          .Number("W26-0000008-3")
          .On("2026-02-20")
          .Ref(v1::Reference::ORDER, "W26-0000008")
          .Tracking("sf123456"),
  });
  EXPECT_TRUE(world.Same("oms/1", "erp/1"));
  EXPECT_TRUE(world.Same("oms/3", "erp/3"));
  EXPECT_FALSE(world.Same("erp/1", "erp/2"));
}

TEST(SameDocument, PaymentsByTheBanksReference) {
  Doc receipt(kPayment, "finance", "R1");
  receipt.Number("R1").On("2026-01-10").Total("119", "EUR").message().set_bank_reference("2601100000757");
  const World world = Reconcile(
      {receipt,
       Doc(kPayment, "bank", "2601100000757").Number("2601100000757").On("2026-01-08").Total("119", "EUR")});
  EXPECT_TRUE(world.Same("finance/R1", "bank/2601100000757"));
}

TEST(SameDocument, NeverTwoRecordsOfOneStream) {
  const World world = Reconcile({
      Doc(kOrder, "erp", "1")
          .Number("4500001")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "BLANKET-9"),
      Doc(kOrder, "erp", "2")
          .Number("4500002")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "BLANKET-9"),
      Doc(kOrder, "crm", "1")
          .Number("SO-1")
          .On("2026-01-05")
          .Total("100", "EUR")
          .Ref(v1::Reference::ORDER, "4500002"),
  });
  EXPECT_FALSE(world.Same("erp/1", "erp/2"));
  EXPECT_TRUE(world.Same("crm/1", "erp/2"));
}

}  // namespace
}  // namespace crossbill::transforms
