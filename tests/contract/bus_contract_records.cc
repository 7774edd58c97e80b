// Records: order, visibility, what a record may be, topics.
#include <algorithm>
#include <set>
#include <thread>

#include "tests/contract/bus_contract.h"

namespace crossbill::bus {

TEST_P(BusContract, KeepsTheOrderWithinAPartition) {
  const std::string topic = MakeTopic("order", 3);
  auto producer = OpenProducer("p");
  std::map<std::int32_t, std::vector<std::string>> sent;
  for (int transaction = 0; transaction < 5; ++transaction) {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (int i = 0; i < 100; ++i) {
      const std::string key = "k" + std::to_string(i * 7919 % 31);
      const std::string value = std::to_string(transaction * 100 + i);
      records.emplace_back(key, value);
      sent[PartitionOf(key, 3)].push_back(key + "=" + value);
    }
    SendAll(*producer, topic, records);
  }
  std::map<std::int32_t, std::vector<std::string>> got;
  std::map<std::int32_t, std::int64_t> last;
  for (const Got& record : ReadAll(topic)) {
    const auto [it, first] = last.emplace(record.partition, record.offset);
    if (!first) {
      EXPECT_LT(it->second, record.offset);
      it->second = record.offset;
    }
    got[record.partition].push_back(record.key + "=" + record.value.value_or("none"));
  }
  EXPECT_EQ(got, sent);
}

TEST_P(BusContract, ShowsRecordsOnlyAfterTheCommit) {
  const std::string topic = MakeTopic("visible");
  auto producer = OpenProducer("p");
  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (int i = 0; i < 2000; ++i) {
    Send(*producer, topic, std::to_string(i), std::string(500, 'x'));
  }
  EXPECT_TRUE(ReadAll(topic).empty());
  const auto nothing = consumer->Poll(10, 0);
  CROSSBILL_ASSERT_OK(nothing);
  EXPECT_TRUE(nothing->empty());
  CROSSBILL_ASSERT_OK(producer->Commit());
  EXPECT_EQ(ReadAll(topic).size(), 2000u);
  EXPECT_EQ(ReadCount(*consumer, 2000).size(), 2000u);
}

TEST_P(BusContract, AbortLeavesNothing) {
  const std::string topic = MakeTopic("abort");
  auto producer = OpenProducer("p");
  const auto store = producer->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(store);
  CROSSBILL_ASSERT_OK(producer->Begin());
  Send(*producer, topic, "gone", "1");
  CROSSBILL_ASSERT_OK(producer->SendOffsets(Name("g"), {{{topic, 0}, 7}}));
  (*store)->Put("gone", "1");
  CROSSBILL_ASSERT_OK(producer->Abort());
  CROSSBILL_ASSERT_OK(producer->Begin());
  Send(*producer, topic, "kept", "2");
  CROSSBILL_ASSERT_OK(producer->Commit());

  EXPECT_EQ(KeysOf(ReadAll(topic)), std::vector<std::string>{"kept"});
  const auto committed = bus().CommittedOffset(Name("g"), {topic, 0});
  CROSSBILL_ASSERT_OK(committed);
  EXPECT_FALSE(committed->has_value());
  const auto value = (*store)->Get("gone");
  CROSSBILL_ASSERT_OK(value);
  EXPECT_FALSE(value->has_value());
}

TEST_P(BusContract, AProducerThatGoesAwayLeavesNothing) {
  const std::string topic = MakeTopic("gone");
  {
    auto producer = OpenProducer("p");
    CROSSBILL_ASSERT_OK(producer->Begin());
    Send(*producer, topic, "gone", "1");
  }
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, {{"kept", "2"}});
  EXPECT_EQ(KeysOf(ReadAll(topic)), std::vector<std::string>{"kept"});
}

TEST_P(BusContract, TellsTombstonesFromEmptyValuesAndTakesEmptyKeys) {
  const std::string topic = MakeTopic("empty");
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, {{"a", std::nullopt}, {"b", ""}, {"", "c"}, {"", ""}});
  const std::vector<Got> got = ReadAll(topic);
  ASSERT_EQ(got.size(), 4u);
  EXPECT_FALSE(got[0].value.has_value());
  EXPECT_EQ(got[1].value, "");
  EXPECT_EQ(got[2].key, "");
  EXPECT_EQ(got[2].value, "c");
  EXPECT_EQ(got[3].value, "");
}

TEST_P(BusContract, KeepsHeadersAndTimes) {
  const std::string topic = MakeTopic("headers");
  auto producer = OpenProducer("p");
  std::vector<std::pair<std::string, std::string>> expected;
  for (int i = 0; i < 200; ++i) {
    expected.emplace_back("name" + std::to_string(i % 90), std::string(static_cast<std::size_t>(i), '\0'));
  }
  expected.emplace_back("bytes", std::string("\xff\x00\x80", 3));
  std::vector<HeaderView> headers;
  for (const auto& [name, value] : expected) {
    headers.push_back({name, value});
  }
  CROSSBILL_ASSERT_OK(producer->Begin());
  const std::int64_t now = harness().now_ms();
  for (const std::int64_t time : {now, now - 1'000'000, now + 5}) {
    RecordView record;
    record.key = "k";
    record.value = "v";
    record.headers = headers;
    record.timestamp_ms = time;
    CROSSBILL_ASSERT_OK(producer->Send(topic, 0, record));
  }
  Send(*producer, topic, "plain", "v");
  CROSSBILL_ASSERT_OK(producer->Commit());
  const std::vector<Got> got = ReadAll(topic);
  ASSERT_EQ(got.size(), 4u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(got[i].headers, expected);
  }
  EXPECT_EQ(got[0].timestamp_ms, now);
  EXPECT_EQ(got[1].timestamp_ms, now - 1'000'000);
  EXPECT_EQ(got[2].timestamp_ms, now + 5);
  EXPECT_TRUE(got[3].headers.empty());
}

