// What only the embedded bus promises; everything else is in tests/contract.
#include "bus/embedded/embedded_bus.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>

namespace crossbill::bus {
namespace {

class EmbeddedBusTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "crossbill-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<std::unique_ptr<Bus>> Open(bool read_only = false, std::size_t memory = 8u << 20) {
    return OpenEmbeddedBus(
        {.path = folder_ + "/bus", .sync_commits = false, .read_only = read_only, .memory_bytes = memory});
  }

  static std::int64_t Count(Bus& bus) {
    auto consumer = bus.OpenConsumer("count").value();
    EXPECT_TRUE(consumer->Assign({{"t", 0}}).ok());
    std::int64_t count = 0;
    while (true) {
      const Batch batch = consumer->Poll(1000, 0).value();
      if (batch.next_offsets.empty()) {
        return count;
      }
      count += static_cast<std::int64_t>(batch.records.size());
    }
  }

  static void SendSome(Bus& bus, int count) {
    auto producer = bus.OpenProducer("p").value();
    ASSERT_TRUE(producer->Begin().ok());
    for (int i = 0; i < count; ++i) {
      RecordView record;
      record.key = "k";
      record.value = "v";
      ASSERT_TRUE(producer->Send("t", 0, record).ok());
    }
    ASSERT_TRUE(producer->SendOffsets("g", {{{"t", 0}, count}}).ok());
    ASSERT_TRUE(producer->Commit().ok());
  }

  std::string folder_;
};

TEST_F(EmbeddedBusTest, ASecondWriterIsRefused) {
  const auto first = Open();
  ASSERT_TRUE(first.ok());
  const auto second = Open();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kBusLocked) << second.error().ToString();
  EXPECT_NE(second.error().ToString().find(folder_), std::string::npos);
}

TEST_F(EmbeddedBusTest, NothingToReadIsSaidAsSuch) {
  EXPECT_EQ(Open(true).error().code(), Code::kNothingYet);
  std::filesystem::create_directories(folder_ + "/bus");
  EXPECT_EQ(Open(true).error().code(), Code::kNothingYet);
}

TEST_F(EmbeddedBusTest, AFolderThatCannotBeMadeIsSaid) {
  const auto bus = OpenEmbeddedBus({.path = "/proc/nowhere/bus"});
  ASSERT_FALSE(bus.ok());
  EXPECT_EQ(bus.error().code(), Code::kIo) << bus.error().ToString();
}

TEST_F(EmbeddedBusTest, DeletionGivesTheSpaceBack) {
  auto bus = Open(false, 4u << 20);
  ASSERT_TRUE(bus.ok());
  ASSERT_TRUE((*bus)->CreateTopics({{"t", 1, false, {}, true}}).ok());
  auto producer = (*bus)->OpenProducer("p").value();
  std::mt19937_64 random(11);
  std::string value(100'000, ' ');
  std::uintmax_t most = 0;
  for (int round = 0; round < 400; ++round) {  // 80 MB that cannot be compressed
    ASSERT_TRUE(producer->Begin().ok());
    for (int i = 0; i < 2; ++i) {
      for (char& c : value) {
        c = static_cast<char>(random());
      }
      RecordView record;
      record.key = "k";
      record.value = value;
      ASSERT_TRUE(producer->Send("t", 0, record).ok());
    }
    ASSERT_TRUE(producer->Commit().ok());
    ASSERT_TRUE((*bus)->DeleteBefore({"t", 0}, (*bus)->Range({"t", 0})->end - 1).ok());
    if (round % 20 != 0) {
      continue;
    }
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/bus")) {
      std::error_code gone;
      const std::uintmax_t size = entry.file_size(gone);
      bytes += gone ? 0 : size;
    }
    most = std::max(most, bytes);
  }
  EXPECT_LT(most, 60u << 20);
  EXPECT_EQ(Count(**bus), 1);
}

