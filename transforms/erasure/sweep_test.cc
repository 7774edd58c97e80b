#include "transforms/erasure/sweep.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "bus/dead_letter.h"
#include "bus/event_headers.h"
#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "crossbill/v1/document.pb.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 2);

v1::SourceRef Ref(const std::string& key) {
  v1::SourceRef record;
  record.set_system("crm");
  record.set_stream("clients");
  record.set_key(key);
  return record;
}

class SweepTest : public testing::Test {
 protected:
  SweepTest() {
    EXPECT_TRUE(bus_->CreateTopics(bus::SpecsOf(kTopics)).ok());
    v1::Erasure key;
    key.set_kind(v1::Erasure::KEY);
    key.set_salt("salt");
    key.set_check(hash_.Check());
    Apply(std::string(kErasureKey), key);
  }
  void Apply(const std::string& key, const v1::Erasure& entry) {
    ASSERT_TRUE(erasures_.Apply({key, entry.SerializeAsString(), {}, 0}).ok());
  }
  void Forget(const std::string& hash, v1::Erasure::Kind kind) {
    v1::Erasure entry;
    entry.set_kind(kind);
    Apply(hash, entry);
  }
  void Send(const std::string& topic, const std::string& key, std::optional<std::string> value,
            std::int64_t sequence = 0) {
    const std::string number = std::to_string(sequence);
    const std::array<bus::HeaderView, 2> headers = {
        {{bus::kHeaderType, "crossbill.v1.Order"}, {bus::kHeaderSequence, number}}};
    const auto producer = bus_->OpenProducer("test").value();
    ASSERT_TRUE(producer->Begin().ok());
    bus::RecordView record{key, std::nullopt, headers, 0};
    if (value) {
      record.value = *value;
    }
    ASSERT_TRUE(producer->Send(topic, -1, record).ok());
    ASSERT_TRUE(producer->Commit().ok());
  }
  static std::string DocumentOf(const std::string& customer, const std::string& text) {
    v1::Document document;
    document.mutable_customer()->set_id(customer);
    document.set_text(text);
    return document.SerializeAsString();
  }
  // Keys and values of a topic, as one text.
  std::multiset<std::string> All(const std::string& topic) {
    std::multiset<std::string> all;
    const auto consumer = bus_->OpenConsumer("look").value();
    std::vector<bus::TopicPartition> partitions;
    for (std::int32_t p = 0; p < bus_->CountPartitions(topic).value(); ++p) {
      partitions.push_back({topic, p});
    }
    EXPECT_TRUE(consumer->Assign(partitions).ok());
    for (auto batch = consumer->Poll(1000, 0); !batch->records.empty(); batch = consumer->Poll(1000, 0)) {
      for (const bus::FetchedRecord& fetched : batch->records) {
        all.insert(std::string(fetched.record.key) + "=" +
                   std::string(fetched.record.value.value_or("(deleted)")));
      }
    }
    return all;
  }
  std::size_t Publish() { return PublishReplacements(*bus_, kTopics, erasures_, clock_).value(); }
  void Thin() { ASSERT_TRUE(ThinOut(*bus_, kTopics, erasures_, EndsOfTopics(*bus_, kTopics).value()).ok()); }

  std::unique_ptr<bus::Bus> bus_ = bus::MakeMemoryBus();
  ManualClock clock_;
  ErasureHash hash_{"salt", Secret()};
  Erasures erasures_{Secret()};
};

TEST_F(SweepTest, TheNewestVersionIsReplacedAndAllOthersGo) {
  const std::string topic = kTopics.Source("order");
  Send(topic, "crm/deals/1", DocumentOf("7", "first"), 1);
  Send(topic, "crm/deals/1", DocumentOf("7", "second"), 2);
  Send(topic, "crm/deals/2", DocumentOf("8", "other"), 3);
  Send(topic, "crm/deals/3", DocumentOf("7", "gone"), 4);
  Send(topic, "crm/deals/3", std::nullopt, 5);
  EXPECT_EQ(Publish(), 0u) << "nothing is forgotten";
  const std::string party = hash_.OfParty("P|crm|7");
  Forget(party, v1::Erasure::PARTY);
  EXPECT_EQ(Publish(), 1u);
  EXPECT_EQ(Publish(), 0u) << "all is as it has to be";
  Thin();
  EXPECT_EQ(All(topic),
            (std::multiset<std::string>{"crm/deals/1=" + DocumentOf(PseudonymOf(party), ""),
                                        "crm/deals/2=" + DocumentOf("8", "other"), "crm/deals/3=(deleted)"}));
  EXPECT_EQ(Publish(), 0u);
}

