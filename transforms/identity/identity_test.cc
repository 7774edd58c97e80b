#include "transforms/identity/identity.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/erasure.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/steward.pb.h"
#include "transforms/erasure/erasures.h"
#include "transforms/identity/decisions.h"
#include "transforms/identity/judged.h"
#include "transforms/identity/reviews.h"
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
  TransformDriver driver_{kTopics, IdentityStage(kTopics, {MakeJudged(kJudgedThreshold, ""), {}})};
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
  const std::uint64_t most = MakeJudged(kJudgedThreshold, "")->rules().most_in_block;
  for (std::uint64_t n = 0; n < most; ++n) {
    add(n);
  }
  EXPECT_EQ(AssignedTo("P|crm|0"), AssignedTo("P|crm|1"));
  add(most);
  EXPECT_NE(AssignedTo("P|crm|0"), AssignedTo("P|crm|1"));
  Feed("5", 1000, std::nullopt);
  EXPECT_EQ(AssignedTo("P|crm|0"), AssignedTo("P|crm|1"));
}

v1::Decision DecisionOf(v1::Decision::Verdict verdict, const std::string& left, const std::string& right,
                        const std::string& at = "2026-10-31T10:00:00Z") {
  v1::Decision decision;
  decision.set_verdict(verdict);
  decision.set_decided_at(at);
  v1::RecordPair& pair = *decision.add_pairs();
  for (const auto& [key, source] : {std::pair(left, pair.mutable_left()), {right, pair.mutable_right()}}) {
    source->set_system("crm");
    source->set_stream("accounts");
    source->set_key(key);
  }
  return decision;
}

class StewardTest : public IdentityTest {
 protected:
  void Decide(const std::string& name, const v1::Decision& decision) {
    driver_.Feed(kTopics.Decisions(), "decisions/" + name, decision.SerializeAsString());
  }
  std::vector<v1::IdentityEvent> Events() {
    driver_.Run();
    std::vector<v1::IdentityEvent> events;
    for (const Written& written : driver_.Take(kTopics.IdentityEvents())) {
      events.emplace_back().ParseFromString(*written.value);
    }
    return events;
  }
  std::map<std::string, v1::Review> Questions() {
    driver_.Run();
    std::map<std::string, v1::Review> questions;
    for (const auto& [name, value] : driver_.Newest(kTopics.Reviews())) {
      questions[name].ParseFromString(value);
    }
    return questions;
  }
};

