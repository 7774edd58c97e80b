#include "transforms/reconcile/outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fmt/format.h"
#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

// A customer's business of some years, with everything that makes order matter if it can: repeated totals and
// dates, shared numbers, rows entered twice, lost references, credit notes.
std::vector<Doc> Business(std::mt19937& random, int orders) {
  const auto roll = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<Doc> docs;
  for (int i = 0; i < orders; ++i) {
    const std::string day = fmt::format("2026-{:02}-{:02}", 1 + roll(6), 1 + roll(20));
    const std::string number = fmt::format("45{:05}", i);
    const std::string po = fmt::format("PO-77{:03}", roll(orders));
    const std::string price = std::to_string(1 + roll(5));
    const std::string total = std::to_string(2 * std::stoi(price));
    docs.push_back(Doc(kOrder, "erp", number)
                       .Number(number)
                       .On(day)
                       .Total(total, "EUR")
                       .Line(fmt::format("A{}", roll(4)), "2", price));
    if (roll(3) > 0) {
      docs.back().Ref(v1::Reference::CUSTOMER_PO, po);
    }
    docs.push_back(Doc(kOrder, "crm", fmt::format("SO-{}", i))
                       .Number(fmt::format("SO-{}", i))
                       .On(day)
                       .Total(roll(5) > 0 ? total : "99", "EUR")
                       .ChangedAt("2026-07-01T00:00:00Z"));
    if (roll(2) > 0) {
      docs.back().Ref(v1::Reference::CUSTOMER_PO, po);
    }
    const std::string shipment = fmt::format("80{:05}", i);
    docs.push_back(Doc(kShipment, "erp", shipment)
                       .Number(shipment)
                       .On(day)
                       .Line(fmt::format("A{}", roll(4)), std::to_string(1 + roll(3))));
    if (roll(4) > 0) {
      docs.back().LineRef(v1::Reference::ORDER, number, "10");
    }
    const std::string invoice = fmt::format("90{:05}", i);
    docs.push_back(Doc(kInvoice, "erp", invoice)
                       .Number(invoice)
                       .On(day)
                       .Total(total, roll(20) > 0 ? "EUR" : "USD")
                       .Line("A1", "2", roll(8) > 0 ? price : "3"));
    if (roll(4) > 0) {
      docs.back().LineRef(v1::Reference::ORDER, number, "10").LineRef(v1::Reference::SHIPMENT, shipment);
    }
    for (int row = 0; row <= (roll(6) == 0 ? 1 : 0); ++row) {
      docs.push_back(Doc(kInvoice, "finance", fmt::format("F{}-{}", i, row))
                         .Number(fmt::format("F{}-{}", i, row))
                         .On(day)
                         .Total(total, "EUR")
                         .Line("A1", "2", price));
      if (roll(4) > 0) {
        docs.back().Ref(v1::Reference::OTHER, fmt::format("RE {} / AB {}", invoice, number));
      }
    }
    if (roll(5) == 0) {
      docs.push_back(Doc(kInvoice, "erp", "G" + invoice)
                         .Number("91" + invoice)
                         .On(day)
                         .Total(total, "EUR")
                         .CreditNote()
                         .Ref(v1::Reference::INVOICE, invoice));
    }
    docs.push_back(Doc(kPayment, "bank", fmt::format("B{}", i))
                       .Number(fmt::format("B{}", i))
                       .On("2026-08-01")
                       .Total(total, "EUR")
                       .Text(roll(2) == 0 ? "pays " + invoice : "thanks"));
  }
  return docs;
}

TEST(Outcome, DoesNotDependOnTheOrderOfDocuments) {
  const unsigned first_seed = 20261031;
  for (unsigned seed = first_seed; seed < first_seed + 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    std::vector<Doc> docs = Business(random, 12);
    const World expected = Reconcile(docs);
    EXPECT_FALSE(expected.exceptions.empty());
    for (int round = 0; round < 5; ++round) {
      std::shuffle(docs.begin(), docs.end(), random);
      const World again = Reconcile(docs);
      ASSERT_EQ(again.bytes, expected.bytes);
      ASSERT_EQ(again.next_due, expected.next_due);
    }
  }
}

