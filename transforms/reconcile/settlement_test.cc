// Payments by their amounts, and the invariant: what is settled and what is open make the whole amount.
#include <gtest/gtest.h>

#include <random>

#include "transforms/reconcile/combinations.h"
#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

Doc Invoice(std::string_view key, std::string_view day, std::string_view gross) {
  return Doc(kInvoice, "erp", key)
      .Number(std::string("9000") + std::string(key))
      .On(day)
      .Total(gross, "EUR")
      .Gross(gross);
}
Doc Payment(std::string_view key, std::string_view day, std::string_view amount, std::string_view text = {}) {
  return Doc(kPayment, "bank", key).Number(key).On(day).Total(amount, "EUR").Text(text);
}

std::string SettledBy(const World& world, const std::string& invoice, const std::string& payment) {
  for (const v1::DocumentLink& link : world.Of(invoice).links()) {
    if (link.document() == world.name_of.at(payment)) {
      return link.settled().amount();
    }
  }
  return "no link";
}

Decimal AmountOf(const std::string& text) { return text.empty() ? Decimal() : Decimal::Parse(text).value(); }

// Of each invoice and payment.
void ExpectAllAddsUp(const World& world) {
  for (const auto& [name, document] : world.documents) {
    if (document.kind() != kInvoice && document.kind() != kPayment) {
      continue;
    }
    Decimal sum = AmountOf(document.open().amount());
    const bool credit = document.document().type() == v1::Invoice::CREDIT_NOTE;
    for (const v1::DocumentLink& link : document.links()) {
      const Decimal settled = AmountOf(link.settled().amount());
      sum = (credit ? sum.Minus(settled) : sum.Plus(settled)).value();
      EXPECT_GE(settled, Decimal());
      if (link.state() == v1::DocumentLink::PROPOSED) {
        EXPECT_TRUE(settled.IsZero()) << "a proposal settles nothing";
      }
    }
    const std::string& whole = document.document().gross().amount().empty()
                                   ? document.document().total().amount()
                                   : document.document().gross().amount();
    EXPECT_EQ(sum, AmountOf(whole)) << name;
  }
}

TEST(Settlement, PartsCreditNotesAndTooMuch) {
  const World world = Reconcile({
      Invoice("0001", "2026-01-05", "100"),
      Doc(kInvoice, "erp", "c")
          .Number("90009999")
          .On("2026-01-20")
          .Total("-30", "EUR")
          .Gross("-30")
          .CreditNote()
          .Ref(v1::Reference::OTHER, "90000001"),
      Payment("p1", "2026-01-10", "40", "90000001"),
      Payment("p2", "2026-02-10", "50", "90000001"),
  });
  EXPECT_EQ(SettledBy(world, "erp/0001", "bank/p1"), "40");
  EXPECT_EQ(SettledBy(world, "erp/0001", "erp/c"), "30");
  EXPECT_EQ(SettledBy(world, "erp/0001", "bank/p2"), "30");
  EXPECT_EQ(world.Of("erp/0001").open().amount(), "0");
  EXPECT_EQ(world.Of("bank/p2").open().amount(), "20");
  EXPECT_EQ(world.Of("erp/c").open().amount(), "0");
  ExpectAllAddsUp(world);
}

TEST(Settlement, SeveralInvoicesInOnePayment) {
  std::vector<Doc> docs = {Invoice("0001", "2026-01-05", "17"), Invoice("0002", "2026-01-06", "29"),
                           Invoice("0003", "2026-01-07", "53"), Payment("p", "2026-02-01", "46")};
  const World world = Reconcile(docs);
  EXPECT_EQ(SettledBy(world, "erp/0001", "bank/p"), "17");
  EXPECT_EQ(SettledBy(world, "erp/0002", "bank/p"), "29");
  EXPECT_EQ(SettledBy(world, "erp/0003", "bank/p"), "no link");
  ExpectAllAddsUp(world);
  docs.push_back(Invoice("0004", "2026-01-08", "30"));
  docs.push_back(Invoice("0005", "2026-01-08", "16"));
  const World two_ways = Reconcile(docs);
  EXPECT_EQ(two_ways.Of("bank/p").open().amount(), "46") << "two ways to make it up: a person decides";
  ASSERT_GE(two_ways.Of("bank/p").links_size(), 2);
  EXPECT_EQ(two_ways.Of("bank/p").links(0).state(), v1::DocumentLink::PROPOSED);
  EXPECT_TRUE(two_ways.Exceptions(v1::Exception::PAYMENT_UNMATCHED).empty());
  ExpectAllAddsUp(two_ways);
}

