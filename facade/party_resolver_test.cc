// "Who is this?", over a socket.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "crossbill/v1/customer_service.grpc.pb.h"
#include "facade/test_world.h"
#include "facade/views/test_comparer.h"

namespace crossbill::facade {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Response = v1::ResolvePartyResponse;

v1::Party Company(const std::string& name, const std::string& email, const std::string& tax_id = "") {
  v1::Party party;
  party.set_name(name);
  party.add_emails(email);
  if (!tax_id.empty()) {
    v1::Identifier& identifier = *party.add_identifiers();
    identifier.set_type(v1::Identifier::TAX_ID);
    identifier.set_value(tax_id);
  }
  return party;
}

v1::Party Person(const std::string& given, const std::string& family, const std::string& born,
                 const std::string& phone) {
  v1::Party party;
  party.set_given_name(given);
  party.set_family_name(family);
  party.set_name(given + " " + family);
  party.set_born_on(born);
  party.add_phones(phone);
  return party;
}

class PartyResolverTest : public ::testing::Test {
 protected:
  void Start(std::shared_ptr<const transforms::Comparer> comparer) {
    world_ = std::make_unique<TestWorld>(std::move(comparer));
    server_ = world_->StartServer();
    customers_ = v1::CustomerService::NewStub(TestWorld::Channel(*server_));
  }
  // A customer with these records of crm/accounts.
  void PutCustomer(const std::string& name, const std::vector<std::string>& keys) {
    v1::Customer customer = MakeCustomer(name, name);
    for (const std::string& key : keys) {
      AddRecord(customer, "crm", "accounts", key);
    }
    world_->Put(customer);
  }
  void PutRecord(const std::string& key, const v1::Party& party) {
    world_->PutParty("crm/accounts/" + key, party);
  }
  grpc::Status Ask(const v1::Party& party, int page_size = 0) {
    v1::ResolvePartyRequest request;
    *request.mutable_party() = party;
    request.set_page_size(page_size);
    grpc::ClientContext context;
    response_.Clear();
    return customers_->ResolveParty(&context, request, &response_);
  }
  static int SumOf(const Response::Match& match) {
    int sum = 0;
    for (const v1::EvidencePart& part : match.parts()) {
      sum += part.weight();
    }
    return sum;
  }