TEST(Outcome, EveryRecordIsInExactlyOneDocument) {
  std::mt19937 random(7);
  const std::vector<Doc> docs = Business(random, 40);
  const World world = Reconcile(docs);
  std::size_t records = 0;
  for (const auto& [name, document] : world.documents) {
    records += static_cast<std::size_t>(document.records_size());
    EXPECT_EQ(document.name(), name);
    EXPECT_EQ(document.customer(), "customers/c1");
    EXPECT_GE(document.matches_size(), document.records_size() - 1);
    for (const v1::DocumentLink& link : document.links()) {
      EXPECT_TRUE(world.documents.contains(link.document()));
    }
  }
  EXPECT_EQ(records, docs.size());
}

TEST(Outcome, NamesComeFromTheSmallestRecord) {
  const Doc erp = Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Total("100", "EUR");
  const Doc oms = Doc(kOrder, "oms", "1").Number("W-1").On("2026-01-05").Total("100", "EUR");
  EXPECT_EQ(Reconcile({erp}).Of("erp/1").name(), Reconcile({oms, erp}).Of("oms/1").name());
  EXPECT_EQ(Reconcile({erp}).Of("erp/1").name(), NameOf(kOrder, {"erp", "orders", "1"}));
}

TEST(Outcome, TheFingerprintChangesWithTheValueOnly) {
  const Doc order = Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Total("100", "EUR");
  const auto fingerprint = [&](const Doc& doc, std::string_view as_of, const ReconcileOptions& options) {
    const SourceDocument parsed = doc.Parsed();
    const SourceDocument* pointer = &parsed;
    return ReconcileDocuments({&pointer, 1}, "customers/c1", options, Date::Parse(as_of).value())
        .outputs()
        .at(0)
        .fingerprint;
  };
  const Hash128 base = fingerprint(order, "2026-01-31", TestOptions());
  EXPECT_EQ(fingerprint(order, "2026-12-31", TestOptions()), base);
  Doc other = order;
  EXPECT_NE(fingerprint(other.Text("x"), "2026-01-31", TestOptions()), base);
  ReconcileOptions options = TestOptions();
  options.authority = {"crm"};
  EXPECT_NE(fingerprint(order, "2026-01-31", options), base);
}

TEST(Outcome, OddDocumentsDoNoHarm) {
  Doc odd(kInvoice, "x", "1");
  odd.On("2026-02-31")
      .Total("1e9", "EUR")
      .Line("", "", "")
      .Ref(v1::Reference::INVOICE, "")
      .Ref(v1::Reference::OTHER, "///");
  odd.message().mutable_lines(0)->set_quantity("many");
  Doc no_currency(kInvoice, "y", "2");
  no_currency.message().mutable_total()->set_amount("99999999999999999999999999999999999999");
  const World world = Reconcile({odd, no_currency, Doc(kOrder, "x", ""),
                                 Doc(v1::Document::INTERACTION, "x", "3"), Doc(kPayment, "x", "4")},
                                "0001-01-01", {}, "P|x|1");
  EXPECT_EQ(world.documents.size(), 5u);
  EXPECT_EQ(world.Of("x/1").customer(), "") << "nobody knows whose it is";
  EXPECT_TRUE(Reconcile({}).bytes.empty());
}

TEST(Outcome, InteractionsBecomeDocuments) {
  const RecordRef source{"calls", "calls", "7"};
  // An Interaction's own fields: 5 happened_at, 6 channel (CALL), 7 agent, 8 text.
  const std::string bytes = std::string("\x2a\x14") + "2026-03-01T10:00:00Z" + "\x30\x01" + "\x3a\x03" +
                            "Ann" + "\x42\x05" + "hello";
  auto parsed = ParseSourceDocument(v1::Document::INTERACTION, source, bytes);
  ASSERT_TRUE(parsed.ok());
  v1::Document document;
  ASSERT_TRUE(document.ParseFromString(parsed->bytes));
  EXPECT_EQ(document.date(), "2026-03-01");
  EXPECT_EQ(document.channel(), "CALL");
  EXPECT_EQ(document.entered_by(), "Ann");
  EXPECT_EQ(document.text(), "hello");
  EXPECT_FALSE(ParseSourceDocument(kOrder, source, "\xff\xff").ok());
  EXPECT_FALSE(ParseSourceDocument(v1::Document::UNSPECIFIED, source, "").ok());
}

TEST(Outcome, ALargeCustomerTakesNearLinearTime) {
  std::mt19937 random(1);
  const World world = Reconcile(Business(random, 3000));
  EXPECT_GT(world.documents.size(), 9000u);
}

}  // namespace
}  // namespace crossbill::transforms
