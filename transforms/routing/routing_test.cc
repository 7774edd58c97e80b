#include "transforms/routing/routing.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

class RoutingTest : public testing::Test {
 protected:
  // The router reads what it writes to its own topic.
  void Send(const std::string& place, const v1::RoutedDocument& routed) {
    driver_.Feed(kTopics.Routing(), place, routed.SerializeAsString());
    driver_.Run();
    Deliver();
  }
  void Document(const std::string& place, const std::string& key, std::int64_t sequence,
                bool removed = false) {
    Send(place, DocumentAt(place, key, sequence, removed));
  }
  // An order "of" a party, with a number that others refer to.
  void Order(const std::string& key, const std::string& party, const std::string& number,
             std::int64_t sequence, const std::string& number_before = {}) {
    v1::RoutedDocument routed = DocumentAt(party, key, sequence, false);
    routed.set_number_key(number);
    routed.set_number_key_before(number_before);
    Send(party, routed);
  }
  void OrderGone(const std::string& key, const std::string& party, const std::string& number,
                 std::int64_t sequence) {
    v1::RoutedDocument routed = DocumentAt(party, key, sequence, true);
    routed.set_number_key_before(number);
    Send(party, routed);
  }
  // What was decided of a record that was sent to this place before.
  void Decided(const std::string& place, const std::string& key, const std::string& decisions) {
    v1::RoutedDocument routed = DocumentAt(place, key, 0, true);
    routed.set_removed(false);
    routed.set_decisions(decisions);
    routed.set_decisions_only(true);
    Send(place, routed);
  }
  // A document without a party, on its way.
  void Looking(const std::string& place, const std::string& key, std::int64_t sequence,
               const std::string& next_places) {
    v1::RoutedDocument routed = DocumentAt(place, key, sequence, false);
    routed.set_next_places(next_places);
    Send(place, routed);
  }
  void Announced(const std::string& key, const std::string& party, const std::string& clues,
                 std::int64_t sequence, const std::string& clues_before = {}) {
    v1::RoutedDocument routed = DocumentAt(party, key, sequence, false);
    routed.set_clues(clues);
    routed.set_clues_before(clues_before);
    Send(party, routed);
  }
  // Where the documents "pay" stand, whatever way they came.
  std::map<std::string, std::string> Found() const {
    std::map<std::string, std::string> found;
    for (const auto& [place, document] : delivered_) {
      if (const std::size_t at = place.find(" pay "); at != std::string::npos) {
        found[place.substr(0, at + 4)] = document;
      }
    }
    return found;
  }
  void Assign(const std::string& party, const std::string& customer) {
    v1::Assignment assignment;
    assignment.set_customer(customer);
    const std::string value = assignment.SerializeAsString();
    driver_.Feed(kTopics.Assignments(), party,
                 customer.empty() ? std::nullopt : std::optional<std::string_view>(value));
    driver_.Run();
    Deliver();
  }
  // What reconcile would hold by now: "customer record via" to the document.
  const std::map<std::string, std::string>& Delivered() const { return delivered_; }
  // The same of the documents that refer to another one.
  std::map<std::string, std::string> Referring() const {
    std::map<std::string, std::string> found;
    for (const auto& [place, document] : delivered_) {
      if (place.find(" R|") != std::string::npos) {
        found[place] = document;
      }
    }
    return found;
  }
  static v1::RoutedDocument DocumentAt(const std::string& place, const std::string& key,
                                       std::int64_t sequence, bool removed) {
    v1::RoutedDocument routed = Of(key, sequence);
    routed.set_via(place);
    routed.set_removed(removed);
    if (!removed) {
      routed.set_document("d" + std::to_string(sequence));
    }
    return routed;
  }

