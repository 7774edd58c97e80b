#include "transforms/reconcile/exceptions.h"

#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

using Type = v1::Exception;
const auto kOrderRef = v1::Reference::ORDER;
const auto kShipmentRef = v1::Reference::SHIPMENT;

Doc Order() {
  return Doc(kOrder, "erp", "o").Number("4500001").On("2026-01-05").Total("100", "EUR").Line("A", "2", "50");
}
Doc Shipment(std::string_view quantity = "2") {
  return Doc(kShipment, "erp", "s")
      .Number("80001")
      .On("2026-01-08")
      .Line("A", quantity)
      .LineRef(kOrderRef, "4500001", "10");
}
Doc Invoice(std::string_view quantity = "2", std::string_view price = "50",
            std::string_view currency = "EUR") {
  return Doc(kInvoice, "erp", "i")
      .Number("90001")
      .On("2026-01-09")
      .Total("100", currency)
      .Gross("119")
      .Line("A", quantity, price)
      .LineRef(kShipmentRef, "80001")
      .LineRef(kOrderRef, "4500001", "10");
}

TEST(Exceptions, NothingIsFoundWhereAllAgrees) {
  EXPECT_TRUE(Reconcile({Order(), Shipment(), Invoice()}).exceptions.empty());
}

TEST(Exceptions, PriceMismatch) {
  const World world = Reconcile({Order(), Shipment(), Invoice("2", "51.50"),
                                 Doc(kOrder, "crm", "1")
                                     .Number("SO-1")
                                     .On("2026-01-05")
                                     .Ref(kOrderRef, "4500001")
                                     .Total("100", "EUR")});
  ASSERT_EQ(world.exceptions.size(), 1u);
  const v1::Exception& found = world.exceptions[0];
  EXPECT_EQ(found.type(), Type::PRICE_MISMATCH);
  EXPECT_EQ(found.state(), Type::OPEN);
  EXPECT_EQ(RecordsOf(found), "crm/1 erp/i erp/o");
  EXPECT_EQ(found.documents_size(), 2);
  EXPECT_EQ(found.expected().amount(), "50");
  EXPECT_EQ(found.found().amount(), "51.50");
  EXPECT_EQ(found.since(), "2026-01-09");
  EXPECT_EQ(found.customer(), "customers/c1");
  EXPECT_NE(found.detail().find("51.50"), std::string::npos);

  ReconcileOptions tolerant = TestOptions();
  tolerant.price_tolerance = Decimal::Parse("1.50").value();
  EXPECT_TRUE(
      Reconcile({Order(), Shipment(), Invoice("2", "51.50")}, "2026-10-31", tolerant).exceptions.empty());
}

TEST(Exceptions, CreditNotesAreIgnored) {
  Doc credit = Doc(kInvoice, "erp", "g")
                   .Number("90009")
                   .On("2026-02-01")
                   .Total("10", "EUR")
                   .CreditNote()
                   .Line("A", "1", "10")
                   .LineRef(kOrderRef, "4500001", "10");
  EXPECT_TRUE(Reconcile({Order(), Shipment(), Invoice(), credit}).exceptions.empty());
}

TEST(Exceptions, CurrencyMismatchIsNoPriceMismatch) {
  const World world = Reconcile({Order(), Shipment(), Invoice("2", "55", "USD")});
  ASSERT_EQ(world.exceptions.size(), 1u);
  EXPECT_EQ(world.exceptions[0].type(), Type::CURRENCY_MISMATCH);
  EXPECT_EQ(world.exceptions[0].expected_text(), "EUR");
  EXPECT_EQ(world.exceptions[0].found_text(), "USD");
}

