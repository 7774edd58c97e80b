#include "transforms/identity/learnt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/for_each_part.h"
#include "crossbill/v1/customer.pb.h"
#include "transforms/identity/identity.h"
#include "transforms/linkage/blocks.h"
#include "transforms/linkage/clustering.h"
#include "transforms/linkage/training.h"
#include "transforms/sdk/source_event.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

constexpr std::string_view kModel = R"(
version: 1
record: party
fields:
  given: {from: [given_name], clean: person_name}
  family: {from: [family_name], clean: person_name}
  born: {from: [born_on], clean: date}
  city: {from: [addresses.city], clean: city}
  phone: {from: [phones], clean: identifier}
comparisons:
  - {field: given, levels: [exact, jaro_winkler >= 0.9, initial]}
  - {field: family, levels: [exact, jaro_winkler >= 0.9], frequencies: true}
  - {field: born, levels: [exact, mistyped]}
  - {field: city, levels: [exact]}
  - {field: phone, levels: [exact, damerau <= 1]}
blocks:
  - {keys: [family, given/1, born]}
  - {keys: [born, city]}
  - {keys: [phone]}
  - {keys: [city, "family/2, given/1"]}
clusters: {link: "0", missing: "-3", review: "-3"}
)";

const google::protobuf::Descriptor* PartyOnly(std::string_view kind) {
  return kind == "party" ? v1::Party::descriptor() : nullptr;
}

linkage::Model SmallModel() {
  config::Problems problems;
  const auto variables = config::ProcessEnvironment();
  const auto file = config::ReadYaml("model.yaml", kModel, *variables, ".", problems);
  linkage::Model model = linkage::Model::Read(*file, PartyOnly, problems);
  EXPECT_FALSE(problems.HasErrors()) << problems.ToString();
  return model;
}

void BackToFront(std::size_t parts, const std::function<void(std::size_t)>& work) {
  while (parts-- > 0) {
    work(parts);
  }
}

using Parties = std::map<std::string, v1::Party>;  // by "system/stream/key"
using Partition = std::set<std::set<std::string>>;

