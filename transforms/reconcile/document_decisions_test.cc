// What people decided of documents outweighs all evidence, in whatever order they decided.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "fmt/format.h"
#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

constexpr auto kSame = v1::DocumentDecision::SAME;
constexpr auto kDifferent = v1::DocumentDecision::DIFFERENT;
constexpr auto kSettles = v1::DocumentDecision::SETTLES;
constexpr auto kSettlesNot = v1::DocumentDecision::SETTLES_NOT;

Doc Order(std::string_view system, std::string_view key, std::string_view total = "100") {
  return Doc(kOrder, system, key).Number(key).On("2026-01-05").Total(total, "EUR");
}
Doc Bill(std::string_view key, std::string_view day, std::string_view gross) {
  return Doc(kInvoice, "erp", key).Number(key).On(day).Total(gross, "EUR").Gross(gross);
}
Doc Paid(std::string_view key, std::string_view day, std::string_view amount) {
  return Doc(kPayment, "bank", key).Number(key).On(day).Total(amount, "EUR");
}

const v1::DocumentLink* LinkBetween(const World& world, const std::string& a, const std::string& b) {
  for (const v1::DocumentLink& link : world.Of(a).links()) {
    if (link.document() == world.name_of.at(b)) {
      return &link;
    }
  }
  return nullptr;
}

TEST(DocumentDecisions, DifferentStandsAgainstAnyEvidence) {
  const Doc erp = Order("erp", "4500001");
  Doc crm = Order("crm", "S1");
  crm.Ref(v1::Reference::ORDER, "4500001");
  ASSERT_TRUE(Reconcile({erp, crm}).Same("erp/4500001", "crm/S1"));
  Doc decided = erp;
  decided.Decided(kDifferent, crm);
  EXPECT_FALSE(Reconcile({decided, crm}).Same("erp/4500001", "crm/S1"));
  Doc other = crm;
  other.Decided(kDifferent, erp);
  EXPECT_FALSE(Reconcile({erp, other}).Same("erp/4500001", "crm/S1")) << "either record may carry it";
}

TEST(DocumentDecisions, DifferentStandsThroughThirdRecords) {
  Doc erp = Order("erp", "4500001");
  const Doc crm = Order("crm", "S1").Ref(v1::Reference::ORDER, "4500001");
  const Doc oms = Order("oms", "W1").Ref(v1::Reference::ORDER, "4500001");
  ASSERT_TRUE(Reconcile({erp, crm, oms}).Same("crm/S1", "oms/W1"));
  Doc apart = crm;
  apart.Decided(kDifferent, oms);
  const World world = Reconcile({erp, apart, oms});
  EXPECT_FALSE(world.Same("crm/S1", "oms/W1"));
  EXPECT_NE(world.Same("erp/4500001", "crm/S1"), world.Same("erp/4500001", "oms/W1"));
}

TEST(DocumentDecisions, SameUnitesWhatNothingElseDoes) {
  Doc erp = Order("erp", "4500001", "100");
  const Doc crm = Doc(kOrder, "crm", "S1").Number("S1").On("2026-05-09").Total("777", "USD");
  ASSERT_FALSE(Reconcile({erp, crm}).Same("erp/4500001", "crm/S1"));
  erp.Decided(kSame, crm);
  const World world = Reconcile({erp, crm});
  ASSERT_TRUE(world.Same("erp/4500001", "crm/S1"));
  ASSERT_EQ(world.Of("crm/S1").matches_size(), 1);
  EXPECT_EQ(world.Of("crm/S1").matches(0).rule(), "decision");
  EXPECT_EQ(world.Of("crm/S1").matches(0).evidence(),
            "decisions/100 of A. Clerk, 2026-06-01T10:00:10Z: because");
}

