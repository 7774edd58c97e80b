// Compaction and retention.
#include <random>
#include <set>

#include "tests/contract/bus_contract.h"

namespace crossbill::bus {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

}  // namespace

TEST_P(BusContract, CompactionKeepsTheNewestOfEachKey) {
  const std::string topic = MakeTopic("compacted", 3, true);
  auto producer = OpenProducer("p");
  std::mt19937_64 random(7);
  std::map<std::string, std::string> model;
  std::size_t sent = 0;
  for (int round = 0; round < 6; ++round) {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (int i = 0; i < 6000; ++i) {
      const std::string key = "key" + std::to_string(random() % 1000);
      if (random() % 10 == 0) {
        records.emplace_back(key, std::nullopt);
        model.erase(key);
      } else {
        records.emplace_back(key, "value" + std::to_string(random()));
        model[key] = *records.back().second;
      }
    }
    SendAll(*producer, topic, records);
    sent += records.size();
    EXPECT_EQ(ReadNewest(topic), model);
    for (int step = 0; step < 10; ++step) {
      CROSSBILL_ASSERT_OK(bus().Maintain(harness().now_ms()));
    }
    EXPECT_EQ(ReadNewest(topic), model);
    // The order within a partition stays.
    std::map<std::int32_t, std::int64_t> last;
    const std::vector<Got> all = ReadAll(topic);
    for (const Got& got : all) {
      EXPECT_TRUE(!last.contains(got.partition) || last[got.partition] < got.offset);
      last[got.partition] = got.offset;
    }
    if (harness().maintains()) {
      EXPECT_LT(all.size(), sent);
    }
  }
  producer.reset();
  harness().CrashAndReopen();
  EXPECT_EQ(ReadNewest(topic), model);
}

TEST_P(BusContract, TombstonesStayForADay) {
  const std::string topic = MakeTopic("tombstones", 1, true);
  auto producer = OpenProducer("p");
  for (int round = 0; round < 3; ++round) {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (int i = 0; i < 2000; ++i) {
      records.emplace_back("k" + std::to_string(i % 100), "v");
    }
    records.emplace_back("deleted", "v");
    records.emplace_back("deleted", std::nullopt);
    SendAll(*producer, topic, records);
  }
  const auto tombstones = [&] {
    std::size_t count = 0;
    for (const Got& got : ReadAll(topic)) {
      count += got.value ? 0 : 1;
    }
    return count;
  };
  for (int step = 0; step < 10; ++step) {
    CROSSBILL_ASSERT_OK(bus().Maintain(harness().now_ms() + kDayMs / 2));
  }
  EXPECT_GE(tombstones(), 1u);
  EXPECT_EQ(ReadNewest(topic).size(), 100u);
  if (!harness().maintains()) {
    return;
  }
  std::vector<std::pair<std::string, std::optional<std::string>>> more;
  for (int i = 0; i < 5000; ++i) {
    more.emplace_back("k" + std::to_string(i % 100), "w");
  }
  SendAll(*producer, topic, more);
  for (int step = 0; step < 10; ++step) {
    CROSSBILL_ASSERT_OK(bus().Maintain(harness().now_ms() + 2 * kDayMs));
  }
  EXPECT_EQ(tombstones(), 0u);
  EXPECT_EQ(ReadNewest(topic).size(), 100u);
}

TEST_P(BusContract, AReaderIsNotDisturbedByCompaction) {
  const std::string topic = MakeTopic("reading", 1, true);
  auto producer = OpenProducer("p");
  std::vector<std::pair<std::string, std::optional<std::string>>> records;
  for (int i = 0; i < 3000; ++i) {
    records.emplace_back("k" + std::to_string(i % 50), std::to_string(i));
  }
  SendAll(*producer, topic, records);
  auto consumer = OpenConsumer("g");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
  std::map<std::string, int> newest;
  std::int64_t position = 0;
  const std::int64_t end = bus().Range({topic, 0})->end;
  for (int i = 0; i < 3000 && position < end; ++i) {
    const auto batch = consumer->Poll(40, 100);
    CROSSBILL_ASSERT_OK(batch);
    for (const FetchedRecord& fetched : batch->records) {
      const int number = std::stoi(std::string(fetched.record.value.value_or("-1")));
      const auto [it, first] = newest.emplace(fetched.record.key, number);
      EXPECT_TRUE(first || it->second < number);
      it->second = number;
    }
    if (batch->next_offsets.contains({topic, 0})) {
      position = batch->next_offsets.at({topic, 0});
    }
    CROSSBILL_ASSERT_OK(bus().Maintain(harness().now_ms()));
  }
  ASSERT_EQ(newest.size(), 50u);
  for (const auto& [key, number] : newest) {
    EXPECT_EQ(number, 2950 + std::stoi(key.substr(1)));
  }
}