TEST_F(EmbeddedBusTest, OnlyTheWriterDeletes) {
  auto writer = Open();
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->CreateTopics({{"t", 1, false, {}, true}}).ok());
  SendSome(**writer, 10);
  auto reader = Open(true);
  ASSERT_TRUE(reader.ok()) << reader.error().ToString();
  const Status refused = (*reader)->DeleteBefore({"t", 0}, 5);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kBusState) << refused.error().ToString();
  ASSERT_TRUE((*writer)->DeleteBefore({"t", 0}, 5).ok());
  EXPECT_EQ(Count(**writer), 5);
  EXPECT_EQ(Count(*Open(true).value()), 5);
}

TEST_F(EmbeddedBusTest, AReaderBesideTheWriterSeesWhatWasCommitted) {
  auto writer = Open();
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->CreateTopics({{"t", 1, false, {}}}).ok());
  SendSome(**writer, 10);
  auto reader = Open(true);
  ASSERT_TRUE(reader.ok()) << reader.error().ToString();
  EXPECT_EQ(Count(**reader), 10);
  EXPECT_EQ((*reader)->CommittedOffset("g", {"t", 0}).value(), 10);
  SendSome(**writer, 5);
  EXPECT_EQ(Count(**reader), 10);
  EXPECT_EQ(Count(*Open(true).value()), 15);
}

TEST_F(EmbeddedBusTest, AReaderWritesNothing) {
  {
    auto writer = Open();
    ASSERT_TRUE((*writer)->CreateTopics({{"t", 1, false, 1}}).ok());
    SendSome(**writer, 10);
  }
  auto reader = Open(true);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->OpenProducer("p").error().code(), Code::kBusState);
  EXPECT_EQ((*reader)->CreateTopics({{"u", 1, false, {}}}).error().code(), Code::kBusState);
  EXPECT_TRUE((*reader)->CreateTopics({{"t", 1, false, 1}}).ok());
  EXPECT_TRUE((*reader)->Maintain(1'000'000).ok());
  EXPECT_EQ(Count(**reader), 10);
}

TEST_F(EmbeddedBusTest, ARecordBeyondTheLimitIsRefused) {
  auto bus = Open();
  ASSERT_TRUE((*bus)->CreateTopics({{"t", 1, false, {}}}).ok());
  auto producer = (*bus)->OpenProducer("p").value();
  ASSERT_TRUE(producer->Begin().ok());
  const std::string value((64u << 20) + 1, 'x');
  RecordView record;
  record.value = value;
  EXPECT_EQ(producer->Send("t", 0, record).error().code(), Code::kLimit);
  EXPECT_TRUE(producer->Abort().ok());
}

// Far more state than the cache holds, against a map.
TEST_F(EmbeddedBusTest, StateLargerThanItsCacheIsRight) {
  auto bus = Open(false, 1u << 20);
  ASSERT_TRUE(bus.ok());
  auto producer = (*bus)->OpenProducer("p").value();
  StateStore* const store = producer->OpenState("s").value();
  std::map<std::string, std::string> model;
  std::mt19937_64 random(11);
  for (int transaction = 0; transaction < 60; ++transaction) {
    ASSERT_TRUE(producer->Begin().ok());
    std::map<std::string, std::string> open = model;
    for (int i = 0; i < 400; ++i) {
      const std::string key = "key" + std::to_string(random() % 5000);
      const auto got = store->Get(key);
      ASSERT_TRUE(got.ok());
      const auto found = open.find(key);
      ASSERT_EQ(*got, found == open.end() ? std::nullopt : std::optional<std::string>(found->second)) << key;
      if (random() % 8 == 0) {
        store->Delete(key);
        open.erase(key);
      } else {
        open[key] = std::string(random() % 400, static_cast<char>('a' + random() % 26));
        store->Put(key, open[key]);
      }
    }
    if (random() % 5 == 0) {
      ASSERT_TRUE(producer->Abort().ok());
      continue;
    }
    ASSERT_TRUE(producer->Commit().ok());
    model = std::move(open);
  }
  std::map<std::string, std::string> all;
  ASSERT_TRUE(store
                  ->Scan("",
                         [&](std::string_view key, std::string_view value) {
                           all.emplace(key, value);
                           return true;
                         })
                  .ok());
  EXPECT_TRUE(all == model);
}

}  // namespace
}  // namespace crossbill::bus