TEST(DocumentDecisions, SameUnitesTwoRowsOfOneStream) {
  Doc first = Bill("90001", "2026-01-05", "100");
  const Doc second = Bill("90002", "2026-02-07", "100");
  ASSERT_FALSE(Reconcile({first, second}).Same("erp/90001", "erp/90002"));
  first.Decided(kSame, second);
  const World world = Reconcile({first, second});
  EXPECT_TRUE(world.Same("erp/90001", "erp/90002"));
  EXPECT_EQ(world.Exceptions(v1::Exception::DUPLICATE_INVOICE).size(), 1u);
}

TEST(DocumentDecisions, DifferentEndsADuplicateInvoice) {
  const auto row = [](std::string_view key) {
    return Bill(key, "2026-01-05", "100").Line("A", "2", "50").Ref(v1::Reference::OTHER, "RE 778899");
  };
  const Doc second = row("F2");
  ASSERT_EQ(Reconcile({row("F1"), second}).Exceptions(v1::Exception::DUPLICATE_INVOICE).size(), 1u);
  const World world = Reconcile({row("F1").Decided(kDifferent, second), second});
  EXPECT_FALSE(world.Same("erp/F1", "erp/F2"));
  EXPECT_TRUE(world.Exceptions(v1::Exception::DUPLICATE_INVOICE).empty());
}

TEST(DocumentDecisions, OfAPairTheNewestHoldsWhicheverWayItIsWritten) {
  Doc erp = Order("erp", "4500001");
  Doc crm = Order("crm", "S1", "300");
  erp.Decided(kDifferent, crm, 1);
  crm.Decided(kSame, erp, 2);
  EXPECT_TRUE(Reconcile({erp, crm}).Same("erp/4500001", "crm/S1"));
  erp.Decided(kDifferent, crm, 3);
  EXPECT_FALSE(Reconcile({erp, crm}).Same("erp/4500001", "crm/S1"));
}

TEST(DocumentDecisions, AWallIsStrongerThanAChain) {
  Doc a = Order("erp", "1", "10");
  Doc b = Order("crm", "2", "20");
  const Doc c = Order("oms", "3", "30");
  a.Decided(kDifferent, c, 1).Decided(kSame, b, 2);
  b.Decided(kSame, c, 3);
  const World world = Reconcile({a, b, c});
  EXPECT_TRUE(world.Same("crm/2", "oms/3")) << "the newer of the two";
  EXPECT_FALSE(world.Same("erp/1", "crm/2"));
}

TEST(DocumentDecisions, NothingIsSaidOfRecordsThatAreNotHereOrOfOtherKinds) {
  Doc erp = Order("erp", "4500001");
  const Doc bill = Bill("90001", "2026-01-06", "55");
  erp.Decided(kSame, Order("crm", "gone")).Decided(kSame, bill).Decided(kSettles, bill);
  const World world = Reconcile({erp, bill});
  EXPECT_FALSE(world.Same("erp/4500001", "erp/90001"));
  EXPECT_EQ(world.Of("erp/4500001").records_size(), 1);
  EXPECT_EQ(world.Of("erp/90001").open().amount(), "55");
}

// Two invoices of one amount: the payment is a question.
class TwoInvoices : public testing::Test {
 protected:
  Doc first_ = Bill("90001", "2026-01-05", "100");
  Doc second_ = Bill("90002", "2026-01-06", "100");
  Doc payment_ = Paid("B1", "2026-02-01", "100");
  World world() const { return Reconcile({first_, second_, payment_}); }
};

TEST_F(TwoInvoices, ADecisionSettles) {
  ASSERT_EQ(LinkBetween(world(), "bank/B1", "erp/90002")->state(), v1::DocumentLink::PROPOSED);
  payment_.Decided(kSettles, second_);
  const World decided = world();
  const v1::DocumentLink* link = LinkBetween(decided, "bank/B1", "erp/90002");
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(link->state(), v1::DocumentLink::BOOKED);
  EXPECT_EQ(link->relation(), "invoice of payment");
  EXPECT_EQ(link->evidence(), "decision: decisions/100 of A. Clerk, 2026-06-01T10:00:10Z: because");
  EXPECT_EQ(link->settled().amount(), "100");
  EXPECT_EQ(decided.Of("bank/B1").links_size(), 1) << "what was proposed is no question any more";
  EXPECT_EQ(decided.Of("erp/90002").open().amount(), "0");
  EXPECT_EQ(decided.Of("bank/B1").open().amount(), "0");
  EXPECT_EQ(decided.Of("erp/90001").open().amount(), "100");
}