TEST(Exceptions, AmountConflictNamesTheRecordsOfTheOrder) {
  const World world = Reconcile({Order(), Shipment(), Invoice(),
                                 Doc(kOrder, "crm", "1")
                                     .Number("SO-1")
                                     .On("2026-01-05")
                                     .Total("120", "EUR")
                                     .Ref(kOrderRef, "4500001")});
  ASSERT_EQ(world.exceptions.size(), 1u);
  EXPECT_EQ(world.exceptions[0].type(), Type::AMOUNT_CONFLICT_BETWEEN_SYSTEMS);
  EXPECT_EQ(RecordsOf(world.exceptions[0]), "crm/1 erp/o");
  EXPECT_EQ(world.exceptions[0].expected().amount(), "100");
}

TEST(Exceptions, ShippedNotInvoicedWaitsForItsDay) {
  const std::vector<Doc> docs = {Order(), Shipment()};
  const World before = Reconcile(docs, "2026-02-22");  // 45 days after
  EXPECT_TRUE(before.exceptions.empty());
  ASSERT_TRUE(before.next_due.has_value());
  EXPECT_EQ(before.next_due->ToString(), "2026-02-23");
  const World after = Reconcile(docs, "2026-02-23");
  ASSERT_EQ(after.exceptions.size(), 1u);
  EXPECT_EQ(after.exceptions[0].type(), Type::SHIPPED_NOT_INVOICED);
  EXPECT_EQ(RecordsOf(after.exceptions[0]), "erp/o erp/s");
  EXPECT_FALSE(after.next_due.has_value());
}

TEST(Exceptions, APartOfTheOrderThatWasInvoicedIsNotTheOther) {
  const World world = Reconcile({
      Doc(kOrder, "erp", "o").Number("4500001").On("2026-01-05").Total("200", "EUR").Line("A", "4", "50"),
      Shipment(),
      Invoice(),
      Doc(kShipment, "erp", "s2")
          .Number("80002")
          .On("2026-01-18")
          .Line("A", "2")
          .LineRef(kOrderRef, "4500001", "10"),
  });
  ASSERT_EQ(world.exceptions.size(), 1u);
  EXPECT_EQ(world.exceptions[0].type(), Type::SHIPPED_NOT_INVOICED);
  EXPECT_EQ(RecordsOf(world.exceptions[0]), "erp/o erp/s2");
}

TEST(Exceptions, OverShippedOverInvoicedAndQuantityMismatch) {
  const World over_shipped = Reconcile({Order(), Shipment("3"), Invoice("2")});
  ASSERT_EQ(over_shipped.exceptions.size(), 1u);
  EXPECT_EQ(over_shipped.exceptions[0].type(), Type::OVER_SHIPPED);
  EXPECT_EQ(RecordsOf(over_shipped.exceptions[0]), "erp/o erp/s");
  const World over_invoiced = Reconcile({Order(), Shipment("2"), Invoice("3")});
  ASSERT_EQ(over_invoiced.exceptions.size(), 1u);
  EXPECT_EQ(over_invoiced.exceptions[0].type(), Type::OVER_INVOICED);
  EXPECT_EQ(RecordsOf(over_invoiced.exceptions[0]), "erp/i erp/o");
  const World fewer = Reconcile({Order(), Shipment("2"), Invoice("1")});
  ASSERT_EQ(fewer.exceptions.size(), 1u);
  EXPECT_EQ(fewer.exceptions[0].type(), Type::QUANTITY_MISMATCH);
  EXPECT_EQ(fewer.exceptions[0].expected_text(), "2");
  EXPECT_EQ(fewer.exceptions[0].found_text(), "1");
}

TEST(Exceptions, InvoicedNotShippedAndInvoiceWithoutOrder) {
  const World not_shipped = Reconcile({Order(), Doc(kInvoice, "erp", "i")
                                                    .Number("90001")
                                                    .On("2026-01-09")
                                                    .Total("100", "EUR")
                                                    .Line("A", "2", "50")
                                                    .LineRef(kOrderRef, "4500001", "10")});
  ASSERT_EQ(not_shipped.exceptions.size(), 1u);
  EXPECT_EQ(not_shipped.exceptions[0].type(), Type::INVOICED_NOT_SHIPPED);
  const World without =
      Reconcile({Doc(kInvoice, "finance", "F1").Number("F1").On("2026-01-09").Total("100", "EUR")});
  ASSERT_EQ(without.exceptions.size(), 1u);
  EXPECT_EQ(without.exceptions[0].type(), Type::INVOICE_WITHOUT_ORDER);
}