  std::unique_ptr<TestWorld> world_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::CustomerService::Stub> customers_;
  Response response_;
};

TEST_F(PartyResolverTest, ByJudgementGivesTheLikeliestCustomersWithTheEvidence) {
  Start(transforms::MakeJudged(600, ""));
  PutRecord("1", Company("Hansa Warenhaus AG", "info@hansa.example"));
  PutRecord("2", Company("Hansa Foods Ltd", "info@foods.example"));
  PutCustomer("customers/h", {"1"});
  PutCustomer("customers/o", {"2"});
  ASSERT_TRUE(Ask(Company("HANSA WARENHAUS", "INFO@hansa.example")).ok());
  ASSERT_EQ(response_.matches_size(), 1);
  const Response::Match& match = response_.matches(0);
  EXPECT_EQ(match.customer().name(), "customers/h");
  EXPECT_EQ(match.record().key(), "1");
  EXPECT_EQ(match.verdict(), Response::LINK);
  EXPECT_TRUE(match.linked());
  EXPECT_EQ(SumOf(match), match.weight());
  EXPECT_EQ(match.mean_weight(), match.weight());
  EXPECT_THAT(match.probability(), IsEmpty());
  EXPECT_EQ(response_.link_weight(), 600);
  EXPECT_EQ(response_.review_weight(), 300);
  EXPECT_THAT(response_.model(), HasSubstr("judged"));
}

TEST_F(PartyResolverTest, ByAModelForgivesSlipsAndTellsTheProbability) {
  Start(PackagedComparer("person"));
  PutRecord("1", Person("Katharina", "Bergmann", "1971-03-04", "+49 30 5550142"));
  PutRecord("2", Person("Katarina", "Bergman", "1971-03-04", "+49 30 5550142"));
  PutRecord("3", Person("Thomas", "Bergmann", "1999-12-01", "+49 30 5559999"));
  PutCustomer("customers/k", {"1", "2"});
  PutCustomer("customers/t", {"3"});
  v1::Party asked = Person("Katarnia", "Bergmann", "1971-03-04", "+49 30 5550142");
  ASSERT_TRUE(Ask(asked).ok());
  ASSERT_EQ(response_.matches_size(), 1);
  const Response::Match& match = response_.matches(0);
  EXPECT_EQ(match.customer().name(), "customers/k");
  EXPECT_EQ(match.verdict(), Response::LINK);
  EXPECT_EQ(SumOf(match), match.weight());
  EXPECT_LE(match.mean_weight(), match.weight()) << "the best record is told";
  EXPECT_THAT(match.probability(), HasSubstr("0.99"));
}

TEST_F(PartyResolverTest, AnotherNumberIsANoHoweverMuchAgrees) {
  Start(PackagedComparer("organisation"));
  v1::Party asked = Company("Hansa Warenhaus AG", "info@hansa.example", "DE136695976");
  asked.add_phones("+49 40 5550142");
  v1::Address& address = *asked.add_addresses();
  address.set_street("Ballindamm 12");
  address.set_city("Hamburg");
  address.set_postal_code("20095");
  v1::Party other = asked, without = asked;
  other.mutable_identifiers(0)->set_value("DE811907980");
  without.clear_identifiers();
  without.clear_addresses();
  PutRecord("1", other);
  PutCustomer("customers/h", {"1"});
  ASSERT_TRUE(Ask(asked).ok());
  ASSERT_EQ(response_.matches_size(), 1);
  EXPECT_EQ(response_.matches(0).verdict(), Response::NO);
  EXPECT_FALSE(response_.matches(0).linked());
  PutRecord("2", without);
  PutCustomer("customers/i", {"2"});
  ASSERT_TRUE(Ask(asked).ok());
  ASSERT_EQ(response_.matches_size(), 2);
  EXPECT_EQ(response_.matches(0).customer().name(), "customers/i") << "what cannot be is last";
  PutCustomer("customers/i", {"2", "1"});
  world_->RemoveCustomer("customers/h");
  ASSERT_TRUE(Ask(asked).ok());
  ASSERT_EQ(response_.matches_size(), 1);
  EXPECT_EQ(response_.matches(0).verdict(), Response::NO) << "any of its records forbids";
}

TEST_F(PartyResolverTest, FollowsMergesAndDeletions) {
  Start(transforms::MakeJudged(600, ""));
  const v1::Party hansa = Company("Hansa Warenhaus AG", "info@hansa.example");
  PutRecord("1", hansa);
  ASSERT_TRUE(Ask(hansa).ok());
  EXPECT_EQ(response_.matches_size(), 0) << "identity has not come to it";
  PutCustomer("customers/h", {"1"});
  ASSERT_TRUE(Ask(hansa).ok());
  ASSERT_EQ(response_.matches_size(), 1);
  v1::Customer merged = MakeCustomer("customers/h", "Hansa");
  merged.set_merged_into("customers/a");
  PutCustomer("customers/a", {"1"});
  world_->Put(merged);
  ASSERT_TRUE(Ask(hansa).ok());
  ASSERT_EQ(response_.matches_size(), 1);
  EXPECT_EQ(response_.matches(0).customer().name(), "customers/a");
  world_->RemoveParty("crm/accounts/1");
  ASSERT_TRUE(Ask(hansa).ok());
  EXPECT_EQ(response_.matches_size(), 0);
}

TEST_F(PartyResolverTest, NeedsSomethingToFindCustomersBy) {
  Start(PackagedComparer("person"));
  v1::Party party;
  party.set_given_name("Katharina");
  const grpc::Status nothing = Ask(party);
  EXPECT_EQ(nothing.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(nothing.error_message(), HasSubstr("nothing to find customers by"));
  party.set_name(std::string(70'000, 'a'));
  EXPECT_EQ(Ask(party).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PartyResolverTest, IsRefusedWhereThereIsNoIndex) {
  Start(nullptr);
  const grpc::Status refused = Ask(Company("Hansa", "info@hansa.example"));
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace crossbill::facade
