#include "transforms/reconcile/line_agreement.h"

#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

Doc Crm(std::string_view key) { return Doc(kOrder, "crm", key).On("2026-01-05").Total("1", "EUR"); }
Doc Erp(std::string_view key) { return Doc(kOrder, "erp", key).On("2026-01-06").Total("2", "EUR"); }

TEST(LinesAgree, OneLineMayHaveChanged) {
  const SourceDocument a = Crm("1").Line("A", "5", "6.29").Line("B", "24", "41.31").Parsed();
  EXPECT_TRUE(LinesAgree(a.lines, Erp("1").Line("", "24", "41.31").Line("", "5", "5.08").Parsed().lines, 1));
  EXPECT_FALSE(LinesAgree(a.lines, Erp("1").Line("", "24", "41.31").Line("", "5", "5.08").Parsed().lines, 0));
  EXPECT_FALSE(LinesAgree(a.lines, Erp("1").Line("", "24", "40.31").Line("", "5", "5.08").Parsed().lines, 1));
  EXPECT_FALSE(LinesAgree(a.lines, Erp("1").Line("", "24", "41.31").Line("", "5", "12").Parsed().lines, 1));
  EXPECT_FALSE(LinesAgree(a.lines, Erp("1").Line("", "24", "41.31").Parsed().lines, 1));
  EXPECT_FALSE(LinesAgree(a.lines, Erp("1").Line("B", "24", "41.31").Line("C", "5", "6").Parsed().lines, 1))
      << "another article";
}

TEST(SameDocument, AnOrderOfWhichOneLineWasChanged) {
  const World world = Reconcile({
      Crm("1").Line("A", "5", "6.29").Line("B", "24", "41.31"),
      Erp("1").Line("", "5", "5.08").Line("", "24", "41.31"),
      Crm("2").On("2026-03-05").Line("A", "6", "40.41"),
      Erp("2").On("2026-03-05").Line("", "6", "33.40"),
      Crm("3").On("2026-06-05").Line("A", "7", "40.41"),
      Erp("3").On("2026-06-05").Line("", "7", "33.40"),
      Erp("4").On("2026-06-05").Line("", "7", "35.00"),
  });
  EXPECT_TRUE(world.Same("crm/1", "erp/1"));
  EXPECT_TRUE(world.Same("crm/2", "erp/2"));
  EXPECT_FALSE(world.Same("crm/3", "erp/3")) << "two candidates are as good";
  EXPECT_EQ(world.Exceptions(v1::Exception::AMOUNT_CONFLICT_BETWEEN_SYSTEMS).size(), 2u);
}

TEST(SameDocument, AYearIsNoSharedReference) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1")
          .On("2026-01-09")
          .Total("10", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "2026/5304"),
      Doc(kOrder, "erp", "1")
          .On("2026-01-05")
          .Total("70", "EUR")
          .Ref(v1::Reference::CUSTOMER_PO, "2026/5302"),
  });
  EXPECT_FALSE(world.Same("crm/1", "erp/1"));
}

TEST(SameDocument, ShipmentsOfNoKnownOrderByTheirQuantities) {
  const World world = Reconcile({
      Doc(kShipment, "erp", "1").On("2026-01-05").Line("100594", "1").Line("100485", "2"),
      Doc(kShipment, "oms", "1").On("2026-01-05").Line("EA", "2").Line("ST", "1"),
      Doc(kShipment, "oms", "2").On("2026-01-05").Line("EA", "2").Line("ST", "3"),
  });
  EXPECT_TRUE(world.Same("erp/1", "oms/1"));
  EXPECT_FALSE(world.Same("erp/1", "oms/2"));
}

TEST(SameDocument, AShipmentsOrderIsKnownFromTheInvoiceThatNamesBoth) {
  const World world = Reconcile({
      Doc(kOrder, "erp", "o").Number("4500001").On("2026-01-01").Total("3", "EUR").Line("A", "3", "1"),
      Doc(kShipment, "erp", "s").Number("80001").On("2026-01-05").Line("A", "3"),
      Doc(kShipment, "oms", "s").Number("W1-1").On("2026-01-06").Ref(v1::Reference::ORDER, "4500001"),
      Doc(kInvoice, "erp", "i")
          .Number("90001")
          .On("2026-01-07")
          .Total("3", "EUR")
          .Line("A", "3", "1")
          .LineRef(v1::Reference::ORDER, "4500001")
          .LineRef(v1::Reference::SHIPMENT, "80001"),
  });
  EXPECT_TRUE(world.Same("erp/s", "oms/s"));
}

