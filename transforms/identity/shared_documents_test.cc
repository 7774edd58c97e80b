#include "transforms/identity/shared_documents.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/identity/identity.h"
#include "transforms/identity/judged.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

v1::Party Of(const std::string& id, const std::string& name, const std::string& tax_id = {}) {
  v1::Party party;
  party.set_id(id);
  party.set_name(name);
  if (!tax_id.empty()) {
    v1::Identifier* identifier = party.add_identifiers();
    identifier->set_type(v1::Identifier::TAX_ID);
    identifier->set_value(tax_id);
  }
  return party;
}

class Stream {
 public:
  void Feed(const std::string& system, const std::string& key, const std::optional<v1::Party>& party) {
    SourceEvent event{system + "/parties/" + key, ++sequence_, std::nullopt, "crossbill.v1.Party"};
    if (party) {
      event.value = party->SerializeAsString();
    }
    driver_.FeedEvent(kTopics.Source("party"), event);
  }
  // What the documents with a number say of crm's and erp's parties; no count: nothing.
  struct Pair {
    std::string crm;
    std::string erp;
    int count = 2;
  };
  void Say(const std::string& number, const std::vector<Pair>& pairs) {
    v1::PartyEvidence evidence;
    for (const Pair& pair : pairs) {
      v1::PartyEvidence::Pair& told = *evidence.add_pairs();
      told.set_left("P|crm|" + pair.crm);
      told.set_right("P|erp|" + pair.erp);
      told.set_count(pair.count);
    }
    driver_.Feed(kTopics.Evidence(), number, evidence.SerializeAsString());
  }
  std::map<std::string, v1::Customer> Customers() {
    driver_.Run();
    std::map<std::string, v1::Customer> customers;
    for (const auto& [key, value] : driver_.Newest(kTopics.Unified("customer"))) {
      EXPECT_TRUE(customers[key].ParseFromString(value));
    }
    return customers;
  }
  std::string CustomerOf(const std::string& system, const std::string& id) {
    driver_.Run();
    v1::Assignment assignment;
    assignment.ParseFromString(driver_.Newest(kTopics.Assignments())["P|" + system + "|" + id]);
    return assignment.customer();
  }
  bool Together(const std::string& crm, const std::string& erp) {
    return CustomerOf("crm", crm) == CustomerOf("erp", erp);
  }
  // Without names: which records are one customer, by which links.
  std::set<std::string> Shape() {
    std::set<std::string> shape;
    for (const auto& [name, customer] : Customers()) {
      std::string one;
      for (const v1::SourceRef& record : customer.records()) {
        one += record.system() + "/" + record.key() + " ";
      }
      for (const v1::RecordLink& link : customer.links()) {
        one += link.rule() + " " + std::to_string(link.weight()) + " ";
      }
      if (customer.merged_into().empty()) {
        shape.insert(one);
      }
    }
    return shape;
  }
  void Restart() { driver_.Restart(); }

 private:
  TransformDriver driver_{kTopics, IdentityStage(kTopics, {MakeJudged(kJudgedThreshold, ""), {}})};
  std::int64_t sequence_ = 0;
};

class SharedDocumentsTest : public testing::Test {
 protected:
  Stream stream_;
};

TEST_F(SharedDocumentsTest, JoinWhatValuesDoNotAndSayWhy) {
  stream_.Feed("crm", "1", Of("A", "Anna Schmidt"));
  stream_.Feed("erp", "1", Of("77", "Anna Schmidt"));
  ASSERT_FALSE(stream_.Together("A", "77")) << "a name alone";
  stream_.Say("PO12345", {{"A", "77"}});
  EXPECT_TRUE(stream_.Together("A", "77"));
  const v1::Customer customer = stream_.Customers().at(stream_.CustomerOf("crm", "A"));
  ASSERT_EQ(customer.links_size(), 1);
  EXPECT_EQ(customer.links(0).rule(), "documents");
  int sum = 0;
  for (const v1::EvidencePart& part : customer.links(0).parts()) {
    sum += part.weight();
  }
  EXPECT_EQ(sum, customer.links(0).weight());
  stream_.Restart();
  stream_.Say("PO12345", {});
  EXPECT_FALSE(stream_.Together("A", "77")) << "it is said no longer";
}

// No blocking rule brings them together.
TEST_F(SharedDocumentsTest, JoinAnotherNameOnlyWhenTheySayItOften) {
  stream_.Say("PO12345", {{"A", "77"}});
  stream_.Feed("crm", "1", Of("A", "Anna Schmidt"));
  stream_.Feed("erp", "1", Of("77", "Brigitte Bauer"));
  EXPECT_FALSE(stream_.Together("A", "77"));
  stream_.Say("PO12346", {{"A", "77"}});
  EXPECT_FALSE(stream_.Together("A", "77"));
  stream_.Say("PO12347", {{"A", "77"}});
  EXPECT_TRUE(stream_.Together("A", "77"));
  stream_.Feed("erp", "1", std::nullopt);
  stream_.Feed("erp", "1", Of("77", "Brigitte Bauer"));
  EXPECT_TRUE(stream_.Together("A", "77")) << "also when it goes and comes again";
}