// Persons of a small town, many of them twice or more, with slips; enough of a kind that blocks are too
// large.
Parties MakeParties(std::uint32_t seed) {
  std::mt19937 chance(seed);
  const std::vector<std::string> given = {"anna", "berta",  "carl",  "dora",
                                          "emil", "frieda", "georg", "hanna"};
  const std::vector<std::string> family = {"huber", "maier",  "schmid", "fischer",
                                           "weber", "wagner", "becker"};
  const std::vector<std::string> cities = {"ulm", "ulm", "ulm", "neu-ulm", "senden"};
  const auto one_of = [&](const auto& values) { return values[chance() % values.size()]; };
  Parties parties;
  for (int person = 0; parties.size() < 700; ++person) {
    v1::Party party;
    party.set_given_name(one_of(given));
    party.set_family_name(one_of(family));
    party.set_born_on("19" + std::to_string(50 + chance() % 40) + "-0" + std::to_string(1 + chance() % 9) +
                      "-1" + std::to_string(chance() % 9));
    party.add_addresses()->set_city(one_of(cities));
    party.add_phones(std::to_string(5'000'000 + chance() % 900'000));
    for (std::uint32_t copy = 0; copy <= chance() % 3; ++copy) {
      const std::string key = "crm/people/" + std::to_string(person) + "-" + std::to_string(copy);
      v1::Party& kept = parties.emplace(key, party).first->second;
      if (copy > 0 && chance() % 2 == 0) {
        kept.set_family_name(kept.family_name().substr(1));
      }
      if (copy > 0 && chance() % 3 == 0) {
        kept.clear_phones();
      }
      if (copy > 0 && chance() % 4 == 0) {
        kept.set_born_on("1955-05-05");
      }
    }
  }
  return parties;
}

// All records in one go, as `crossbill link` does.
struct Batch {
  linkage::Weights weights;
  Partition partition;
};
Batch LinkAll(const linkage::Model& model, const Parties& parties) {
  linkage::Records records(model);
  for (const auto& [key, party] : parties) {
    records.Add(model, party, key, "crm");
  }
  const linkage::Blocks blocks(model, records);
  Batch batch;
  batch.weights = linkage::Train(model, records, blocks, {}).weights;
  std::vector<linkage::Edge> edges;
  for (std::size_t rule = 0; rule < blocks.rules(); ++rule) {
    blocks.VisitPairs(rule, [&](linkage::RecordNumber a, linkage::RecordNumber b) {
      const int weight = batch.weights.Score(linkage::Compare(model, records[a], records[b]));
      if (weight >= std::min(model.clusters.missing, model.clusters.review)) {
        edges.push_back({a, b, weight});
      }
    });
  }
  const auto firsts =
      linkage::Cluster(records.size(), edges, {}, {model.clusters.link, model.clusters.missing}).firsts;
  std::map<std::uint32_t, std::set<std::string>> clusters;
  for (std::uint32_t i = 0; i < firsts.size(); ++i) {
    clusters[firsts[i]].insert(records.key(i));
  }
  for (const auto& [first, members] : clusters) {
    batch.partition.insert(members);
  }
  return batch;
}

class LearntTest : public testing::Test {
 protected:
  Partition Streamed(TransformDriver& driver) {
    Partition partition;
    for (const auto& [name, value] : driver.Newest(topics_.Unified("customer"))) {
      v1::Customer customer;
      EXPECT_TRUE(customer.ParseFromString(value));
      std::set<std::string> records;
      for (const v1::SourceRef& record : customer.records()) {
        records.insert(RecordKey(record));
      }
      for (const v1::RecordLink& link : customer.links()) {
        int sum = 0;
        for (const v1::EvidencePart& part : link.parts()) {
          sum += part.weight();
        }
        EXPECT_EQ(sum, link.weight());
        EXPECT_NE(link.model(), "");
      }
      if (customer.merged_into().empty()) {
        partition.insert(std::move(records));
      }
    }
    return partition;
  }
  void Feed(TransformDriver& driver, const std::string& key, const v1::Party* party) {
    SourceEvent event{key, ++sequence_, std::nullopt, "crossbill.v1.Party"};
    if (party != nullptr) {
      event.value = party->SerializeAsString();
    }
    driver.FeedEvent(topics_.Source("party"), event);
  }

  const bus::Topics topics_{"t", 1};
  const linkage::Model model_ = SmallModel();
  const Parties parties_ = MakeParties(1);
  const Batch batch_ = LinkAll(model_, parties_);
  std::shared_ptr<const Comparer> comparer_ = MakeLearnt(model_, batch_.weights, "test", "");
  std::int64_t sequence_ = 0;
};

TEST_F(LearntTest, WhatIsStreamedInAnyOrderIsWhatIsLinkedInOneGo) {
  std::vector<std::string> keys;
  for (const auto& [key, party] : parties_) {
    keys.push_back(key);
  }
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 chance(seed);
    std::shuffle(keys.begin(), keys.end(), chance);
    IdentityOptions options;
    options.comparer = comparer_;
    options.for_each_part = seed % 2 == 0 ? BackToFront : ForEachPart();
    TransformDriver driver(topics_, IdentityStage(topics_, options));
    const std::uint32_t pause = seed % 3 == 0 ? 1000 : 50;  // else many come together
    for (const std::string& key : keys) {
      Feed(driver, key, &parties_.at(key));
      if (chance() % pause == 0) {
        driver.Run(Date(0), 1 + chance() % 100);
      }
      if (chance() % 200 == 0) {
        driver.Restart();
      }
    }
    driver.Run();
    ASSERT_EQ(Streamed(driver), batch_.partition) << "order " << seed;
    // A tenth goes, and comes again.
    std::vector<std::string> gone(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 10));
    for (const std::string& key : gone) {
      Feed(driver, key, nullptr);
    }
    driver.Run(Date(0), 30);
    ASSERT_NE(Streamed(driver), batch_.partition);
    std::shuffle(gone.begin(), gone.end(), chance);
    for (const std::string& key : gone) {
      Feed(driver, key, &parties_.at(key));
    }
    driver.Run(Date(0), 30);
    ASSERT_EQ(Streamed(driver), batch_.partition) << "order " << seed << " after deletions";
  }
}

TEST_F(LearntTest, OtherWeightsCompareAllAnewAndGiveWhatTheyWouldHaveGivenFromTheStart) {
  linkage::Weights other = batch_.weights;
  other.prior += 900;
  const std::shared_ptr<const Comparer> others = MakeLearnt(model_, other, "other", "");
  const auto partition_of = [&](const std::vector<std::shared_ptr<const Comparer>>& turns) {
    auto options = std::make_shared<IdentityOptions>();
    options->comparer = turns.front();
    Stage stage = IdentityStage(topics_, *options);
    stage.make = [this, options](std::int32_t partition) {
      return IdentityStage(topics_, *options).make(partition);
    };
    TransformDriver driver(topics_, stage);
    for (const auto& [key, party] : parties_) {
      Feed(driver, key, &party);
    }
    driver.Run();
    for (std::size_t turn = 1; turn < turns.size(); ++turn) {
      options->comparer = turns[turn];
      driver.Restart();
      driver.Run();
    }
    return Streamed(driver);
  };
  const Partition loose = partition_of({others});
  ASSERT_NE(loose, batch_.partition);
  EXPECT_EQ(partition_of({comparer_, others}), loose);
  EXPECT_EQ(partition_of({others, comparer_}), batch_.partition);
}

