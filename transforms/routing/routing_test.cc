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
    v1::RoutedDocument routed = Of(key, sequence);
    routed.set_via(place);
    routed.set_removed(removed);
    if (!removed) {
      routed.set_document("d" + std::to_string(sequence));
    }
    Send(place, routed);
  }
  void Announce(const std::string& place, const std::string& key, const std::string& party,
                bool removed = false) {
    v1::RoutedDocument routed = Of(key, 1);
    routed.set_announces_party(party);
    routed.set_removed(removed);
    Send(place, routed);
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
        delivered_[place] = routed.document();
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
  EXPECT_EQ(Delivered(), (Map{{"U|erp|docs|invoice invoice R|erp|ORDER|7", "d1"}})) << "it stands alone";
  Announce("R|erp|ORDER|7", "order", "P|erp|1");
  EXPECT_EQ(Delivered(), (Map{{"P|erp|1 invoice R|erp|ORDER|7", "d1"}}));
  Assign("P|erp|1", "customers/x");
  EXPECT_EQ(Delivered(), (Map{{"customers/x invoice R|erp|ORDER|7", "d1"}}));
  driver_.Restart();
  Document("R|erp|ORDER|7", "invoice", 2);
  Document("R|erp|ORDER|7", "shipment", 1);
  EXPECT_EQ(Delivered(),
            (Map{{"customers/x invoice R|erp|ORDER|7", "d2"}, {"customers/x shipment R|erp|ORDER|7", "d1"}}));
  Announce("R|erp|ORDER|7", "order", "-", true);
  EXPECT_EQ(Delivered(), (Map{{"U|erp|docs|invoice invoice R|erp|ORDER|7", "d2"},
                              {"U|erp|docs|shipment shipment R|erp|ORDER|7", "d1"}}));
  Document("R|erp|ORDER|7", "invoice", 3, true);
  Document("R|erp|ORDER|7", "shipment", 3, true);
  EXPECT_TRUE(Delivered().empty());
}

TEST_F(RoutingTest, OfSeveralAnnouncersTheSmallestCounts) {
  Assign("P|erp|1", "customers/x");
  Assign("P|erp|2", "customers/y");
  Announce("R|erp|ORDER|7", "b", "P|erp|2");
  Document("R|erp|ORDER|7", "invoice", 1);
  EXPECT_EQ(Delivered(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}}));
  Announce("R|erp|ORDER|7", "a", "P|erp|1");
  EXPECT_EQ(Delivered(), (Map{{"customers/x invoice R|erp|ORDER|7", "d1"}}));
  Announce("R|erp|ORDER|7", "a", "-", true);
  EXPECT_EQ(Delivered(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}}));
  Assign("P|erp|1", "customers/z");
  EXPECT_EQ(Delivered(), (Map{{"customers/y invoice R|erp|ORDER|7", "d1"}}))
      << "it is no longer that party's";
}

TEST_F(RoutingTest, NobodyWaitingMeansNobodyAsks) {
  Announce("R|erp|ORDER|7", "order", "P|erp|1");
  EXPECT_EQ(driver_.Take(kTopics.Routing()).size(), 1u) << "only what was fed";
  Document("R|erp|ORDER|7", "invoice", 1);
  Document("R|erp|ORDER|7", "invoice", 2, true);
  EXPECT_TRUE(Delivered().empty());
  driver_.Take(kTopics.Routing());
  Assign("P|erp|1", "customers/x");
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty()) << "the subscription went with the last document";
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
