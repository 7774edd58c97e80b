#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "fmt/format.h"
#include "transforms/reconcile/fixture.h"
#include "transforms/reconcile/publish.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

class ReconcileStageTest : public testing::Test {
 protected:
  TransformDriver driver_{kTopics, ReconcileStage(kTopics, TestOptions())};
  Date as_of_ = Date::Parse("2026-02-01").value();

  void Feed(const Doc& doc, std::int64_t sequence, std::string_view customer = "customers/a",
            std::string_view via = "P|erp|1") {
    driver_.Feed(kTopics.Reconcile(), customer, doc.Routed(sequence, via));
  }
  void Withdraw(const Doc& doc, std::int64_t sequence, std::string_view customer = "customers/a",
                std::string_view via = "P|erp|1") {
    driver_.Feed(kTopics.Reconcile(), customer, doc.Routed(sequence, via, true));
  }
  std::vector<v1::PublishClaim> Claims(std::size_t max_records = 4096) {
    driver_.Run(as_of_, max_records);
    std::vector<v1::PublishClaim> claims;
    for (const Written& written : driver_.Take(kTopics.Publish())) {
      claims.emplace_back();
      EXPECT_TRUE(claims.back().ParseFromString(written.value.value()));
    }
    return claims;
  }
};

std::string TotalOf(const v1::PublishClaim& claim) {
  v1::UnifiedDocument document;
  EXPECT_TRUE(document.ParseFromString(claim.value()));
  return document.document().total().amount();
}

const Doc kOne =
    Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Total("100", "EUR").Line("A", "2", "50");
const Doc kTwo = Doc(kOrder, "crm", "1")
                     .Number("SO-1")
                     .On("2026-01-05")
                     .Total("100", "EUR")
                     .Ref(v1::Reference::ORDER, "4500001");

TEST_F(ReconcileStageTest, ClaimsOnlyWhatChanged) {
  Feed(kOne, 1);
  const auto first = Claims();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].owner(), "customers/a");
  EXPECT_EQ(first[0].topic(), "t.unified.order");
  Feed(kOne, 2);
  EXPECT_TRUE(Claims().empty()) << "the same content";
  Feed(kTwo, 3);
  const auto merged = Claims();
  ASSERT_EQ(merged.size(), 2u) << "the smaller record is now another: the old name goes, the new one comes";
  EXPECT_TRUE(merged[0].removed() || merged[1].removed());
  driver_.Restart();
  EXPECT_TRUE(Claims().empty());
}

TEST_F(ReconcileStageTest, OfOneWayTheLastCounts) {
  Doc newer = kOne;
  newer.Total("120", "EUR");
  Feed(kOne, 4);
  Feed(newer, 5);
  const auto first = Claims();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(TotalOf(first[0]), "120");
  driver_.Restart();
  Withdraw(newer, 6);
  const auto gone = Claims();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_TRUE(gone[0].removed());
}

// How many unified documents are claimed by these claims.
std::size_t Standing(const std::vector<v1::PublishClaim>& claims) {
  return static_cast<std::size_t>(std::count_if(
      claims.begin(), claims.end(), [](const v1::PublishClaim& claim) { return !claim.removed(); }));
}

TEST_F(ReconcileStageTest, DecisionsComeWithTheDocumentOrAfterIt) {
  Feed(kOne, 1);
  Feed(kTwo, 2);
  EXPECT_EQ(Standing(Claims()), 1u) << "one order";
  const std::string apart =
      Doc(kOne).Decided(v1::DocumentDecision::DIFFERENT, kTwo).RoutedDecisions("P|erp|1");
  driver_.Feed(kTopics.Reconcile(), "customers/a", apart);
  EXPECT_EQ(Standing(Claims()), 2u);
  driver_.Feed(kTopics.Reconcile(), "customers/a", apart);
  EXPECT_TRUE(Claims().empty()) << "it is known";
  driver_.Restart();
  Feed(kTwo, 3);
  EXPECT_TRUE(Claims().empty()) << "it outlives a restart";
  driver_.Feed(kTopics.Reconcile(), "customers/a", kOne.RoutedDecisions("P|erp|1"));
  EXPECT_EQ(Standing(Claims()), 1u) << "it was undone";
  Feed(Doc(kOne).Decided(v1::DocumentDecision::DIFFERENT, kTwo), 4);
  EXPECT_EQ(Standing(Claims()), 2u) << "it comes with the document";
}