 private:
  static v1::RoutedDocument Of(const std::string& key, std::int64_t sequence) {
    v1::RoutedDocument routed;
    routed.mutable_source()->set_system("erp");
    routed.mutable_source()->set_stream("docs");
    routed.mutable_source()->set_key(key);
    routed.set_sequence(sequence);
    return routed;
  }
  void Deliver() {
    for (const Written& written : driver_.Take(kTopics.Reconcile())) {
      v1::RoutedDocument routed;
      ASSERT_TRUE(routed.ParseFromString(written.value.value()));
      const std::string place = written.key + " " + routed.source().key() + " " + routed.via();
      if (routed.removed()) {
        EXPECT_EQ(delivered_.erase(place), 1u) << "withdrawn but not delivered: " << place;
      } else {
        delivered_[place] = routed.document() + routed.decisions();
      }
    }
  }

 protected:
  TransformDriver driver_{kTopics, RoutingStage(kTopics)};

 private:
  std::map<std::string, std::string> delivered_;
};

using Map = std::map<std::string, std::string>;

TEST_F(RoutingTest, ADocumentFollowsItsPartysCustomer) {
  Document("P|erp|1", "a", 1);
  EXPECT_EQ(Delivered(), (Map{{"P|erp|1 a P|erp|1", "d1"}}));
  Assign("P|erp|1", "customers/x");
  EXPECT_EQ(Delivered(), (Map{{"customers/x a P|erp|1", "d1"}}));
  Document("P|erp|1", "a", 2);
  Document("P|erp|1", "b", 3);
  driver_.Restart();
  Assign("P|erp|1", "customers/y");
  EXPECT_EQ(Delivered(), (Map{{"customers/y a P|erp|1", "d2"}, {"customers/y b P|erp|1", "d3"}}));
  Document("P|erp|1", "b", 4, true);
  Assign("P|erp|1", "");
  EXPECT_EQ(Delivered(), (Map{{"P|erp|1 a P|erp|1", "d2"}}));
}

TEST_F(RoutingTest, AReferenceIsFollowedWhenItsNumberIsAnnounced) {
  Document("R|erp|ORDER|7", "invoice", 1);
  EXPECT_EQ(Referring(), (Map{{"U|erp|docs|invoice invoice R|erp|ORDER|7", "d1"}})) << "it stands alone";
  Order("order", "P|erp|1", "R|erp|ORDER|7", 1);
  EXPECT_EQ(Referring(), (Map{{"P|erp|1 invoice R|erp|ORDER|7", "d1"}}));
  Assign("P|erp|1", "customers/x");
  EXPECT_EQ(Referring(), (Map{{"customers/x invoice R|erp|ORDER|7", "d1"}}));
  driver_.Restart();
  Document("R|erp|ORDER|7", "invoice", 2);
  Document("R|erp|ORDER|7", "shipment", 1);
  EXPECT_EQ(Referring(),
            (Map{{"customers/x invoice R|erp|ORDER|7", "d2"}, {"customers/x shipment R|erp|ORDER|7", "d1"}}));
  OrderGone("order", "P|erp|1", "R|erp|ORDER|7", 2);
  EXPECT_EQ(Delivered(), (Map{{"U|erp|docs|invoice invoice R|erp|ORDER|7", "d2"},
                              {"U|erp|docs|shipment shipment R|erp|ORDER|7", "d1"}}));
  Document("R|erp|ORDER|7", "invoice", 3, true);
  Document("R|erp|ORDER|7", "shipment", 3, true);
  EXPECT_TRUE(Delivered().empty());
}