TEST(DuplicateInvoice, ASlipInTheNumberOfARowEnteredTwice) {
  const auto row = [](std::string_view key, std::string_view number) {
    return Doc(kInvoice, "finance", key)
        .Number(key)
        .On("2026-01-07")
        .Total("30", "EUR")
        .Ref(v1::Reference::INVOICE, number)
        .Line("A", "3", "10");
  };
  const Doc erp = Doc(kInvoice, "erp", "1").Number("90000826").On("2026-01-07").Total("30", "EUR");
  const World twice = Reconcile({erp, row("F1", "90000826"), row("F2", "90000862")});
  EXPECT_TRUE(twice.Same("finance/F1", "finance/F2"));
  ASSERT_EQ(twice.Exceptions(v1::Exception::DUPLICATE_INVOICE).size(), 1u);
  EXPECT_EQ(RecordsOf(twice.Exceptions(v1::Exception::DUPLICATE_INVOICE)[0]), "finance/F1 finance/F2");
  const Doc next = Doc(kInvoice, "erp", "2").Number("90000862").On("2026-01-07").Total("30", "EUR");
  EXPECT_TRUE(Reconcile({erp, next, row("F1", "90000826"), row("F2", "90000862")})
                  .Exceptions(v1::Exception::DUPLICATE_INVOICE)
                  .empty())
      << "two invoices of one day, amount and article are two";
}

TEST(DuplicateInvoice, RowsWithoutANumberWhereAnotherSystemHasOne) {
  const auto row = [](std::string_view system, std::string_view key) {
    return Doc(kInvoice, system, key).Number(key).On("2026-01-07").Total("30", "EUR").Line("A", "3", "10");
  };
  const World once = Reconcile({row("erp", "90001"), row("finance", "F1"), row("finance", "F2")});
  EXPECT_EQ(once.Exceptions(v1::Exception::DUPLICATE_INVOICE).size(), 1u);
  EXPECT_TRUE(once.Same("erp/90001", "finance/F1"));
  const World two =
      Reconcile({row("erp", "90001"), row("erp", "90002"), row("finance", "F1"), row("finance", "F2")});
  EXPECT_TRUE(two.Exceptions(v1::Exception::DUPLICATE_INVOICE).empty());
}

TEST(MostLinesAgree, ALineLeftOutAndRoundedPrices) {
  const SourceDocument a =
      Crm("1").Line("", "15", "22.0875").Line("", "9", "9.1675").Line("", "30", "19.9975").Parsed();
  const auto agree = [&](Doc other) { return MostLinesAgree(a.lines, other.Parsed().lines); };
  EXPECT_TRUE(agree(Erp("1").Line("", "30", "20.00").Line("", "15", "22.09")));
  EXPECT_TRUE(agree(Erp("1").Line("", "30", "20").Line("", "15", "22.09").Line("", "8", "9.17")));
  EXPECT_FALSE(agree(Erp("1").Line("", "30", "20").Line("", "15", "22.08").Line("", "8", "9.17")));
  EXPECT_FALSE(agree(Erp("1").Line("", "30", "20.00"))) << "one line tells nothing";
}

TEST(SameDocument, AnOrderOfWhichALineIsMissing) {
  const World world = Reconcile({
      Crm("1").Line("A", "5", "6.29").Line("B", "24", "41.31").Line("C", "1", "7"),
      Erp("1").Line("", "24", "41.31").Line("", "5", "6.29"),
      Crm("2").On("2026-03-05").Line("A", "5", "6.29").Line("B", "24", "41.31").Line("C", "1", "7"),
      Erp("2").On("2026-03-05").Line("", "24", "41.31").Line("", "5", "6.29"),
      Erp("3").On("2026-03-05").Line("", "24", "41.31").Line("", "5", "6.29"),
  });
  EXPECT_TRUE(world.Same("crm/1", "erp/1"));
  EXPECT_FALSE(world.Same("crm/2", "erp/2")) << "two are as near";
  EXPECT_FALSE(world.Same("crm/2", "erp/3"));
}

}  // namespace
}  // namespace crossbill::transforms