TEST_F(ReconcileStageTest, DecisionsThatArePutOffAreNotLost) {
  Feed(kOne, 1);
  driver_.TakeInOnly(as_of_);
  driver_.Feed(kTopics.Reconcile(), "customers/a",
               Doc(kOne).Decided(v1::DocumentDecision::DIFFERENT, kTwo).RoutedDecisions("P|erp|1"));
  Feed(kTwo, 2);
  driver_.TakeInOnly(as_of_);
  driver_.Restart();
  EXPECT_EQ(Standing(Claims()), 2u);
  driver_.Feed(kTopics.Reconcile(), "customers/nobody", kOne.RoutedDecisions("P|erp|1"));
  EXPECT_TRUE(Claims().empty()) << "of what is not here nothing is decided";
}

TEST_F(ReconcileStageTest, ARemovalOnlyRemovesWhatCameTheSameWay) {
  Doc newer = kOne;
  newer.Total("120", "EUR");
  Feed(kOne, 4, "customers/a", "P|erp|1");
  Feed(newer, 5, "customers/a", "R|erp|ORDER|7");
  const auto both = Claims();
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(TotalOf(both[0]), "120");
  Withdraw(kOne, 5, "customers/a", "P|erp|1");
  EXPECT_TRUE(Claims().empty()) << "what came the other way stands";
  Withdraw(newer, 6, "customers/a", "R|erp|ORDER|7");
  ASSERT_EQ(Claims().size(), 1u);
}

// The claims on exceptions alone: "+name" and "-name settled by".
std::vector<std::string> OnExceptions(const std::vector<v1::PublishClaim>& claims) {
  std::vector<std::string> texts;
  for (const v1::PublishClaim& claim : claims) {
    v1::Exception exception;
    if (claim.topic() != kTopics.Exceptions()) {
      continue;
    }
    EXPECT_TRUE(exception.ParseFromString(claim.value()));
    texts.push_back(claim.removed()
                        ? "- " + claim.settled_by()
                        : "+ " + v1::Exception::Type_Name(exception.type()) + " " + exception.unit());
  }
  return texts;
}

const Doc kBill =
    Doc(kInvoice, "erp", "9").Number("90001").On("2026-01-09").Total("100", "EUR").Line("A", "2", "50");

TEST_F(ReconcileStageTest, SaysWhichDocumentSettledAnException) {
  Feed(kBill, 1);
  EXPECT_EQ(OnExceptions(Claims()), std::vector<std::string>{"+ INVOICE_WITHOUT_ORDER "});
  driver_.Restart();
  Doc order = kOne;
  order.Ref(v1::Reference::INVOICE, "90001");
  Feed(order, 2);
  Feed(Doc(kShipment, "erp", "8")
           .Number("80001")
           .On("2026-01-08")
           .Line("A", "2")
           .LineRef(v1::Reference::ORDER, "4500001"),
       3);
  Doc bill = kBill;
  bill.Ref(v1::Reference::ORDER, "4500001").Ref(v1::Reference::SHIPMENT, "80001");
  Feed(bill, 4);
  const auto settled = OnExceptions(Claims());
  ASSERT_EQ(settled.size(), 1u);
  EXPECT_EQ(settled[0], "- " + NameOf(kShipment, {"erp", "shipments", "8"}))
      << "the latest of those that came";
}

TEST_F(ReconcileStageTest, AnExceptionGoesOnWhenARecordJoinsItsDocuments) {
  Feed(kOne, 1);
  Doc bill = kBill;
  bill.Ref(v1::Reference::ORDER, "4500001");
  Feed(bill, 2);
  ASSERT_EQ(OnExceptions(Claims()), std::vector<std::string>{"+ INVOICED_NOT_SHIPPED "});
  Feed(kTwo, 3);
  const auto claims = Claims();
  const auto texts = OnExceptions(claims);
  ASSERT_EQ(texts.size(), 2u);
  std::string goes_on, name;
  driver_.Restart();
  for (const v1::PublishClaim& claim : claims) {
    v1::Exception exception;
    if (claim.topic() == kTopics.Exceptions() && claim.removed()) {
      goes_on = claim.settled_by();
    } else if (claim.topic() == kTopics.Exceptions() && exception.ParseFromString(claim.value())) {
      name = exception.name();
    }
  }
  EXPECT_EQ(goes_on, name);
  EXPECT_TRUE(name.starts_with("exceptions/"));
}

