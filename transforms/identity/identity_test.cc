#include "transforms/identity/identity.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/identity/ledger.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

class IdentityTest : public testing::Test {
 protected:
  void Feed(const std::string& key, std::int64_t sequence, std::optional<v1::Party> party) {
    SourceEvent event{"crm/accounts/" + key, sequence, std::nullopt, "crossbill.v1.Party"};
    if (party) {
      event.value = party->SerializeAsString();
    }
    driver_.FeedEvent(kTopics.Source("party"), event);
  }
  static v1::Party Of(const std::string& id, const std::string& name, const std::string& email = {},
                      const std::string& tax_id = {}) {
    v1::Party party;
    party.set_id(id);
    party.set_name(name);
    if (!email.empty()) {
      party.add_emails(email);
    }
    if (!tax_id.empty()) {
      v1::Identifier* identifier = party.add_identifiers();
      identifier->set_type(v1::Identifier::TAX_ID);
      identifier->set_value(tax_id);
    }
    return party;
  }
  std::map<std::string, v1::Customer> Customers() {
    driver_.Run();
    std::map<std::string, v1::Customer> customers;
    for (const auto& [key, value] : driver_.Newest(kTopics.Unified("customer"))) {
      EXPECT_TRUE(customers[key].ParseFromString(value));
    }
    return customers;
  }
  std::string AssignedTo(const std::string& party) {
    driver_.Run();
    v1::Assignment assignment;
    assignment.ParseFromString(driver_.Newest(kTopics.Assignments())[party]);
    return assignment.customer();
  }
  TransformDriver driver_{kTopics, IdentityStage(kTopics, IdentityOptions())};
};

TEST_F(IdentityTest, LinksWhatIsTheSameAndSaysWhy) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("2", "HANSA WARENHAUS", "INFO@hansa.example"));
  Feed("3", 3, Of("3", "Corgate Foods Ltd", "info@corgate.example"));
  const auto customers = Customers();
  ASSERT_EQ(customers.size(), 2u);
  const v1::Customer& hansa = customers.at(AssignedTo("P|crm|1"));
  EXPECT_EQ(AssignedTo("P|crm|2"), hansa.name());
  EXPECT_NE(AssignedTo("P|crm|3"), hansa.name());
  ASSERT_EQ(hansa.links_size(), 1);
  EXPECT_EQ(hansa.links(0).rule(), "email");
  int sum = 0;
  for (const v1::EvidencePart& part : hansa.links(0).parts()) {
    sum += part.weight();
  }
  EXPECT_EQ(sum, hansa.links(0).weight());
}

TEST_F(IdentityTest, LateEvidenceMergesAndTheOldestNameStays) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  const std::string first = AssignedTo("P|crm|1");
  Feed("2", 2, Of("2", "Hansa Warenhaus", "sales@elsewhere.example"));
  v1::Party far = Of("2", "Hansa", "sales@elsewhere.example");
  Feed("2", 3, far);
  const std::string second = AssignedTo("P|crm|2");
  ASSERT_NE(first, second);
  driver_.Restart();
  Feed("2", 4, Of("2", "Hansa Warenhaus", "info@hansa.example"));
  const auto customers = Customers();
  EXPECT_EQ(AssignedTo("P|crm|2"), first);
  EXPECT_EQ(customers.at(second).merged_into(), first);
  ASSERT_EQ(customers.at(first).previous_names_size(), 1);
  EXPECT_EQ(customers.at(first).previous_names(0), second);
  EXPECT_EQ(customers.at(first).records_size(), 2);
}

TEST_F(IdentityTest, ACorrectionSplitsAndTheOldestRecordKeepsTheName) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", "info@hansa.example"));
  const std::string name = AssignedTo("P|crm|1");
  ASSERT_EQ(AssignedTo("P|crm|2"), name);
  Feed("2", 3, Of("2", "Corgate Foods Ltd", "info@corgate.example"));
  EXPECT_EQ(AssignedTo("P|crm|1"), name);
  EXPECT_NE(AssignedTo("P|crm|2"), name);
  EXPECT_EQ(Customers().size(), 2u);
}

TEST_F(IdentityTest, TwoTaxIdsAreNeverOneCustomer) {
  Feed("1", 1, Of("1", "Okada Shoji", "info@okada.example", "7111068178121"));
  Feed("2", 2, Of("2", "Okada Shoji", "info@okada.example"));
  Feed("3", 3, Of("3", "Okada Shoji", "info@okada.example", "6829543045413"));
  const auto customers = Customers();
  EXPECT_EQ(customers.size(), 2u);
  EXPECT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|3"));
}