// The debtor has the ERP's name, and no document in common with the CRM.
TEST_F(SharedDocumentsTest, WhoIsLinkedUnderOneNameIsNotContradictedByTheOther) {
  const auto at_home = [](v1::Party party) {
    party.add_phones("+49 30 3048034");
    return party;
  };
  stream_.Feed("crm", "1", at_home(Of("A", "Anna Schmidt")));
  stream_.Feed("erp", "1", at_home(Of("77", "Brigitte Bauer")));
  stream_.Feed("erp", "2", at_home(Of("78", "Brigitte Bauer")));
  ASSERT_EQ(stream_.CustomerOf("erp", "77"), stream_.CustomerOf("erp", "78"));
  ASSERT_FALSE(stream_.Together("A", "77")) << "a household";
  for (int i = 0; i < 3; ++i) {
    stream_.Say("PO1234" + std::to_string(i), {{"A", "77"}});
  }
  EXPECT_TRUE(stream_.Together("A", "77"));
  EXPECT_TRUE(stream_.Together("A", "78"));
}

TEST_F(SharedDocumentsTest, NeverJoinWhatTaxIdsForbid) {
  stream_.Feed("crm", "1", Of("A", "Okada Shoji", "7111068178121"));
  stream_.Feed("erp", "1", Of("77", "Okada Shoji", "6829543045413"));
  for (int i = 0; i < 5; ++i) {
    stream_.Say("PO1234" + std::to_string(i), {{"A", "77"}});
  }
  EXPECT_FALSE(stream_.Together("A", "77"));
}

TEST_F(SharedDocumentsTest, OfACollectiveCustomerSayNothing) {
  stream_.Feed("erp", "1", Of("CPD", "Sundry customers"));
  for (const std::string id : {"A", "B", "C", "D"}) {
    stream_.Feed("crm", id, Of(id, "Person " + id + id));
    for (int i = 0; i < 3; ++i) {
      stream_.Say("PO1234" + id + std::to_string(i), {{id, "CPD"}});
    }
  }
  EXPECT_FALSE(stream_.Together("A", "CPD"));
  EXPECT_FALSE(stream_.Together("D", "CPD"));
  stream_.Say("PO1234D0", {});
  stream_.Say("PO1234D1", {});
  stream_.Say("PO1234D2", {});
  EXPECT_TRUE(stream_.Together("A", "CPD")) << "three may be duplicates of one";
  EXPECT_FALSE(stream_.Together("D", "CPD"));
}

// Nine records under one number are no party.
TEST_F(SharedDocumentsTest, OfANumberWithManyRecordsSayNothing) {
  stream_.Feed("erp", "1", Of("77", "Anna Schmidt"));
  stream_.Say("PO12345", {{"A", "77"}});
  const auto count = [&](int records) {
    for (int i = 0; i < 12; ++i) {
      stream_.Feed("crm", std::to_string(i),
                   i < records ? std::optional(Of("A", "Anna Schmidt")) : std::nullopt);
    }
    stream_.Customers();
  };
  for (const int records : {8, 9, 12, 8, 0, 12, 3}) {
    count(records);
    EXPECT_EQ(records != 0 && stream_.Together("A", "77"), records != 0 && records <= 8) << records;
  }
}

// Parties and evidence in any order, changed and taken back, with restarts: as starting afresh with what is
// there at the end.
TEST_F(SharedDocumentsTest, TheOrderDoesNotMatter) {
  const std::vector<std::string> names = {"Anna Schmidt", "Anna Schmid", "Bernd Schmidt", "Li Na"};
  int joined = 0;
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    const auto dice = [&](std::size_t sides) { return random() % sides; };
    std::map<std::pair<std::string, std::string>, v1::Party> parties;
    std::map<std::string, std::vector<Stream::Pair>> said;
    Stream stream;
    for (int step = 0; step < 150; ++step) {
      const std::string id = std::to_string(dice(6)), system = dice(2) == 0 ? "crm" : "erp";
      if (dice(3) == 0) {
        // Several records have one party's number.
        const std::string key = std::to_string(dice(12));
        const v1::Party party = Of(id, names[dice(names.size())]);
        if (dice(5) == 0) {
          parties.erase({system, key});
          stream.Feed(system, key, std::nullopt);
        } else {
          parties[{system, key}] = party;
          stream.Feed(system, key, party);
        }
      } else {
        std::vector<Stream::Pair> pairs;
        if (dice(4) != 0) {
          pairs.push_back({id, std::to_string(dice(6)), 1 + static_cast<int>(dice(2))});
        }
        const std::string number = "PO1234" + std::to_string(dice(30));
        said[number] = pairs;
        stream.Say(number, pairs);
      }
      if (dice(10) == 0) {
        stream.Restart();
      } else if (dice(3) == 0) {
        stream.Customers();
      }
    }
    Stream afresh;
    for (const auto& [number, pairs] : said) {
      afresh.Say(number, pairs);
    }
    for (const auto& [record, party] : parties) {
      afresh.Feed(record.first, record.second, party);
    }
    ASSERT_EQ(stream.Shape(), afresh.Shape()) << seed;
    for (const std::string& customer : stream.Shape()) {
      joined += customer.find("documents") != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_GT(joined, 30) << "else it shows nothing";
}

}  // namespace
}  // namespace crossbill::transforms