TEST_F(RoutingTest, OfSeveralAnnouncersTheSmallestCounts) {
  Assign("P|erp|1", "customers/x");
  Assign("P|erp|2", "customers/y");
  Order("b", "P|erp|2", "R|erp|ORDER|7", 1);
  Document("R|erp|ORDER|7", "invoice", 1);
  EXPECT_EQ(Referring(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}}));
  Order("c", "P|erp|1", "R|erp|ORDER|7", 1);
  EXPECT_EQ(Referring(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}})) << "a greater one";
  Order("a", "P|erp|1", "R|erp|ORDER|7", 1);
  EXPECT_EQ(Referring(), (Map{{"customers/x invoice R|erp|ORDER|7", "d1"}}));
  Order("a", "P|erp|1", "R|erp|ORDER|8", 2, "R|erp|ORDER|7");
  EXPECT_EQ(Referring(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}})) << "it has another number";
  Order("a", "P|erp|1", "R|erp|ORDER|7", 3, "R|erp|ORDER|8");
  OrderGone("a", "P|erp|1", "R|erp|ORDER|7", 4);
  EXPECT_EQ(Referring(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}}));
  Assign("P|erp|1", "customers/z");
  EXPECT_EQ(Referring(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}}))
      << "it is no longer that party's";
}

TEST_F(RoutingTest, WhatWaitsForItsNumberDoesNotStandAloneInBetween) {
  Assign("P|erp|1", "customers/x");
  driver_.Take(kTopics.Reconcile());
  v1::RoutedDocument order = DocumentAt("P|erp|1", "order", 1, false);
  order.set_number_key("R|erp|ORDER|7");
  driver_.Feed(kTopics.Routing(), "R|erp|ORDER|7",
               DocumentAt("R|erp|ORDER|7", "invoice", 1, false).SerializeAsString());
  driver_.Feed(kTopics.Routing(), "P|erp|1", order.SerializeAsString());
  driver_.Run(Date(0), 1);  // each step is full: nothing is settled before all is read
  const auto sent = driver_.Take(kTopics.Reconcile());
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].key, "customers/x");
  EXPECT_EQ(sent[1].key, "customers/x");
}

TEST_F(RoutingTest, ManyMayWaitForOneNumber) {
  constexpr int kMany = 20;
  for (int i = 0; i < kMany; ++i) {
    Document("R|erp|ORDER|7", "invoice" + std::to_string(i), 1);
  }
  Order("order", "P|erp|1", "R|erp|ORDER|7", 1);
  EXPECT_EQ(Referring().size(), static_cast<std::size_t>(kMany));
  EXPECT_TRUE(Referring().contains("P|erp|1 invoice19 R|erp|ORDER|7"));
  driver_.Restart();
  for (int i = 0; i < kMany; ++i) {
    Document("R|erp|ORDER|7", "invoice" + std::to_string(i), 2, true);
  }
  EXPECT_TRUE(Referring().empty());
  Document("R|erp|ORDER|7", "late", 1);
  EXPECT_EQ(Referring(), (Map{{"P|erp|1 late R|erp|ORDER|7", "d1"}}));
}

TEST_F(RoutingTest, WhatIsLeftToSettleOutlivesARestart) {
  driver_.Feed(kTopics.Routing(), "R|erp|ORDER|7",
               DocumentAt("R|erp|ORDER|7", "invoice", 1, false).SerializeAsString());
  driver_.TakeInOnly();
  EXPECT_TRUE(driver_.Take(kTopics.Reconcile()).empty());
  driver_.Restart();
  driver_.Run();
  const auto sent = driver_.Take(kTopics.Reconcile());
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].key, "U|erp|docs|invoice");
}

TEST_F(RoutingTest, APaymentOfNobodyLooksFromPlaceToPlace) {
  Looking("C|N|90001", "pay", 1, "C|N|90002\nC|A|EUR|10|2026-01");
  EXPECT_EQ(Found(), (Map{{"U|erp|docs|pay pay", "d1"}})) << "nobody knows it";
  Announced("invoice", "P|erp|1", "C|N|90002\nC|A|EUR|10|2026-01", 1);
  EXPECT_EQ(Found(), (Map{{"P|erp|1 pay", "d1"}}));
  Assign("P|erp|1", "customers/x");
  EXPECT_EQ(Found(), (Map{{"customers/x pay", "d1"}}));
  driver_.Restart();
  Assign("P|erp|2", "customers/y");
  Announced("other", "P|erp|2", "C|N|90001", 1);
  EXPECT_EQ(Found(), (Map{{"customers/y pay", "d1"}})) << "what it names first";
  Announced("other", "P|erp|2", "C|N|90009", 2, "C|N|90001");
  EXPECT_EQ(Found(), (Map{{"customers/x pay", "d1"}})) << "the other has another number now";
  Looking("C|N|90001", "pay", 2, "C|N|90009");
  EXPECT_EQ(Found(), (Map{{"customers/y pay", "d2"}})) << "it names another one now";
  Document("C|N|90001", "pay", 3, true);
  EXPECT_TRUE(Found().empty());
}