// Couples, some persons of them twice.
Parties MakeCouples(std::uint32_t seed) {
  std::mt19937 chance(seed);
  Parties parties;
  for (const auto& [key, party] : MakeParties(seed)) {
    parties.emplace(key, party);
    if (key.ends_with("-0") && chance() % 3 == 0) {
      v1::Party spouse = party;
      spouse.set_given_name(party.given_name() == "anna" ? "otto" : "anna");
      spouse.set_born_on("19" + std::to_string(30 + chance() % 20) + "-11-2" + std::to_string(chance() % 9));
      parties.emplace("crm/people/spouse-" + key.substr(key.rfind('/') + 1), spouse);
    }
  }
  return parties;
}

// What relates customers, told by their records; and that both tell it, of customers that there are.
std::set<std::string> RelationsOf(TransformDriver& driver, const std::string& topic) {
  std::map<std::string, v1::Customer> customers;
  for (const auto& [name, value] : driver.Newest(topic)) {
    EXPECT_TRUE(customers[name].ParseFromString(value));
  }
  const auto records_of = [&](const std::string& name) {
    std::string records;
    for (const v1::SourceRef& record : customers.at(name).records()) {
      records += RecordKey(record) + " ";
    }
    return records;
  };
  std::set<std::string> relations;
  for (const auto& [name, customer] : customers) {
    for (const v1::Relation& relation : customer.relations()) {
      const std::string records = records_of(relation.customer());
      EXPECT_NE(records, "") << name << " is related to " << relation.customer() << ", which is gone";
      EXPECT_NE(relation.customer(), name);
      EXPECT_NE(records.find(RecordKey(relation.link().right())), std::string::npos);
      EXPECT_NE(records_of(name).find(RecordKey(relation.link().left())), std::string::npos);
      const v1::Customer& other = customers.at(relation.customer());
      EXPECT_TRUE(std::any_of(other.relations().begin(), other.relations().end(),
                              [&](const v1::Relation& back) { return back.customer() == name; }));
      relations.insert(records_of(name) + relation.kind() + " " + records);
    }
  }
  return relations;
}

TEST_F(LearntTest, RelationsAreToldByBothAndFollowWhoeverMoves) {
  config::Problems problems;
  const auto variables = config::ProcessEnvironment();
  const std::string yaml = std::string(kModel) +
                           "relations:\n  household: {share: [family, city, phone], differ: [given, born]}\n";
  const auto file = config::ReadYaml("model.yaml", yaml, *variables, ".", problems);
  const linkage::Model model = linkage::Model::Read(*file, PartyOnly, problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  const Parties parties = MakeCouples(2);
  const Batch batch = LinkAll(model, parties);
  const std::shared_ptr<const Comparer> comparer = MakeLearnt(model, batch.weights, "test", "");
  std::vector<std::string> keys;
  for (const auto& [key, party] : parties) {
    keys.push_back(key);
  }
  std::set<std::string> first;
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    std::mt19937 chance(seed);
    std::shuffle(keys.begin(), keys.end(), chance);
    TransformDriver driver(topics_, IdentityStage(topics_, {comparer, {}}));
    for (const std::string& key : keys) {
      Feed(driver, key, &parties.at(key));
      if (chance() % 30 == 0) {
        driver.Run(Date(0), 1 + chance() % 100);
        RelationsOf(driver, topics_.Unified("customer"));
      }
      if (chance() % 200 == 0) {
        driver.Restart();
      }
    }
    driver.Run();
    EXPECT_EQ(Streamed(driver), batch.partition);
    const std::set<std::string> relations = RelationsOf(driver, topics_.Unified("customer"));
    EXPECT_GT(relations.size(), 50u);
    first = seed == 1 ? relations : first;
    EXPECT_EQ(relations, first) << "order " << seed;
    for (std::size_t i = 0; i < keys.size() / 10; ++i) {
      Feed(driver, keys[i], nullptr);
    }
    driver.Run(Date(0), 30);
    EXPECT_NE(RelationsOf(driver, topics_.Unified("customer")), first);
  }
}

TEST_F(LearntTest, CleanedValuesSurviveBeingStored) {
  for (const auto& [key, party] : parties_) {
    const CleanedPtr cleaned = comparer_->Clean(party);
    const CleanedPtr again = comparer_->Decode(comparer_->Encode(*cleaned));
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(comparer_->Encode(*again), comparer_->Encode(*cleaned));
    EXPECT_EQ(comparer_->Compare(*cleaned, *again).weight, comparer_->Compare(*cleaned, *cleaned).weight);
  }
  EXPECT_EQ(comparer_->Decode("\x01\xff"), nullptr);
}

}  // namespace
}  // namespace crossbill::transforms