TEST_F(TwoInvoices, WhatItIsNotForLeavesTheOther) {
  payment_.Decided(kSettlesNot, second_);
  const World decided = world();
  EXPECT_EQ(LinkBetween(decided, "bank/B1", "erp/90002"), nullptr);
  ASSERT_NE(LinkBetween(decided, "bank/B1", "erp/90001"), nullptr);
  EXPECT_EQ(decided.Of("erp/90001").open().amount(), "0") << "the only one that is left";
}

TEST_F(TwoInvoices, ADecisionOutweighsTheNumberThatThePaymentNames) {
  payment_.Text("pays 90001");
  ASSERT_EQ(world().Of("erp/90001").open().amount(), "0");
  payment_.Decided(kSettlesNot, first_, 1);
  EXPECT_EQ(world().Of("erp/90001").open().amount(), "100");
  payment_.Decided(kSettles, second_, 2);
  EXPECT_EQ(world().Of("erp/90002").open().amount(), "0");
  payment_.Decided(kSettles, first_, 3, "60");
  EXPECT_EQ(world().Of("erp/90001").open().amount(), "40");
  EXPECT_EQ(world().Of("erp/90002").open().amount(), "60") << "the older invoice first";
}

TEST_F(TwoInvoices, APartLeavesTheRestOpenForAnother) {
  payment_.Decided(kSettles, first_, 1, "30");
  const World part = world();
  EXPECT_EQ(part.Of("erp/90001").open().amount(), "70");
  EXPECT_EQ(part.Of("bank/B1").open().amount(), "70");
  const World more = Reconcile({first_, second_, payment_, Paid("B2", "2026-02-03", "70")});
  EXPECT_EQ(more.Of("erp/90001").open().amount(), "0") << "seventy are left to pay, of it alone";
}

TEST_F(TwoInvoices, WhatAPersonDecidedIsSettledFirst) {
  const Doc early = Paid("B0", "2026-01-20", "100").Text("90001");
  payment_.Decided(kSettles, first_);
  const World decided = Reconcile({first_, second_, payment_, early});
  EXPECT_EQ(LinkBetween(decided, "bank/B1", "erp/90001")->settled().amount(), "100");
  EXPECT_EQ(decided.Of("bank/B0").open().amount(), "100") << "nothing was left for it";
}

TEST_F(TwoInvoices, ACreditNoteIsDecidedLikeAPayment) {
  Doc credit = Bill("90009", "2026-01-20", "-40").CreditNote();
  credit.Decided(kSettles, second_);
  const World decided = Reconcile({first_, second_, credit});
  EXPECT_EQ(LinkBetween(decided, "erp/90009", "erp/90002")->relation(), "invoice of credit note");
  EXPECT_EQ(decided.Of("erp/90002").open().amount(), "60");
  Doc named = Bill("90009", "2026-01-20", "-40").CreditNote().Ref(v1::Reference::INVOICE, "90002");
  ASSERT_EQ(Reconcile({first_, second_, named}).Of("erp/90002").open().amount(), "60");
  named.Decided(kSettlesNot, second_);
  EXPECT_EQ(Reconcile({first_, second_, named}).Of("erp/90002").open().amount(), "100");
}

TEST_F(TwoInvoices, AnotherCurrencySettlesNothing) {
  payment_.Decided(kSettles, first_, 0, "50");
  Doc dollars = Paid("B2", "2026-02-01", "100");
  dollars.message().set_currency("USD");
  dollars.Decided(kSettles, second_);
  const World decided = Reconcile({first_, second_, payment_, dollars});
  EXPECT_EQ(decided.Of("erp/90001").open().amount(), "50");
  EXPECT_EQ(decided.Of("erp/90002").open().amount(), "100");
}