TEST(ReconcileStage, PoliciesMayBeAboutWhoACustomerIs) {
  ReconcileOptions options = TestOptions();
  Policy theirs;
  theirs.tax_id = "DE1";
  theirs.unit = "key accounts";
  options.policies = {theirs};
  TransformDriver driver(kTopics, ReconcileStage(kTopics, options));
  const auto claims = [&] {
    driver.Run(Date::Parse("2026-02-01").value());
    std::vector<v1::PublishClaim> found;
    for (const Written& written : driver.Take(kTopics.Publish())) {
      EXPECT_TRUE(found.emplace_back().ParseFromString(written.value.value()));
    }
    return OnExceptions(found);
  };
  driver.Feed(kTopics.Reconcile(), "customers/a", kBill.Routed(1));
  EXPECT_EQ(claims(), std::vector<std::string>{"+ INVOICE_WITHOUT_ORDER "});
  v1::Customer customer;
  customer.set_name("customers/a");
  v1::Identifier& identifier = *customer.mutable_party()->add_identifiers();
  identifier.set_type(v1::Identifier::TAX_ID);
  identifier.set_value("de 1");
  driver.Feed(kTopics.Unified("customer"), "customers/a", customer.SerializeAsString());
  EXPECT_EQ(claims(), std::vector<std::string>{"+ INVOICE_WITHOUT_ORDER key accounts"});
  driver.Restart();
  driver.Feed(kTopics.Unified("customer"), "customers/a", std::nullopt);
  EXPECT_EQ(claims(), std::vector<std::string>{"+ INVOICE_WITHOUT_ORDER "});
}

TEST_F(ReconcileStageTest, TheEndDoesNotDependOnOrderBatchesOrRestarts) {
  struct Step {
    std::string customer, value;
    int way;  // records of one way keep their order
  };
  std::vector<std::vector<Step>> ways(3);
  for (int i = 0; i < 12; ++i) {
    Doc doc = Doc(kOrder, i % 2 ? "crm" : "erp", std::to_string(i))
                  .Number(fmt::format("45000{:02}", i))
                  .On("2026-01-05")
                  .Total(std::to_string(100 + i / 2), "EUR");
    Doc later = doc;
    later.Text("later");
    const Doc next = Doc(kOrder, i % 2 ? "erp" : "crm", std::to_string((i + 5) % 12));
    const auto verdict = i % 3 == 0 ? v1::DocumentDecision::DIFFERENT : v1::DocumentDecision::SAME;
    if (i % 2 == 0) {  // as intake tells it: the decision comes with the later version as well
      later.Decided(verdict, next, i);
    }
    const int moves = i % 3;
    const std::string via = fmt::format("P|erp|{}", moves);
    const std::string other = fmt::format("P|erp|{}", (moves + 1) % 3);
    auto& way = ways[static_cast<std::size_t>(moves)];
    way.push_back({"customers/a", doc.Routed(i + 1, via), moves});
    way.push_back({"customers/a", Doc(doc).Decided(verdict, next, i).RoutedDecisions(via), moves});
    if (i % 4 == 0) {  // it comes another way, to another customer
      way.push_back({"customers/a", doc.Routed(i + 20, via, true), moves});
      ways[static_cast<std::size_t>((moves + 1) % 3)].push_back(
          {"customers/b", later.Routed(i + 20, other), (moves + 1) % 3});
    }
    if (i % 4 == 1) {
      ways[static_cast<std::size_t>((moves + 1) % 3)].push_back(
          {"customers/a", later.Routed(i + 20, other), (moves + 1) % 3});
    }
    if (i % 4 == 1) {
      way.push_back({"customers/a", doc.Routed(i + 20, via, true), moves});
    }
  }
  std::optional<std::map<std::string, std::string>> expected;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    TransformDriver driver(kTopics, ReconcileStage(kTopics, TestOptions()));
    std::vector<std::size_t> next(ways.size());
    for (;;) {
      std::vector<std::size_t> open;
      for (std::size_t w = 0; w < ways.size(); ++w) {
        if (next[w] < ways[w].size()) {
          open.push_back(w);
        }
      }
      if (open.empty()) {
        break;
      }
      const std::size_t w = open[random() % open.size()];
      const Step& step = ways[w][next[w]++];
      driver.Feed(kTopics.Reconcile(), step.customer, step.value);
      if (random() % 4 == 0) {
        driver.Run(as_of_, 1 + random() % 3);
      }
      if (random() % 8 == 0) {
        driver.Restart();
      }
    }
    driver.Run(as_of_);
    std::map<std::string, std::string> standing;
    for (const Written& written : driver.Take(kTopics.Publish())) {
      v1::PublishClaim claim;
      ASSERT_TRUE(claim.ParseFromString(written.value.value()));
      if (claim.removed()) {
        standing.erase(claim.owner() + " " + written.key);
      } else {
        standing[claim.owner() + " " + written.key] = claim.value();
      }
    }
    if (!expected) {
      expected = standing;
    }
    ASSERT_EQ(standing, *expected);
    EXPECT_FALSE(standing.empty());
  }
}

