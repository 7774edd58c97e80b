// Consumers: resuming, seeking, sharing; lag.
#include <algorithm>
#include <set>
#include <thread>

#include "tests/contract/bus_contract.h"

namespace crossbill::bus {
namespace {

std::vector<std::pair<std::string, std::optional<std::string>>> Numbered(int count) {
  std::vector<std::pair<std::string, std::optional<std::string>>> records;
  for (int i = 0; i < count; ++i) {
    records.emplace_back("k" + std::to_string(i), std::to_string(i));
  }
  return records;
}

}  // namespace

TEST_P(BusContract, GoesOnWhereTheGroupCommitted) {
  const std::string topic = MakeTopic("resume");
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, Numbered(30));
  std::int64_t next = 0;
  {
    auto consumer = OpenConsumer("g");
    CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
    const std::vector<Got> first = ReadCount(*consumer, 10, 4);
    ASSERT_EQ(first.size(), 10u);
    next = first.back().offset + 1;
    ReadCount(*consumer, 5);
  }
  CROSSBILL_ASSERT_OK(producer->Begin());
  CROSSBILL_ASSERT_OK(producer->SendOffsets(Name("g"), {{{topic, 0}, next}}));
  CROSSBILL_ASSERT_OK(producer->Commit());
  const auto committed = bus().CommittedOffset(Name("g"), {topic, 0});
  CROSSBILL_ASSERT_OK(committed);
  EXPECT_EQ(*committed, next);

  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
  const std::vector<Got> rest = ReadCount(*consumer, 20);
  ASSERT_EQ(rest.size(), 20u);
  EXPECT_EQ(rest.front().key, "k10");
  EXPECT_EQ(rest.back().key, "k29");
  auto other = OpenConsumer("other");
  CROSSBILL_ASSERT_OK(other->Assign({{topic, 0}}));
  EXPECT_EQ(ReadCount(*other, 30).front().key, "k0");
}

TEST_P(BusContract, SmallPollsSeeEverythingOnce) {
  const std::string topic = MakeTopic("small", 3);
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, Numbered(200));
  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}, {topic, 1}, {topic, 2}}));
  std::map<TopicPartition, std::int64_t> next;
  std::set<std::string> keys;
  for (int i = 0; i < 2000 && keys.size() < 200; ++i) {
    const auto batch = consumer->Poll(7, 10);
    CROSSBILL_ASSERT_OK(batch);
    EXPECT_LE(batch->records.size(), 7u);
    for (const FetchedRecord& fetched : batch->records) {
      EXPECT_TRUE(keys.insert(std::string(fetched.record.key)).second);
      const TopicPartition& source = batch->sources[fetched.source];
      ASSERT_TRUE(batch->next_offsets.contains(source));
      EXPECT_LT(fetched.offset, batch->next_offsets.at(source));
      EXPECT_GE(fetched.offset, next[source]);
    }
    for (const auto& [partition, offset] : batch->next_offsets) {
      next[partition] = offset;
    }
  }
  EXPECT_EQ(keys.size(), 200u);
  for (std::int32_t p = 0; p < 3; ++p) {
    const auto range = bus().Range({topic, p});
    CROSSBILL_ASSERT_OK(range);
    EXPECT_LE((next[{topic, p}]), range->end);
  }
}

TEST_P(BusContract, SeeksBackAndForth) {
  const std::string topic = MakeTopic("seek");
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, Numbered(10));
  SendAll(*producer, topic, Numbered(5));
  const std::vector<Got> all = ReadAll(topic);
  ASSERT_EQ(all.size(), 15u);
  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
  for (const std::size_t at : {std::size_t{3}, std::size_t{12}, std::size_t{0}, std::size_t{10}}) {
    CROSSBILL_ASSERT_OK(consumer->Seek({topic, 0}, all[at].offset));
    const std::vector<Got> got = ReadCount(*consumer, 3);
    ASSERT_EQ(got.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(got[i].offset, all[at + i].offset);
    }
  }
}

TEST_P(BusContract, AWaitingPollIsWokenByACommit) {
  const std::string topic = MakeTopic("wake");
  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
  std::thread writer([&] {
    auto producer = OpenProducer("p");
    SendAll(*producer, topic, Numbered(1));
  });
  const auto batch = consumer->Poll(10, 30'000);
  writer.join();
  CROSSBILL_ASSERT_OK(batch);
  ASSERT_EQ(batch->records.size(), 1u);
  EXPECT_EQ(batch->records[0].record.key, "k0");
}

TEST_P(BusContract, LagIsWhatIsNotRead) {
  const std::string topic = MakeTopic("lag", 2);
  auto producer = OpenProducer("p");
  const auto empty = Lag(bus(), Name("g"), {topic});
  CROSSBILL_ASSERT_OK(empty);
  EXPECT_EQ(*empty, 0);
  SendAll(*producer, topic, Numbered(20));
  const auto full = Lag(bus(), Name("g"), {topic});
  CROSSBILL_ASSERT_OK(full);
  EXPECT_GE(*full, 20);
  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}, {topic, 1}}));
  std::map<TopicPartition, std::int64_t> next;
  for (int i = 0; i < 300 && (next[{topic, 0}] < bus().Range({topic, 0})->end ||
                              next[{topic, 1}] < bus().Range({topic, 1})->end);
       ++i) {
    const auto batch = consumer->Poll(100, 50);
    CROSSBILL_ASSERT_OK(batch);
    for (const auto& [partition, offset] : batch->next_offsets) {
      next[partition] = offset;
    }
  }
  CROSSBILL_ASSERT_OK(producer->Begin());
  CROSSBILL_ASSERT_OK(producer->SendOffsets(Name("g"), next));
  CROSSBILL_ASSERT_OK(producer->Commit());
  const auto none = Lag(bus(), Name("g"), {topic});
  CROSSBILL_ASSERT_OK(none);
  EXPECT_EQ(*none, 0);
  const std::vector<std::string> groups = bus().Groups();
  EXPECT_NE(std::find(groups.begin(), groups.end(), Name("g")), groups.end());
  CROSSBILL_EXPECT_CODE(Lag(bus(), Name("g"), {Name("unknown")}), Code::kBusTopic);
}

}  // namespace crossbill::bus
