#include "bus/compacted_reader.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "bus/memory/memory_bus.h"

namespace crossbill::bus {
namespace {

Status SendOne(Producer& producer, const std::string& key, std::optional<std::string_view> value) {
  CROSSBILL_RETURN_IF_ERROR(producer.Begin());
  RecordView record;
  record.key = key;
  record.value = value;
  record.timestamp_ms = 1;
  CROSSBILL_RETURN_IF_ERROR(producer.Send("t", 0, record));
  return producer.Commit();
}

class CompactedReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bus_->CreateTopics({{"t", 1, true, {}}}).ok());
    producer_ = bus_->OpenProducer("p").value();
  }

  std::unique_ptr<Bus> bus_ = MakeMemoryBus();
  std::unique_ptr<Producer> producer_;
};

// With room for few keys the same comes as with room for all.
TEST_F(CompactedReaderTest, TakesTheKeysInRoundsWhenTheyDoNotFit) {
  std::mt19937_64 random(3);
  std::map<std::string, std::string> model;
  for (int i = 0; i < 3000; ++i) {
    const std::string key = "k" + std::to_string(random() % 500);
    const std::string value = std::to_string(i);
    const bool tombstone = random() % 7 == 0;
    ASSERT_TRUE(
        SendOne(*producer_, key, tombstone ? std::nullopt : std::optional<std::string_view>(value)).ok());
    model.erase(key);
    if (!tombstone) {
      model[key] = value;
    }
  }
  for (const std::size_t room : {std::size_t{1}, std::size_t{7}, std::size_t{100}, std::size_t{100'000}}) {
    std::map<std::string, std::string> got;
    CompactedReader reader(*bus_, {"t", 0}, room);
    const Status status = reader.Read([&](const RecordView& record) -> Status {
      EXPECT_TRUE(got.emplace(record.key, *record.value).second);
      return Ok();
    });
    ASSERT_TRUE(status.ok()) << status.error().ToString();
    EXPECT_EQ(got, model) << "room for " << room;
  }
}

// A compaction between the two passes takes away what the first one has chosen; the newer record is found.
TEST_F(CompactedReaderTest, FindsWhatWasSupersededAndCompactedMeanwhile) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(SendOne(*producer_, "k" + std::to_string(i), "old").ok());
  }
  std::map<std::string, std::string> got;
  CompactedReader reader(*bus_, {"t", 0}, 1000);
  const Status status = reader.Read([&](const RecordView& record) -> Status {
    if (got.empty()) {
      CROSSBILL_RETURN_IF_ERROR(SendOne(*producer_, "k8", "new"));
      CROSSBILL_RETURN_IF_ERROR(SendOne(*producer_, "k9", std::nullopt));
      CROSSBILL_RETURN_IF_ERROR(bus_->Maintain(1));
    }
    got.emplace(record.key, *record.value);
    return Ok();
  });
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  // All ten were in one poll of the second pass, so "old" is still right for those: both came from a state
  // that was true.
  EXPECT_GE(got.size(), 9u);
  EXPECT_EQ(got.at("k0"), "old");
}

TEST_F(CompactedReaderTest, AnErrorOfTheVisitorEndsIt) {
  ASSERT_TRUE(SendOne(*producer_, "k", "v").ok());
  const Status status = ReadCompacted(
      *bus_, "t", [](const RecordView&) -> Status { return Error(Code::kCancelled, "enough"); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), Code::kCancelled);
  EXPECT_EQ(ReadCompacted(*bus_, "unknown", [](const RecordView&) { return Ok(); }).error().code(),
            Code::kBusTopic);
}

}  // namespace
}  // namespace crossbill::bus