TEST_P(BusContract, DeletionTakesWhatIsBelowAndOnlyThat) {
  const std::string topic = MakeTopic("work", 2);
  const std::string other = MakeTopic("other", 1);
  auto producer = OpenProducer("p");
  for (int round = 0; round < 3; ++round) {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (int i = 0; i < 10; ++i) {
      records.emplace_back("r" + std::to_string(round * 10 + i), "v");
    }
    for (const std::int32_t partition : {0, 1}) {
      SendAll(*producer, topic, records, partition);
    }
    SendAll(*producer, other, records, 0);
  }
  const auto in_partition = [&](std::int32_t partition) {
    std::vector<Got> records;
    for (Got& got : ReadAll(topic)) {
      if (got.partition == partition) {
        records.push_back(std::move(got));
      }
    }
    return records;
  };
  const std::vector<Got> before = in_partition(0);
  ASSERT_EQ(before.size(), 30u);
  const PartitionRange range = bus().Range({topic, 0}).value();
  producer.reset();
  // In the midst of what was sent together, at its bound, the same again, and lower again.
  for (const auto& [at, left] : {std::pair{13, 17}, {20, 10}, {20, 10}, {5, 10}, {29, 1}}) {
    CROSSBILL_ASSERT_OK(bus().DeleteBefore({topic, 0}, before[static_cast<std::size_t>(at)].offset));
    const std::vector<Got> after = in_partition(0);
    ASSERT_EQ(after.size(), static_cast<std::size_t>(left));
    const Got& first = before[static_cast<std::size_t>(30 - left)];
    EXPECT_EQ(after.front().key, first.key);
    EXPECT_EQ(after.front().offset, first.offset);
    const PartitionRange now = bus().Range({topic, 0}).value();
    EXPECT_EQ(now.begin, first.offset);
    EXPECT_EQ(now.end, range.end);
    harness().CrashAndReopen();
    EXPECT_EQ(bus().Range({topic, 0})->begin, first.offset);
    EXPECT_EQ(in_partition(0).size(), static_cast<std::size_t>(left));
  }
  EXPECT_EQ(in_partition(1).size(), 30u);
  EXPECT_EQ(ReadAll(other).size(), 30u);
  CROSSBILL_EXPECT_CODE(bus().DeleteBefore({topic, 7}, 1), Code::kBusTopic);
  CROSSBILL_EXPECT_CODE(bus().DeleteBefore({Name("nowhere"), 0}, 1), Code::kBusTopic);
}

TEST_P(BusContract, DeletionOfEverythingKeepsTheEnd) {
  const std::string topic = MakeTopic("emptied", 1);
  CROSSBILL_ASSERT_OK(bus().DeleteBefore({topic, 0}, 0));
  auto producer = OpenProducer("p");
  std::vector<std::pair<std::string, std::optional<std::string>>> records;
  for (int i = 0; i < 20; ++i) {
    records.emplace_back("k" + std::to_string(i), "v");
  }
  std::int64_t sent_end = 0;
  for (int round = 0; round < 3; ++round) {
    SendAll(*producer, topic, records);
    const PartitionRange full = bus().Range({topic, 0}).value();
    EXPECT_GE(full.end, sent_end + 20);
    sent_end = full.end;
    EXPECT_EQ(ReadAll(topic).size(), 20u);
    // A reader that stands in what goes, goes on with what comes.
    auto consumer = OpenConsumer("late");
    CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
    CROSSBILL_ASSERT_OK(consumer->Seek({topic, 0}, full.begin));
    EXPECT_EQ(ReadCount(*consumer, 3, 3).size(), 3u);
    CROSSBILL_ASSERT_OK(bus().DeleteBefore({topic, 0}, full.end));
    EXPECT_TRUE(ReadAll(topic).empty());
    SendAll(*producer, topic, {{"next", "v"}});
    EXPECT_EQ(ReadCount(*consumer, 1).front().key, "next");
    CROSSBILL_ASSERT_OK(bus().DeleteBefore({topic, 0}, bus().Range({topic, 0})->end));
    const PartitionRange empty = bus().Range({topic, 0}).value();
    EXPECT_EQ(empty.begin, empty.end);
    consumer.reset();
    producer.reset();
    harness().CrashAndReopen();
    EXPECT_EQ(bus().Range({topic, 0})->end, empty.end);
    EXPECT_TRUE(ReadAll(topic).empty());
    producer = OpenProducer("p");
    sent_end = empty.end;
  }
}

