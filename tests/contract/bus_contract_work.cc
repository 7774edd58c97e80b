// Topics that carry work: a bus may keep many of their records at one offset.
#include <random>

#include "tests/contract/bus_contract.h"

namespace crossbill::bus {
namespace {

struct Sent {
  std::string key;
  std::optional<std::string> value;
  std::string header;
  std::int64_t timestamp_ms = 0;
};

Sent MakeRecord(std::mt19937& random, int number, std::int64_t now_ms) {
  Sent sent{"k" + std::to_string(number), std::nullopt, "", now_ms - static_cast<std::int64_t>(random() % 9)};
  const unsigned shape = random() % 16;
  if (shape > 1) {
    sent.value = std::string(shape == 2 ? 0 : shape == 3 ? 300'000 : random() % 400, 'v');
  }
  if (shape % 3 == 0) {
    sent.header = "h" + std::to_string(number);
  }
  return sent;
}

void SendOne(Producer& producer, const std::string& topic, const Sent& sent) {
  const HeaderView header{"ce_id", sent.header};
  RecordView record;
  record.key = sent.key;
  if (sent.value) {
    record.value = *sent.value;
  }
  if (!sent.header.empty()) {
    record.headers = {&header, 1};
  }
  record.timestamp_ms = sent.timestamp_ms;
  CROSSBILL_ASSERT_OK(producer.Send(topic, 0, record));
}

void ExpectSame(const Got& got, const Sent& sent) {
  EXPECT_EQ(got.key, sent.key);
  EXPECT_EQ(got.value, sent.value);
  EXPECT_EQ(got.headers.size(), sent.header.empty() ? 0u : 1u);
  EXPECT_EQ(got.timestamp_ms, sent.timestamp_ms);
}

}  // namespace

// In order, each once, although the reader begins anew at what it committed after every poll.
TEST_P(BusContract, WorkIsReadAsItWasSentWhereverTheReaderBegins) {
  constexpr unsigned kSeed = 5;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  TopicSpec spec{Name("bundles"), 1, false, std::nullopt};
  spec.work = true;
  CROSSBILL_ASSERT_OK(bus().CreateTopics({spec}));
  auto producer = OpenProducer("p");
  std::vector<Sent> expected;
  for (int transaction = 0; transaction < 6; ++transaction) {
    const bool aborts = transaction == 2 || transaction == 4;
    CROSSBILL_ASSERT_OK(producer->Begin());
    for (unsigned i = 0; i < 1 + random() % 60; ++i) {
      const Sent sent = MakeRecord(random, static_cast<int>(expected.size()), harness().now_ms());
      SendOne(*producer, spec.name, sent);
      if (!aborts) {
        expected.push_back(sent);
      }
    }
    CROSSBILL_ASSERT_OK(aborts ? producer->Abort() : producer->Commit());
  }
  const TopicPartition partition{spec.name, 0};
  auto committer = OpenProducer("committer");
  std::vector<Got> got;
  for (int idle = 0; got.size() < expected.size() && idle < 100;) {
    auto consumer = OpenConsumer("g");
    CROSSBILL_ASSERT_OK(consumer->Assign({partition}));
    const auto batch = consumer->Poll(1 + random() % 5, 1000);
    CROSSBILL_ASSERT_OK(batch);
    for (const FetchedRecord& fetched : batch->records) {
      got.push_back(Own(fetched, 0));
    }
    idle = batch->empty() ? idle + 1 : 0;
    CROSSBILL_ASSERT_OK(committer->Begin());
    CROSSBILL_ASSERT_OK(committer->SendOffsets(Name("g"), batch->next_offsets));
    CROSSBILL_ASSERT_OK(committer->Commit());
  }
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE("record " + std::to_string(i));
    ExpectSame(got[i], expected[i]);
  }
}

TEST_P(BusContract, DeletedWorkIsReadByNobody) {
  TopicSpec spec{Name("deleted-bundles"), 1, false, std::nullopt};
  spec.work = true;
  CROSSBILL_ASSERT_OK(bus().CreateTopics({spec}));
  auto producer = OpenProducer("p");
  for (const char* round : {"a", "b"}) {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (int i = 0; i < 50; ++i) {
      records.emplace_back(round + std::to_string(i), "v");
    }
    SendAll(*producer, spec.name, records, 0);
  }
  const std::vector<Got> before = ReadAll(spec.name);
  ASSERT_EQ(before.size(), 100u);
  CROSSBILL_ASSERT_OK(bus().DeleteBefore({spec.name, 0}, before[50].offset));
  const std::vector<Got> after = ReadAll(spec.name);
  ASSERT_EQ(after.size(), 50u);
  EXPECT_EQ(after.front().key, "b0");
}

}  // namespace crossbill::bus
