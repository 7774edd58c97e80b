#include "tests/contract/bus_contract.h"

namespace crossbill::bus {
namespace {

constexpr int kPatience = 300;  // polls without anything
constexpr std::int64_t kPollMs = 100;

}  // namespace

Got Own(const FetchedRecord& fetched, std::int32_t partition) {
  Got got;
  got.partition = partition;
  got.offset = fetched.offset;
  got.key = fetched.record.key;
  if (fetched.record.value) {
    got.value = std::string(*fetched.record.value);
  }
  for (const HeaderView& header : fetched.record.headers) {
    got.headers.emplace_back(header.name, header.value);
  }
  got.timestamp_ms = fetched.record.timestamp_ms;
  return got;
}

std::vector<std::string> KeysOf(const std::vector<Got>& records) {
  std::vector<std::string> keys;
  for (const Got& got : records) {
    keys.push_back(got.key);
  }
  return keys;
}

std::string BusContract::MakeTopic(std::string_view name, std::int32_t partitions, bool compacted,
                                   std::optional<std::int64_t> retention_ms) {
  TopicSpec spec{Name(name), partitions, compacted, retention_ms};
  CROSSBILL_EXPECT_OK(bus().CreateTopics({spec}));
  return spec.name;
}

std::unique_ptr<Producer> BusContract::OpenProducer(std::string_view id) {
  auto producer = bus().OpenProducer(Name(id));
  CROSSBILL_EXPECT_OK(producer);
  return std::move(producer).value();
}

std::unique_ptr<Consumer> BusContract::OpenConsumer(std::string_view group) {
  auto consumer = bus().OpenConsumer(Name(group));
  CROSSBILL_EXPECT_OK(consumer);
  return std::move(consumer).value();
}

void BusContract::Send(Producer& producer, const std::string& topic, std::string_view key,
                       std::optional<std::string_view> value, std::int32_t partition) {
  RecordView record;
  record.key = key;
  record.value = value;
  record.timestamp_ms = harness().now_ms();
  CROSSBILL_ASSERT_OK(producer.Send(topic, partition, record));
}

void BusContract::SendAll(Producer& producer, const std::string& topic,
                          const std::vector<std::pair<std::string, std::optional<std::string>>>& records,
                          std::int32_t partition) {
  CROSSBILL_ASSERT_OK(producer.Begin());
  for (const auto& [key, value] : records) {
    Send(producer, topic, key, value ? std::optional<std::string_view>(*value) : std::nullopt, partition);
  }
  CROSSBILL_ASSERT_OK(producer.Commit());
}

std::vector<Got> BusContract::ReadAll(const std::string& topic) {
  std::vector<Got> all;
  const auto specs = bus().ListTopics();
  CROSSBILL_EXPECT_OK(specs);
  std::int32_t partitions = 0;
  for (const TopicSpec& spec : *specs) {
    if (spec.name == topic) {
      partitions = spec.partitions;
    }
  }
  EXPECT_GT(partitions, 0) << topic;
  auto consumer = OpenConsumer("read-all");
  for (std::int32_t p = 0; p < partitions; ++p) {
    const TopicPartition partition{topic, p};
    const auto range = bus().Range(partition);
    CROSSBILL_EXPECT_OK(range);
    CROSSBILL_EXPECT_OK(consumer->Assign({partition}));
    CROSSBILL_EXPECT_OK(consumer->Seek(partition, range->begin));
    std::int64_t position = range->begin;
    for (int idle = 0; position < range->end && idle < kPatience;) {
      const auto batch = consumer->Poll(1000, kPollMs);
      CROSSBILL_EXPECT_OK(batch);
      if (!batch.ok()) {
        return all;
      }
      for (const FetchedRecord& fetched : batch->records) {
        all.push_back(Own(fetched, p));
      }
      const auto next = batch->next_offsets.find(partition);
      idle = next == batch->next_offsets.end() ? idle + 1 : 0;
      if (next != batch->next_offsets.end()) {
        position = next->second;
      }
    }
    EXPECT_GE(position, range->end) << "partition " << p << " cannot be read to its end";
  }
  return all;
}

std::vector<Got> BusContract::ReadCount(Consumer& consumer, std::size_t count, std::size_t max_records) {
  std::vector<Got> got;
  for (int idle = 0; got.size() < count && idle < kPatience;) {
    const auto batch = consumer.Poll(std::min(max_records, count - got.size()), kPollMs);
    CROSSBILL_EXPECT_OK(batch);
    if (!batch.ok()) {
      break;
    }
    idle = batch->empty() ? idle + 1 : 0;
    EXPECT_LE(batch->records.size(), max_records);
    for (const FetchedRecord& fetched : batch->records) {
      got.push_back(Own(fetched, batch->sources[fetched.source].partition));
    }
  }
  EXPECT_EQ(got.size(), count);
  return got;
}

std::map<std::string, std::string> BusContract::ReadNewest(const std::string& topic) {
  std::map<std::string, std::string> newest;
  const Status status = ReadCompacted(bus(), topic, [&](const RecordView& record) -> Status {
    EXPECT_TRUE(record.value.has_value()) << "a tombstone was given";
    EXPECT_TRUE(newest.emplace(record.key, record.value.value_or("")).second)
        << "given twice: " << record.key;
    return Ok();
  });
  CROSSBILL_EXPECT_OK(status);
  return newest;
}

std::map<std::string, std::string> BusContract::ScanAll(StateStore& store, std::string_view prefix) {
  std::map<std::string, std::string> all;
  std::string last;
  const Status status = store.Scan(prefix, [&](std::string_view key, std::string_view value) {
    EXPECT_TRUE(key.starts_with(prefix));
    EXPECT_TRUE(all.empty() || last < key) << "not in order of bytes";
    last = key;
    all.emplace(key, value);
    return true;
  });
  CROSSBILL_EXPECT_OK(status);
  return all;
}

}  // namespace crossbill::bus