std::vector<Doc> TwiceInFinance(std::string_view second_reference) {
  const auto row = [](std::string_view key, std::string_view reference) {
    return Doc(kInvoice, "finance", key)
        .Number(key)
        .On("2026-01-09")
        .Total("100", "EUR")
        .Gross("119")
        .Line("A", "2", "50")
        .Ref(v1::Reference::OTHER, reference);
  };
  return {Order(), Shipment(), Invoice(), row("F1", "RE 0000090001 / AB 4500001"),
          row("F2", second_reference)};
}

TEST(Exceptions, DuplicateInvoiceNamesTheTwoRows) {
  for (const char* reference : {"RE0000090001", "RE 0000090001 / AB 450001", ""}) {
    const World world = Reconcile(TwiceInFinance(reference));
    ASSERT_EQ(world.exceptions.size(), 1u) << reference;
    EXPECT_EQ(world.exceptions[0].type(), Type::DUPLICATE_INVOICE);
    EXPECT_EQ(RecordsOf(world.exceptions[0]), "finance/F1 finance/F2");
    EXPECT_TRUE(world.Same("finance/F1", "finance/F2"));
    EXPECT_TRUE(world.Same("finance/F1", "erp/i"));
  }
}

TEST(Exceptions, TwoInvoicesOfOneDayAndAmountAreNoDuplicate) {
  std::vector<Doc> docs = TwiceInFinance("RE 0000090002 / AB 4500002");
  docs.push_back(
      Doc(kOrder, "erp", "o2").Number("4500002").On("2026-01-05").Total("100", "EUR").Line("A", "2", "50"));
  docs.push_back(Doc(kShipment, "erp", "s2")
                     .Number("80002")
                     .On("2026-01-08")
                     .Line("A", "2")
                     .LineRef(kOrderRef, "4500002", "10"));
  docs.push_back(Doc(kInvoice, "erp", "i2")
                     .Number("90002")
                     .On("2026-01-09")
                     .Total("100", "EUR")
                     .Gross("119")
                     .Line("A", "2", "50")
                     .LineRef(kShipmentRef, "80002")
                     .LineRef(kOrderRef, "4500002", "10"));
  const World world = Reconcile(docs);
  EXPECT_TRUE(world.exceptions.empty());
  EXPECT_FALSE(world.Same("finance/F1", "finance/F2"));
}

TEST(Exceptions, PaymentUnmatchedAndOverpaid) {
  const World unmatched =
      Reconcile({Doc(kPayment, "bank", "1").Number("1").On("2026-03-01").Total("77", "EUR").Text("thanks")});
  ASSERT_EQ(unmatched.exceptions.size(), 1u);
  EXPECT_EQ(unmatched.exceptions[0].type(), Type::PAYMENT_UNMATCHED);
  const World overpaid =
      Reconcile({Order(), Shipment(), Invoice(),
                 Doc(kPayment, "bank", "1").Number("1").On("2026-03-01").Total("129", "EUR").Text("90001")});
  ASSERT_EQ(overpaid.exceptions.size(), 1u);
  EXPECT_EQ(overpaid.exceptions[0].type(), Type::OVERPAID);
  EXPECT_EQ(RecordsOf(overpaid.exceptions[0]), "bank/1 erp/i");
  EXPECT_TRUE(
      Reconcile({Order(), Shipment(), Invoice(),
                 Doc(kPayment, "bank", "1").Number("1").On("2026-03-01").Total("110", "EUR").Text("90001")})
          .exceptions.empty())
      << "a bank fee";
}

}  // namespace
}  // namespace crossbill::transforms