TEST_F(SweepTest, WhatIsDroppedGoesWithItsDeletion) {
  const std::string topic = kTopics.Source("interaction");
  Send(topic, "crm/calls/1", DocumentOf("7", "said"), 1);
  Send(topic, "crm/calls/2", DocumentOf("8", "other"), 2);
  Send(kTopics.Source("party"), "crm/clients/1", "Anna", 1);
  Send(kTopics.Source("party"), "crm/clients/2", "Berta", 2);
  Forget(hash_.OfParty("P|crm|7"), v1::Erasure::PARTY);
  Forget(hash_.OfRecord("crm/calls/1"), v1::Erasure::RECORD);
  Forget(hash_.OfRecord("crm/clients/1"), v1::Erasure::RECORD);
  EXPECT_EQ(Publish(), 1u);
  EXPECT_EQ(All(topic).count("crm/calls/1=(deleted)"), 1u);
  EXPECT_EQ(Publish(), 0u);
  Thin();
  EXPECT_EQ(All(topic), (std::multiset<std::string>{"crm/calls/2=" + DocumentOf("8", "other")}));
  EXPECT_EQ(All(kTopics.Source("party")), (std::multiset<std::string>{"crm/clients/2=Berta"}));
}

TEST_F(SweepTest, DecisionsLoseTheRecordAndTheirWords) {
  v1::Decision decision;
  decision.set_name("decisions/a");
  decision.set_request("merge 1 2 3");
  decision.set_reason("Anna says so");
  for (const auto& [left, right] : {std::pair("1", "2"), std::pair("2", "3")}) {
    *decision.add_pairs()->mutable_left() = Ref(left);
    *decision.mutable_pairs()->rbegin()->mutable_right() = Ref(right);
  }
  Send(kTopics.Decisions(), "decisions/a", decision.SerializeAsString());
  decision.mutable_pairs()->DeleteSubrange(1, 1);
  decision.set_name("decisions/b");
  Send(kTopics.Decisions(), "decisions/b", decision.SerializeAsString());
  Forget(hash_.OfRecord("crm/clients/1"), v1::Erasure::RECORD);
  EXPECT_EQ(Publish(), 2u);
  EXPECT_EQ(Publish(), 0u);
  Thin();
  v1::Decision left;
  left.set_name("decisions/a");
  *left.add_pairs()->mutable_left() = Ref("2");
  *left.mutable_pairs(0)->mutable_right() = Ref("3");
  const auto all = All(kTopics.Decisions());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(*all.begin(), "decisions/a=" + left.SerializeAsString());
}

TEST_F(SweepTest, LettersGoByRecordAndByPlace) {
  v1::DeadLetter letter;
  letter.set_system("crm");
  letter.set_stream("clients");
  for (const char* key : {"1", "2"}) {
    letter.set_key(key);
    Send(kTopics.DeadLetters(), std::string("crm/clients/") + key, letter.SerializeAsString());
  }
  letter.clear_key();
  Send(kTopics.DeadLetters(), "crm/clients/a.csv:7", letter.SerializeAsString());
  Forget(hash_.OfRecord("crm/clients/1"), v1::Erasure::RECORD);
  Forget(hash_.OfLetter("crm/clients/a.csv:7"), v1::Erasure::LETTER);
  EXPECT_EQ(FindLetters(*bus_, kTopics, erasures_).value().size(), 2u);
  Publish();
  Thin();
  ASSERT_EQ(All(kTopics.DeadLetters()).size(), 1u);
  EXPECT_TRUE(All(kTopics.DeadLetters()).begin()->starts_with("crm/clients/2"));
}

TEST_F(SweepTest, CompactedTopicsKeepTheNewestAlone) {
  const std::string topic = kTopics.Unified("customer");
  Send(topic, "customers/a", "Anna");
  Send(topic, "customers/b", "Berta");
  Send(topic, "customers/a", "Anne");
  Send(topic, "customers/b", std::nullopt);
  v1::IdentityEvent event;
  *event.add_records() = Ref("1");
  Send(kTopics.IdentityEvents(), "customers/a", event.SerializeAsString());
  *event.mutable_records(0) = Ref("2");
  Send(kTopics.IdentityEvents(), "customers/a", event.SerializeAsString());
  Forget(hash_.OfRecord("crm/clients/1"), v1::Erasure::RECORD);
  Thin();
  EXPECT_EQ(All(topic), (std::multiset<std::string>{"customers/a=Anne"}));
  EXPECT_EQ(All(kTopics.IdentityEvents()),
            (std::multiset<std::string>{"customers/a=" + event.SerializeAsString()}));
}

}  // namespace
}  // namespace crossbill::transforms