TEST_P(BusContract, TakesBigRecords) {
  const std::string topic = MakeTopic("big");
  auto producer = OpenProducer("p");
  std::string big(5u << 20, '\0');
  std::uint32_t random = 12345;
  for (char& c : big) {
    c = static_cast<char>((random = random * 1664525 + 1013904223) >> 24);
  }
  SendAll(*producer, topic, {{"before", "1"}, {"big", big}, {"after", "2"}});
  SendAll(*producer, topic, {{"wide", std::string(5u << 20, 'a')}});
  const std::vector<Got> got = ReadAll(topic);
  ASSERT_EQ(KeysOf(got), (std::vector<std::string>{"before", "big", "after", "wide"}));
  EXPECT_TRUE(got[1].value == big);
  EXPECT_TRUE(got[3].value == std::string(5u << 20, 'a'));
}

TEST_P(BusContract, ASendToAPartitionGoesThere) {
  const std::string topic = MakeTopic("explicit", 4);
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, {{"a", "1"}, {"b", "2"}}, 3);
  for (const Got& got : ReadAll(topic)) {
    EXPECT_EQ(got.partition, 3);
  }
  EXPECT_EQ(ReadAll(topic).size(), 2u);
}

TEST_P(BusContract, TopicsAreMadeOnceAndKeepTheirPartitions) {
  const std::string topic = MakeTopic("made", 3, true, 5000);
  CROSSBILL_EXPECT_OK(bus().CreateTopics({{topic, 3, true, 5000}, {Name("second"), 1, false, std::nullopt}}));
  CROSSBILL_EXPECT_CODE(bus().CreateTopics({{topic, 4, true, 5000}}), Code::kBusPartitions);
  const auto specs = bus().ListTopics();
  CROSSBILL_ASSERT_OK(specs);
  const auto found =
      std::find_if(specs->begin(), specs->end(), [&](const TopicSpec& s) { return s.name == topic; });
  ASSERT_NE(found, specs->end());
  EXPECT_EQ(found->partitions, 3);
  EXPECT_TRUE(found->compacted);
  EXPECT_EQ(found->retention_ms, 5000);
}

TEST_P(BusContract, UnknownTopicsAreAnError) {
  const std::string topic = MakeTopic("known", 2);
  CROSSBILL_EXPECT_CODE(bus().Range({Name("unknown"), 0}), Code::kBusTopic);
  CROSSBILL_EXPECT_CODE(bus().Range({topic, 2}), Code::kBusTopic);
  auto producer = OpenProducer("p");
  CROSSBILL_ASSERT_OK(producer->Begin());
  RecordView record;
  record.value = "v";
  Status status = producer->Send(Name("unknown"), -1, record);
  if (status.ok()) {
    status = producer->Commit();
  }  // a broker may say it only then
  CROSSBILL_EXPECT_CODE(status, Code::kBusTopic);
}

TEST_P(BusContract, CallsOutOfTurnAreErrors) {
  const std::string topic = MakeTopic("turn");
  auto producer = OpenProducer("p");
  RecordView record;
  record.value = "v";
  CROSSBILL_EXPECT_CODE(producer->Send(topic, 0, record), Code::kBusState);
  CROSSBILL_EXPECT_CODE(producer->SendOffsets(Name("g"), {}), Code::kBusState);
  CROSSBILL_EXPECT_CODE(producer->Commit(), Code::kBusState);
  CROSSBILL_EXPECT_CODE(producer->Abort(), Code::kBusState);
  CROSSBILL_ASSERT_OK(producer->Begin());
  CROSSBILL_EXPECT_CODE(producer->Begin(), Code::kBusState);
  CROSSBILL_EXPECT_OK(producer->Commit());
  auto consumer = OpenConsumer("g");
  CROSSBILL_EXPECT_CODE(consumer->Seek({topic, 0}, 0), Code::kBusState);
}

// Several producers write to the same partitions while one reads: each one's records come in its order, none
// is lost, and what was once passed over never shows up behind the reader.
TEST_P(BusContract, ConcurrentProducersLoseNothing) {
  constexpr int kProducers = 3;
  constexpr int kTransactions = 30;
  constexpr int kRecords = 8;
  const std::string topic = MakeTopic("concurrent", 2);
  std::vector<std::thread> threads;
  for (int p = 0; p < kProducers; ++p) {
    threads.emplace_back([&, p] {
      auto producer = OpenProducer("p" + std::to_string(p));
      for (int t = 0; t < kTransactions; ++t) {
        CROSSBILL_ASSERT_OK(producer->Begin());
        for (int i = 0; i < kRecords; ++i) {
          Send(*producer, topic, std::to_string(p), std::to_string(t * kRecords + i), i % 2);
        }
        CROSSBILL_ASSERT_OK(producer->Commit());
      }
    });
  }
  auto consumer = OpenConsumer("g");
  CROSSBILL_EXPECT_OK(consumer->Assign({{topic, 0}, {topic, 1}}));
  const std::vector<Got> got = ReadCount(*consumer, kProducers * kTransactions * kRecords);
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::map<std::pair<std::string, std::int32_t>, int> last;
  for (const Got& record : got) {
    const int number = std::stoi(record.value.value_or("-1"));
    const auto [it, first] = last.emplace(std::pair(record.key, record.partition), number);
    EXPECT_TRUE(first || it->second < number) << "producer " << record.key;
    it->second = number;
  }
  EXPECT_EQ(last.size(), 2u * kProducers);
  for (const auto& [who, number] : last) {
    EXPECT_EQ(number, kTransactions * kRecords - 2 + who.second);
  }
}

}  // namespace crossbill::bus