TEST_F(IdentityTest, ADeletedPartyLeavesAndTheLastOneTakesTheCustomerAlong) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", "info@hansa.example"));
  const std::string name = AssignedTo("P|crm|1");
  Feed("1", 3, std::nullopt);
  EXPECT_EQ(AssignedTo("P|crm|1"), "");
  EXPECT_EQ(AssignedTo("P|crm|2"), name);
  EXPECT_EQ(Customers().at(name).records_size(), 1);
  Feed("2", 4, std::nullopt);
  EXPECT_TRUE(Customers().empty());
  Feed("2", 3, Of("2", "Hansa Warenhaus AG"));
  EXPECT_TRUE(Customers().empty()) << "older than the deletion";
}

TEST_F(IdentityTest, NothingIsToldTwice) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  driver_.Run();
  driver_.Take(kTopics.Unified("customer"));
  driver_.Take(kTopics.Assignments());
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("1", 2, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  driver_.Restart();
  driver_.Run();
  EXPECT_TRUE(driver_.Take(kTopics.Unified("customer")).empty());
  EXPECT_TRUE(driver_.Take(kTopics.Assignments()).empty());
}

TEST_F(IdentityTest, OfTwoRecordsWithOnePartyIdTheSmallestKeyCounts) {
  Feed("b", 1, Of("7", "Corgate Foods Ltd", "", "GB146035930"));
  Feed("a", 2, Of("7", "Hansa Warenhaus AG", "", "DE671482371"));
  const std::string hansa = AssignedTo("P|crm|7");
  EXPECT_EQ(Customers().at(hansa).display_name(), "Hansa Warenhaus AG");
  Feed("a", 3, std::nullopt);
  EXPECT_EQ(Customers().at(AssignedTo("P|crm|7")).display_name(), "Corgate Foods Ltd");
}

// A shared mailbox says nothing once too many use it: also for those who came before.
TEST_F(IdentityTest, AnOversizedBlockIsSkippedForAllOfItsRecords) {
  const auto add = [&](std::uint64_t n) {
    Feed(std::to_string(n), static_cast<std::int64_t>(n) + 1,
         Of(std::to_string(n), "", "all@shared.example"));
  };
  for (std::uint64_t n = 0; n < Ledger::kMaxBlock; ++n) {
    add(n);
  }
  EXPECT_EQ(AssignedTo("P|crm|0"), AssignedTo("P|crm|1"));
  add(Ledger::kMaxBlock);
  EXPECT_NE(AssignedTo("P|crm|0"), AssignedTo("P|crm|1"));
  Feed("5", 1000, std::nullopt);
  EXPECT_EQ(AssignedTo("P|crm|0"), AssignedTo("P|crm|1"));
}

// The bus of one run with other options.
TEST(IdentityOptionsTest, OtherOptionsCompareEverythingAnew) {
  auto options = std::make_shared<IdentityOptions>();
  Stage stage = IdentityStage(kTopics, *options);
  stage.make = [options](std::int32_t partition) { return IdentityStage(kTopics, *options).make(partition); };
  TransformDriver driver(kTopics, stage);
  std::int64_t sequence = 0;
  for (const char* key : {"crm/accounts/1", "crm/accounts/2"}) {
    v1::Party party;
    party.set_name("Hansa Warenhaus AG");
    party.add_emails("info@hansa.example");
    driver.FeedEvent(kTopics.Source("party"),
                     {key, ++sequence, party.SerializeAsString(), "crossbill.v1.Party"});
  }
  const auto customers = [&] {
    driver.Run();
    std::size_t live = 0;
    for (const auto& [key, value] : driver.Newest(kTopics.Unified("customer"))) {
      v1::Customer customer;
      customer.ParseFromString(value);
      live += customer.merged_into().empty() ? 1u : 0u;
    }
    return live;
  };
  EXPECT_EQ(customers(), 1u);
  options->threshold = 5000;
  driver.Restart();
  EXPECT_EQ(customers(), 2u);
  options->threshold = 600;
  driver.Restart();
  EXPECT_EQ(customers(), 1u);
}

TEST_F(IdentityTest, WhatCannotBeUsedIsADeadLetter) {
  driver_.FeedEvent(kTopics.Source("party"), {"crm/accounts/1", 1, "not a message", "crossbill.v1.Party"});
  driver_.Feed(kTopics.Source("party"), "crm/accounts/2", "");
  driver_.Feed(kTopics.Source("party"), "x", "");
  EXPECT_TRUE(Customers().empty());
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 3u);
}

}  // namespace
}  // namespace crossbill::transforms