TEST(Settlement, APaymentBeforeTheInvoice) {
  const World world = Reconcile({
      Doc(kOrder, "oms", "w").Number("W26-0001").On("2026-01-01").Total("100", "EUR").Gross("119"),
      Invoice("0001", "2026-01-09", "119").Ref(v1::Reference::ORDER, "W26-0001"),
      Payment("p", "2026-01-02", "119"),
  });
  EXPECT_TRUE(world.Linked("oms/w", "bank/p"));
  EXPECT_EQ(SettledBy(world, "erp/0001", "bank/p"), "119");
  EXPECT_EQ(world.Of("erp/0001").open().amount(), "0");
  ExpectAllAddsUp(world);
}

TEST(Settlement, ADiscountIsAProposal) {
  const World world = Reconcile({Invoice("0001", "2026-01-05", "100"), Payment("p", "2026-01-15", "98")});
  ASSERT_EQ(world.Of("bank/p").links_size(), 1);
  EXPECT_EQ(world.Of("bank/p").links(0).state(), v1::DocumentLink::PROPOSED);
  EXPECT_EQ(world.Of("erp/0001").open().amount(), "100");
  EXPECT_NE(world.Of("erp/0001").chain(), world.Of("bank/p").chain());
}

// Random invoices, credit notes and payments, in two orders: all adds up, and the order does not matter.
TEST(Settlement, AddsUpWhateverComes) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 dice(seed);
    const auto below = [&](std::uint32_t n) { return static_cast<int>(dice() % n); };
    std::vector<Doc> docs;
    for (int i = 0; i < 8; ++i) {
      const std::string key = "000" + std::to_string(i);
      const std::string day = "2026-01-1" + std::to_string(below(9));
      const std::string other = "9000000" + std::to_string(below(8));
      switch (below(4)) {
        case 0:
        case 1:
          docs.push_back(Invoice(key, day, std::to_string(10 + 5 * below(6))));
          break;
        case 2: {
          const std::string amount = "-" + std::to_string(5 + 5 * below(4));
          docs.push_back(Invoice(key, day, amount).CreditNote().Ref(v1::Reference::OTHER, other));
          break;
        }
        default:
          docs.push_back(Payment(key, day, std::to_string(10 + 5 * below(12)), below(2) == 0 ? other : ""));
          break;
      }
    }
    const World world = Reconcile(docs);
    ExpectAllAddsUp(world);
    std::shuffle(docs.begin(), docs.end(), dice);
    EXPECT_EQ(Reconcile(docs).bytes, world.bytes) << seed;
  }
}

TEST(Combinations, FindsTheOneWay) {
  const auto amounts = [](std::initializer_list<int> list) {
    std::vector<Decimal> result;
    for (const int amount : list) {
      result.push_back(Decimal(amount));
    }
    return result;
  };
  const auto one = FindCombination(amounts({17, 29, 53, 7}), Decimal(46), 5);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->parts, (std::vector<int>{0, 1}));
  EXPECT_FALSE(one->several);
  EXPECT_TRUE(FindCombination(amounts({17, 29, 30, 16}), Decimal(46), 5)->several);
  EXPECT_TRUE(FindCombination(amounts({46, 5}), Decimal(46), 5)->parts.empty())
      << "one alone is no combination";
  EXPECT_TRUE(FindCombination(amounts({10, 10, 10}), Decimal(30), 2)->parts.empty()) << "too many parts";
  std::vector<Decimal> many;
  for (int i = 0; i < 40; ++i) {
    many.push_back(Decimal(1'000'000 + i * 7919));
  }
  EXPECT_FALSE(FindCombination(many, Decimal(20'500'001), 40)) << "given up rather than searched for ever";
}

}  // namespace
}  // namespace crossbill::transforms