TEST_F(TwoInvoices, WhatIsNotForAnInvoiceIsNotThroughItsOrderEither) {
  first_.Ref(v1::Reference::ORDER, "4500001");
  payment_.Text("4500001");
  const Doc order = Order("erp", "4500001");
  ASSERT_EQ(Reconcile({order, first_, payment_}).Of("erp/90001").open().amount(), "0");
  payment_.Decided(kSettlesNot, first_);
  EXPECT_EQ(Reconcile({order, first_, payment_}).Of("erp/90001").open().amount(), "100");
}

TEST_F(TwoInvoices, OfRecordsThatAreOneTheNewestCounts) {
  Doc copy = Doc(kPayment, "ledger", "L1").Number("L1").On("2026-02-01").Total("100", "EUR");
  copy.Decided(kSame, payment_).Decided(kSettles, first_, 1);
  payment_.Decided(kSettlesNot, first_, 2);
  EXPECT_EQ(LinkBetween(Reconcile({first_, second_, payment_, copy}), "bank/B1", "erp/90001"), nullptr);
  copy.Decided(kSettles, first_, 3);
  EXPECT_NE(LinkBetween(Reconcile({first_, second_, payment_, copy}), "bank/B1", "erp/90001"), nullptr);
}

std::string RecordOf(const Doc& doc) {
  return doc.message().source().system() + "/" + doc.message().source().key();
}

// Of an invoice or a payment: what its links settle and what is open make the whole.
void ExpectAllAddsUp(const v1::UnifiedDocument& document) {
  if (document.kind() != kInvoice && document.kind() != kPayment) {
    return;
  }
  Decimal sum = Decimal::Parse(document.open().amount()).value();
  for (const v1::DocumentLink& link : document.links()) {
    if (link.has_settled()) {
      sum = sum.Plus(Decimal::Parse(link.settled().amount()).value()).value();
    }
  }
  EXPECT_EQ(sum, Decimal::Parse(document.document().total().amount()).value()) << document.DebugString();
}

// Random decisions over a random business: whichever record carries them and in whatever order, the outcome
// is one; no wall is crossed, and amounts add up.
TEST(DocumentDecisions, DoNotDependOnTheOrder) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    std::vector<Doc> docs;
    for (std::size_t i = 0; i < 6; ++i) {
      const std::string amount = "100";  // of all: so that what is united has one amount
      docs.push_back(Order("erp", fmt::format("45000{}", i), amount));
      docs.push_back(Order("crm", fmt::format("S{}", i), amount));
      docs.push_back(Bill(fmt::format("90000{}", i), "2026-01-05", amount));
      docs.push_back(Paid(fmt::format("B{}", i), "2026-02-01", amount));
    }
    std::map<std::pair<std::string, std::string>, bool> apart;  // by the newest word on two records
    for (int at = 0; at < 12; ++at) {
      const std::size_t left = below(docs.size()), right = below(docs.size());
      const auto verdict = static_cast<v1::DocumentDecision::Verdict>(1 + below(4));
      if (left == right) {
        continue;
      }
      docs[left].Decided(verdict, docs[right], at, below(3) == 0 ? "30" : "");
      if (docs[left].kind() == docs[right].kind() && (verdict == kSame || verdict == kDifferent)) {
        apart[std::minmax(RecordOf(docs[left]), RecordOf(docs[right]))] = verdict == kDifferent;
      }
    }
    const World expected = Reconcile(docs);
    for (int round = 0; round < 5; ++round) {
      std::shuffle(docs.begin(), docs.end(), random);
      ASSERT_EQ(Reconcile(docs).bytes, expected.bytes);
    }
    for (const auto& [pair, different] : apart) {
      EXPECT_FALSE(different && expected.Same(pair.first, pair.second)) << pair.first << " " << pair.second;
    }
    for (const auto& [name, document] : expected.documents) {
      ExpectAllAddsUp(document);
    }
  }
}

}  // namespace
}  // namespace crossbill::transforms