TEST_P(BusContract, RetentionTakesWhatIsOldAndOnlyThat) {
  const std::string topic = MakeTopic("retained", 1, false, 7 * kDayMs);
  const std::string kept = MakeTopic("kept", 1);
  const std::int64_t now = harness().now_ms();
  auto producer = OpenProducer("p");
  for (const std::string& t : {topic, kept}) {
    for (const std::int64_t age : {9, 8, 2, 1}) {
      CROSSBILL_ASSERT_OK(producer->Begin());
      for (int i = 0; i < 10; ++i) {
        RecordView record;
        const std::string key = "age" + std::to_string(age);
        record.key = key;
        record.value = "v";
        record.timestamp_ms = now - age * kDayMs;
        CROSSBILL_ASSERT_OK(producer->Send(t, 0, record));
      }
      CROSSBILL_ASSERT_OK(producer->Commit());
    }
  }
  const auto before = bus().Range({topic, 0});
  CROSSBILL_ASSERT_OK(before);
  for (int step = 0; step < 5; ++step) {
    CROSSBILL_ASSERT_OK(bus().Maintain(now));
  }
  std::map<std::string, int> left;
  for (const Got& got : ReadAll(topic)) {
    ++left[got.key];
  }
  EXPECT_EQ(left["age2"], 10);
  EXPECT_EQ(left["age1"], 10);
  EXPECT_EQ(ReadAll(kept).size(), 40u);
  const auto after = bus().Range({topic, 0});
  CROSSBILL_ASSERT_OK(after);
  EXPECT_EQ(after->end, before->end);
  if (!harness().maintains()) {
    return;
  }
  EXPECT_EQ(left["age9"] + left["age8"], 0);
  EXPECT_GT(after->begin, before->begin);
  // A reader that stood in what is gone goes on with what is there.
  auto consumer = OpenConsumer("late");
  CROSSBILL_ASSERT_OK(consumer->Assign({{topic, 0}}));
  CROSSBILL_ASSERT_OK(consumer->Seek({topic, 0}, before->begin));
  EXPECT_EQ(ReadCount(*consumer, 20).front().key, "age2");
  // All of it can go; offsets are not used again.
  for (int step = 0; step < 5; ++step) {
    CROSSBILL_ASSERT_OK(bus().Maintain(now + 30 * kDayMs));
  }
  EXPECT_TRUE(ReadAll(topic).empty());
  consumer.reset();
  producer.reset();
  harness().CrashAndReopen();
  const auto range = bus().Range({topic, 0});
  CROSSBILL_ASSERT_OK(range);
  EXPECT_EQ(range->end, before->end);
  producer = OpenProducer("p");
  SendAll(*producer, topic, {{"new", "1"}});
  const std::vector<Got> got = ReadAll(topic);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_GE(got[0].offset, before->end);
}

TEST_P(BusContract, ThinningTakesWhatDoesNotStay) {
  const std::string topic = MakeTopic("thinned", 1, false);
  auto producer = OpenProducer("p");
  std::vector<std::pair<std::string, std::optional<std::string>>> records;
  for (int i = 0; i < 3000; ++i) {
    records.emplace_back("k" + std::to_string(i % 10), "v" + std::to_string(i));
  }
  SendAll(*producer, topic, records);
  const TopicPartition partition{topic, 0};
  const std::vector<Got> before = ReadAll(topic);
  const std::int64_t end = before[2000].offset;  // all behind it stays
  CROSSBILL_ASSERT_OK(bus().Thin(partition, end, [](const FetchedRecord& fetched) {
    return fetched.record.key != "k3" && fetched.record.value != "v7";
  }));
  producer.reset();
  harness().CrashAndReopen();
  std::multiset<std::string> expected, left;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (i >= 2000 || (before[i].key != "k3" && before[i].value != "v7")) {
      expected.insert(*before[i].value);
    }
  }
  for (const Got& got : ReadAll(topic)) {
    left.insert(*got.value);
  }
  EXPECT_EQ(left, expected);
  CROSSBILL_ASSERT_OK(bus().Scrub());
  producer = OpenProducer("p");
  SendAll(*producer, topic, {{"k3", "after"}});
  EXPECT_EQ(ReadAll(topic).size(), expected.size() + 1);
  // All of it.
  const PartitionRange range = bus().Range(partition).value();
  CROSSBILL_ASSERT_OK(bus().Thin(partition, range.end, [](const FetchedRecord&) { return false; }));
  EXPECT_TRUE(ReadAll(topic).empty());
  EXPECT_GE(bus().Range(partition).value().end, range.end);
}

// As a bus does that cannot write records in their places.
TEST_P(BusContract, ThinningBehindTheEndKeepsTheOrder) {
  const std::string topic = MakeTopic("copied", 1, false);
  auto producer = OpenProducer("p");
  SendAll(*producer, topic, {{"a", "1"}, {"b", "2"}, {"a", "3"}});
  const PartitionRange range = bus().Range({topic, 0}).value();
  SendAll(*producer, topic, {{"b", "4"}});
  CROSSBILL_ASSERT_OK(bus().Bus::Thin({topic, 0}, range.end, [](const FetchedRecord&) { return true; }));
  EXPECT_EQ(ReadAll(topic).size(), 4u) << "where all stay, nothing is copied";
  CROSSBILL_ASSERT_OK(bus().Bus::Thin(
      {topic, 0}, range.end, [](const FetchedRecord& fetched) { return fetched.record.key != "b"; }));
  std::vector<std::string> left;
  for (const Got& got : ReadAll(topic)) {
    left.push_back(*got.value);
  }
  EXPECT_EQ(left, (std::vector<std::string>{"4", "1", "3"}));
}

}  // namespace crossbill::bus