TEST_F(RoutingTest, DecisionsJoinTheirDocumentAndFollowIt) {
  Document("P|erp|1", "a", 1);
  Decided("P|erp|1", "a", " decided");
  EXPECT_EQ(Delivered(), (Map{{"P|erp|1 a P|erp|1", "d1 decided"}}));
  driver_.Restart();
  Assign("P|erp|1", "customers/x");
  EXPECT_EQ(Delivered(), (Map{{"customers/x a P|erp|1", "d1 decided"}}));
  Decided("P|erp|1", "a", "");
  EXPECT_EQ(Delivered(), (Map{{"customers/x a P|erp|1", "d1"}}));
  Decided("P|erp|1", "gone", " decided");
  EXPECT_EQ(Delivered().size(), 1u) << "of what is not there nothing is told";
}

TEST_F(RoutingTest, DecisionsFollowADocumentFromPlaceToPlace) {
  Looking("C|N|90001", "pay", 1, "C|N|90002");
  Decided("C|N|90001", "pay", " decided");
  EXPECT_EQ(Found(), (Map{{"U|erp|docs|pay pay", "d1 decided"}})) << "nobody knows it";
  Announced("invoice", "P|erp|1", "C|N|90002", 1);
  EXPECT_EQ(Found(), (Map{{"P|erp|1 pay", "d1 decided"}}));
  Decided("C|N|90001", "pay", " otherwise");
  EXPECT_EQ(Found(), (Map{{"P|erp|1 pay", "d1 otherwise"}}));
  driver_.Restart();
  Announced("other", "P|erp|2", "C|N|90001", 1);
  EXPECT_EQ(Found(), (Map{{"P|erp|2 pay", "d1 otherwise"}}));
  Document("C|N|90001", "pay", 3, true);
  EXPECT_TRUE(Found().empty());
}

TEST_F(RoutingTest, AClueThatLeadsToTwoCustomersLeadsToNone) {
  Assign("P|erp|1", "customers/x");
  Assign("P|erp|2", "customers/y");
  Announced("a", "P|erp|1", "C|N|90001\nC|A|EUR|10|2026-02", 1);
  Announced("b", "P|erp|2", "C|N|90001\nC|A|EUR|10|2026-02", 1);
  Announced("c", "P|erp|2", "C|A|EUR|10|2026-01", 1);
  Looking("C|N|90001", "pay", 1, "C|A|EUR|10|2026-02\nC|A|EUR|10|2026-01");
  EXPECT_EQ(Found(), (Map{{"U|erp|docs|pay pay", "d1"}})) << "nor is an older amount taken instead";
  Assign("P|erp|2", "customers/x");
  EXPECT_EQ(Found(), (Map{{"customers/x pay", "d1"}})) << "both are one customer's";
}

TEST_F(RoutingTest, WhatCannotBeUsedIsADeadLetter) {
  driver_.Feed(kTopics.Routing(), "P|erp|1", "not a message");
  driver_.Feed(kTopics.Routing(), "X|erp|1", "");
  driver_.Feed(kTopics.Routing(), "P|erp|1", std::nullopt);
  driver_.Feed(kTopics.Assignments(), "P|erp|1", "not a message");
  driver_.Run();
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 4u);
}

}  // namespace
}  // namespace crossbill::transforms