TEST_F(StewardTest, AConfirmedPairIsOneCustomerWhateverItsNumbersSay) {
  Feed("1", 1, Of("1", "Okada Shoji", "info@okada.example", "7111068178121"));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", "info@hansa.example", "6829543045413"));
  ASSERT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
  Decide("a", DecisionOf(v1::Decision::CONFIRM, "2", "1"));
  EXPECT_EQ(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
  const v1::Customer customer = Customers().at(AssignedTo("P|crm|1"));
  ASSERT_EQ(customer.links_size(), 1);
  EXPECT_EQ(customer.links(0).decision(), "decisions/a");
  ASSERT_EQ(customer.steps_size(), 1);
  EXPECT_TRUE(customer.steps(0).confirmed());
  v1::Decision undone = DecisionOf(v1::Decision::CONFIRM, "2", "1");
  undone.set_undone(true);
  Decide("a", undone);
  EXPECT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
}

// Found by the simulation: nothing but the decision says whom the record that went belonged with.
TEST_F(StewardTest, WhoWasConfirmedStaysWhenTheOtherGoes) {
  Feed("1", 1, Of("1", "Okada Shoji", "info@okada.example"));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", "info@hansa.example"));
  Decide("a", DecisionOf(v1::Decision::CONFIRM, "1", "2"));
  ASSERT_EQ(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
  Feed("1", 3, std::nullopt);
  const auto customers = Customers();
  EXPECT_EQ(customers.at(AssignedTo("P|crm|2")).records_size(), 1);
}

// Also when one of the records goes and comes again, and after a restart.
TEST_F(StewardTest, AForbiddenPairStaysApartForGood) {
  Decide("a", DecisionOf(v1::Decision::FORBID, "1", "2"));
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", "info@hansa.example"));
  EXPECT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
  EXPECT_TRUE(Questions().empty()) << "it is decided";
  Feed("2", 3, std::nullopt);
  driver_.Restart();
  Feed("2", 4, Of("2", "Hansa Warenhaus AG", "info@hansa.example"));
  EXPECT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
  // A third record of the same party belongs to one of them, and does not join the two.
  Feed("3", 5, Of("3", "Hansa Warenhaus AG", "info@hansa.example"));
  EXPECT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
}

TEST_F(StewardTest, OfTwoDecisionsTheNewestHoldsInWhateverOrderTheyCome) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", "info@hansa.example"));
  Decide("b", DecisionOf(v1::Decision::FORBID, "1", "2", "2026-10-31T11:00:00Z"));
  Decide("a", DecisionOf(v1::Decision::CONFIRM, "1", "2", "2026-10-31T10:00:00Z"));
  EXPECT_NE(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
  v1::Decision undone = DecisionOf(v1::Decision::FORBID, "1", "2", "2026-10-31T11:00:00Z");
  undone.set_undone(true);
  Decide("b", undone);
  EXPECT_EQ(AssignedTo("P|crm|1"), AssignedTo("P|crm|2"));
}

TEST_F(StewardTest, ADoubtfulPairIsAskedAboutUntilItIsSettled) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", ""));
  Feed("2", 2, Of("2", "Hansa Warenhaus AG", ""));
  const auto questions = Questions();
  ASSERT_EQ(questions.size(), 1u);
  const v1::Review& question = questions.begin()->second;
  EXPECT_EQ(question.name(), ReviewName("crm/accounts/2", "crm/accounts/1"));
  EXPECT_EQ(question.left_customer(), AssignedTo("P|crm|1"));
  EXPECT_EQ(question.right_name(), "Hansa Warenhaus AG");
  int sum = 0;
  for (const v1::EvidencePart& part : question.link().parts()) {
    sum += part.weight();
  }
  EXPECT_EQ(sum, question.link().weight());
  Decide("a", DecisionOf(v1::Decision::FORBID, "1", "2"));
  EXPECT_TRUE(Questions().empty());
  v1::Decision undone = DecisionOf(v1::Decision::FORBID, "1", "2");
  undone.set_undone(true);
  Decide("a", undone);
  EXPECT_EQ(Questions().size(), 1u);
  Feed("2", 3, std::nullopt);
  EXPECT_TRUE(Questions().empty());
}

TEST_F(StewardTest, MergesSplitsAndMovesAreTold) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("2", "Corgate Foods Ltd", "info@corgate.example"));
  const std::string hansa = AssignedTo("P|crm|1"), corgate = AssignedTo("P|crm|2");
  EXPECT_TRUE(Events().empty());
  Decide("a", DecisionOf(v1::Decision::CONFIRM, "1", "2"));
  auto events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind(), v1::IdentityEvent::MERGED);
  EXPECT_EQ(events[0].from(), corgate);
  EXPECT_EQ(events[0].to(), hansa);
  ASSERT_EQ(events[0].records_size(), 1);
  EXPECT_EQ(events[0].records(0).key(), "2");
  v1::Decision undone = DecisionOf(v1::Decision::CONFIRM, "1", "2");
  undone.set_undone(true);
  Decide("a", undone);
  events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind(), v1::IdentityEvent::SPLIT);
  EXPECT_EQ(events[0].from(), hansa);
  Feed("3", 3, Of("3", "Hansa Warenhaus AG", "info@hansa.example"));
  EXPECT_TRUE(Events().empty());
  Feed("3", 4, Of("3", "Corgate Foods Ltd", "info@corgate.example"));
  events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind(), v1::IdentityEvent::MOVED);
}

