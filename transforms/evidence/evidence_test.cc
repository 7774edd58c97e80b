#include "transforms/evidence/evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "crossbill/v1/internal.pb.h"
#include "transforms/evidence/testimony.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

class EvidenceTest : public testing::Test {
 protected:
  static v1::NumberMention Of(const std::string& system, const std::string& key, const std::string& party,
                              const std::string& net) {
    v1::NumberMention mention;
    mention.mutable_source()->set_system(system);
    mention.mutable_source()->set_stream("orders");
    mention.mutable_source()->set_key(key);
    mention.set_kind(v1::Document::ORDER);
    mention.set_party("P|" + system + "|" + party);
    mention.set_currency("EUR");
    mention.set_net(net);
    return mention;
  }
  void Feed(const v1::NumberMention& mention) {
    driver_.Feed(kTopics.Mentions(), "PO12345", mention.SerializeAsString());
  }
  void Tell(const v1::NumberMention& mention) {
    Feed(mention);
    driver_.Run();
  }
  static v1::NumberMention NoLonger(v1::NumberMention mention) {
    mention.set_removed(true);
    return mention;
  }
  std::string Said() {
    v1::PartyEvidence evidence;
    const auto newest = driver_.Newest(kTopics.Evidence());
    EXPECT_TRUE(newest.empty() || evidence.ParseFromString(newest.at("PO12345")));
    return evidence.ShortDebugString();
  }
  TransformDriver driver_{kTopics, EvidenceStage(kTopics)};
};

TEST_F(EvidenceTest, SaysWhoMeetsAndTakesItBack) {
  const v1::NumberMention crm = Of("crm", "SO-1", "A", "10"), erp = Of("erp", "45", "77", "10");
  Tell(crm);
  EXPECT_TRUE(driver_.Take(kTopics.Evidence()).empty()) << "one alone is told to nobody";
  Tell(erp);
  EXPECT_EQ(Said(), R"(pairs { left: "P|crm|A" right: "P|erp|77" count: 2 })");
  driver_.Take(kTopics.Evidence());
  driver_.Restart();
  Tell(erp);
  EXPECT_TRUE(driver_.Take(kTopics.Evidence()).empty()) << "nothing new";
  Tell(Of("erp", "45", "78", "10"));
  EXPECT_EQ(Said(), R"(pairs { left: "P|crm|A" right: "P|erp|78" count: 2 })");
  Tell(NoLonger(crm));
  EXPECT_EQ(Said(), "");
}

TEST_F(EvidenceTest, WhatComesTogetherIsToldOnce) {
  const v1::NumberMention crm = Of("crm", "SO-1", "A", "10"), erp = Of("erp", "45", "77", "10");
  Feed(crm);
  Feed(Of("erp", "45", "76", "10"));
  Feed(erp);
  driver_.Run();
  EXPECT_EQ(driver_.Take(kTopics.Evidence()).size(), 1u);
  EXPECT_EQ(Said(), R"(pairs { left: "P|crm|A" right: "P|erp|77" count: 2 })");
  Feed(NoLonger(erp));
  Feed(erp);
  driver_.Run();
  EXPECT_EQ(driver_.Take(kTopics.Evidence()).size(), 0u) << "there and back is nothing new";
}

TEST_F(EvidenceTest, WhatIsNoMentionIsPutAside) {
  driver_.Feed(kTopics.Mentions(), "PO12345", "\xff");
  driver_.Feed(kTopics.Mentions(), "PO12345", std::nullopt);
  driver_.Run();
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 2u);
}

// Many and few, there and back, in any order: always what the documents that are there now say.
TEST_F(EvidenceTest, ANumberThatManyUseIsWhatItsDocumentsSay) {
  std::mt19937 random(7);
  std::map<std::string, v1::NumberMention> there;
  const int most = static_cast<int>(kMostAtNumber) + 4;
  int few = 0, many = 0;
  for (int step = 0; step < 6000; ++step) {
    const bool grows = step / 200 % 2 == 0;
    const std::string key = std::to_string(random() % static_cast<unsigned>(most));
    const v1::NumberMention mention =
        Of(random() % 8 == 0 ? "erp" : "crm", key, std::to_string(random() % 40 / 39), "10");
    const std::string record = mention.source().system() + key;
    if (random() % 10 < (grows ? 9 : 1)) {
      there[record] = mention;
      Feed(mention);
    } else {
      there.erase(record);
      Feed(NoLonger(mention));
    }
    if (random() % 3 != 0) {
      continue;  // more comes in the same step
    }
    driver_.Run();
    if (random() % 50 == 0) {
      driver_.Restart();
    }
    std::vector<v1::NumberMention> all;
    for (const auto& [name, one] : there) {
      all.push_back(one);
    }
    ASSERT_EQ(Said(), FindEvidence(all).ShortDebugString()) << step;
    ++(all.size() > kMostAtNumber ? many : few);
  }
  EXPECT_GT(std::min(few, many), 100);
}

}  // namespace
}  // namespace crossbill::transforms