TEST_F(ReconcileStageTest, WhatIsPutOffIsDoneOnceAndOutlivesARestart) {
  Feed(kOne, 1);
  driver_.TakeInOnly(as_of_);
  Feed(kTwo, 2);
  Feed(Doc(kOrder, "erp", "9").Number("9").On("2026-01-05"), 3, "customers/b");
  driver_.TakeInOnly(as_of_);
  EXPECT_TRUE(driver_.Take(kTopics.Publish()).empty());
  driver_.Restart();
  EXPECT_EQ(Claims().size(), 2u) << "one order of customers/a, one of customers/b";
  EXPECT_TRUE(Claims().empty());
}

TEST_F(ReconcileStageTest, AFlushLeavesTheOthersForTheNext) {
  ReconcileOptions options = TestOptions();
  options.flush_documents = 2;
  TransformDriver driver(kTopics, ReconcileStage(kTopics, options));
  for (int i = 0; i < 7; ++i) {
    driver.Feed(kTopics.Reconcile(), fmt::format("customers/{}", i), kOne.Routed(i + 1, "P|erp|1"));
  }
  driver.Run(as_of_);
  EXPECT_EQ(driver.Take(kTopics.Publish()).size(), 7u);
}

TEST_F(ReconcileStageTest, AgeingFollowsTheAsOfDateForwardAndBack) {
  Feed(kOne, 1);
  Feed(Doc(kShipment, "erp", "s")
           .Number("80001")
           .On("2026-01-08")
           .Line("A", "2")
           .LineRef(v1::Reference::ORDER, "4500001", "10"),
       2);
  EXPECT_EQ(Claims().size(), 2u);
  as_of_ = Date::Parse("2026-02-22").value();
  EXPECT_TRUE(Claims().empty());
  driver_.Restart();
  as_of_ = Date::Parse("2026-02-23").value();
  const auto due = Claims();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].topic(), "t.exception");
  EXPECT_FALSE(due[0].removed());
  as_of_ = Date::Parse("2026-01-31").value();
  const auto back = Claims();
  ASSERT_EQ(back.size(), 1u);
  EXPECT_TRUE(back[0].removed());
  as_of_ = Date::Parse("2026-06-01").value();
  EXPECT_EQ(Claims().size(), 1u);
  Withdraw(kOne, 9);
  Withdraw(Doc(kShipment, "erp", "s"), 9);
  EXPECT_EQ(Claims().size(), 3u) << "all three are taken back";
  as_of_ = Date::Parse("2026-07-01").value();
  EXPECT_TRUE(Claims().empty());
}

TEST_F(ReconcileStageTest, WhatIsNoDocumentIsADeadLetter) {
  driver_.Feed(kTopics.Reconcile(), "customers/a", std::string("\xff\xff"));
  v1::RoutedDocument routed;
  routed.set_kind(kOrder);
  routed.mutable_source()->set_system("erp");
  routed.set_document("\xff\xff");
  driver_.Feed(kTopics.Reconcile(), "customers/a", routed.SerializeAsString());
  Feed(kOne, 1);
  EXPECT_EQ(Claims().size(), 1u);
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 2u);
}

}  // namespace
}  // namespace crossbill::transforms