// The bus of one run with other options.
TEST(IdentityOptionsTest, OtherOptionsCompareEverythingAnew) {
  auto options = std::make_shared<IdentityOptions>();
  options->comparer = MakeJudged(kJudgedThreshold, "");
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
  options->comparer = MakeJudged(5000, "");
  driver.Restart();
  EXPECT_EQ(customers(), 2u);
  options->comparer = MakeJudged(kJudgedThreshold, "");
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

// What an erasure says of records, after the key of its hashes.
class ForgetTest : public IdentityTest {
 protected:
  void Forget(const std::string& key, bool allowed = false) {
    v1::Erasure hashes;
    hashes.set_kind(v1::Erasure::KEY);
    hashes.set_salt("salt");
    hashes.set_check(hash_.Check());
    driver_.Feed(kTopics.Erasures(), kErasureKey, hashes.SerializeAsString());
    Tell(hash_.OfRecord("crm/accounts/" + key), v1::Erasure::RECORD, allowed);
  }
  void Tell(const std::string& key, v1::Erasure::Kind kind, bool allowed = false) {
    v1::Erasure entry;
    entry.set_name("erasures/a");
    entry.set_kind(kind);
    entry.set_allowed(allowed);
    entry.set_place("P|crm|forgotten-1");
    driver_.Feed(kTopics.Erasures(), key, entry.SerializeAsString());
  }
  // Everything that the stage's state has, as one text.
  std::string State() {
    driver_.Run();
    const auto producer = driver_.bus().OpenProducer("look").value();
    std::string all;
    bus::StateStore* const store = producer->OpenState("identity.0").value();
    EXPECT_TRUE(store
                    ->Scan("",
                           [&](std::string_view key, std::string_view value) {
                             all.append(key).append(value);
                             return true;
                           })
                    .ok());
    return all;
  }
  // Of three records the second; until it is allowed again.
  void ExpectForgotten() {
    EXPECT_EQ(Customers().size(), 2u);
    EXPECT_EQ(AssignedTo("P|crm|zwei"), "");
    EXPECT_EQ(Customers().at(AssignedTo("P|crm|3")).records_size(), 1);
    EXPECT_EQ(State().find("zwei"), std::string::npos);
    EXPECT_EQ(State().find("accounts/2"), std::string::npos);
    driver_.Restart();
    Feed("2", 9, Of("zwei", "Anna Wunderwald", "anna@hansa.example"));
    EXPECT_EQ(Customers().at(AssignedTo("P|crm|3")).records_size(), 1) << "it is dropped, also later";
    Forget("2", /*allowed=*/true);
    Feed("2", 10, Of("zwei", "Anna Wunderwald", "anna@hansa.example"));
    EXPECT_EQ(AssignedTo("P|crm|zwei"), AssignedTo("P|crm|3"));
  }
  ErasureHash hash_{"salt", Secret()};
};

TEST_F(ForgetTest, WhatWasThereLeavesNothing) {
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("zwei", "Anna Wunderwald", "anna@hansa.example"));
  Feed("3", 3, Of("3", "Anna Wunderwald", "anna@hansa.example"));
  EXPECT_EQ(AssignedTo("P|crm|zwei"), AssignedTo("P|crm|3"));
  EXPECT_NE(State().find("zwei"), std::string::npos);
  driver_.Restart();
  Forget("2");
  ExpectForgotten();
}

TEST_F(ForgetTest, WhatComesLaterIsDropped) {
  Forget("2");
  Feed("1", 1, Of("1", "Hansa Warenhaus AG", "info@hansa.example"));
  Feed("2", 2, Of("zwei", "Anna Wunderwald", "anna@hansa.example"));
  Feed("3", 3, Of("3", "Anna Wunderwald", "anna@hansa.example"));
  ExpectForgotten();
}

TEST_F(ForgetTest, TheLastRecordTakesTheCustomerAlong) {
  Feed("2", 2, Of("2", "Anna Wunderwald", "anna@hansa.example"));
  Feed("3", 3, std::nullopt);
  ASSERT_EQ(Customers().size(), 1u);
  Forget("2");
  Forget("3");
  EXPECT_TRUE(Customers().empty());
  EXPECT_EQ(State().find("accounts"), std::string::npos) << "also of what was deleted before";
}

TEST_F(ForgetTest, AForgottenNumbersDocumentsStandTogether) {
  Forget("2");
  Tell("0123", v1::Erasure::PARTY);
  EXPECT_EQ(AssignedTo("P|crm|forgotten-1"), "erasures/a");
  Tell("0123", v1::Erasure::PARTY, /*allowed=*/true);
  EXPECT_EQ(AssignedTo("P|crm|forgotten-1"), "");
}

}  // namespace
}  // namespace crossbill::transforms
