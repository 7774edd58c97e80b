// Damaged folders: a changed or a missing byte anywhere is either found and said, or does not matter; what is
// read is never something that was not written, and nothing crashes.
#include <filesystem>
#include <fstream>
#include <random>

#include "bus/embedded/embedded_bus.h"
#include "tests/contract/bus_contract.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

constexpr int kTransactions = 40;
constexpr int kRecords = 60;

std::string ValueOf(std::int64_t number) {
  return "value " + std::to_string(number) + std::string(static_cast<std::size_t>(number % 90), 'x');
}

Result<std::unique_ptr<Bus>> Open(const std::string& path) {
  return OpenEmbeddedBus({.path = path, .sync_commits = false, .memory_bytes = 8u << 20});
}

// Half of it is in tables and blob files, half in the log.
void Write(const std::string& path) {
  std::int64_t number = 0;
  for (int half = 0; half < 2; ++half) {
    auto opened = Open(path);
    CROSSBILL_ASSERT_OK(opened);
    Bus& bus = **opened;
    CROSSBILL_ASSERT_OK(bus.CreateTopics({{"log", 1, false, {}}}));
    auto producer = bus.OpenProducer("p");
    CROSSBILL_ASSERT_OK(producer);
    auto state = (*producer)->OpenState("s");
    CROSSBILL_ASSERT_OK(state);
    for (int t = 0; t < kTransactions / 2; ++t) {
      CROSSBILL_ASSERT_OK((*producer)->Begin());
      for (int i = 0; i < kRecords; ++i, ++number) {
        const std::string key = std::to_string(number);
        const std::string value = ValueOf(number);
        RecordView record;
        record.key = key;
        record.value = value;
        CROSSBILL_ASSERT_OK((*producer)->Send("log", 0, record));
        (*state)->Put(key, value);
      }
      CROSSBILL_ASSERT_OK((*producer)->Commit());
    }
  }
}

// The number of records that can be read, or an error.
Result<std::int64_t> ReadLog(Bus& bus) {
  CROSSBILL_TRY(auto consumer, bus.OpenConsumer("g"));
  CROSSBILL_RETURN_IF_ERROR(consumer->Assign({{"log", 0}}));
  std::int64_t count = 0;
  while (true) {
    CROSSBILL_TRY(const Batch batch, consumer->Poll(500, 0));
    if (batch.next_offsets.empty()) {
      return count;
    }
    for (const FetchedRecord& fetched : batch.records) {
      EXPECT_EQ(fetched.record.key, std::to_string(count));
      EXPECT_EQ(fetched.record.value, ValueOf(count));
      ++count;
    }
  }
}

Result<std::int64_t> ReadState(Bus& bus) {
  CROSSBILL_TRY(auto producer, bus.OpenProducer("p"));
  CROSSBILL_TRY(StateStore* const state, producer->OpenState("s"));
  std::int64_t count = 0;
  CROSSBILL_RETURN_IF_ERROR(state->Scan("", [&](std::string_view key, std::string_view value) {
    EXPECT_EQ(value, ValueOf(std::stoll(std::string(key))));
    return ++count > 0;
  }));
  return count;
}

// Everything that is there is right and whole transactions; or there is a clear error.
void Check(const std::string& path, bool may_be_shorter, int& errors) {
  auto opened = Open(path);
  Result<std::int64_t> log = opened.ok() ? ReadLog(**opened) : Result<std::int64_t>(opened.error());
  Result<std::int64_t> state = opened.ok() ? ReadState(**opened) : Result<std::int64_t>(opened.error());
  for (const auto* result : {&log, &state}) {
    if (result->ok()) {
      continue;
    }
    ++errors;
    const Error& error = result->error();
    EXPECT_TRUE(error.code() == Code::kBusCorrupt || error.code() == Code::kBusUnavailable ||
                error.code() == Code::kBusTopic)
        << error.ToString();
    EXPECT_GT(error.message().size(), 10u);
  }
  constexpr std::int64_t kAll = kTransactions * kRecords;
  if (log.ok()) {
    EXPECT_TRUE(*log == kAll || (may_be_shorter && *log % kRecords == 0)) << *log;
  }
  if (log.ok() && state.ok()) {
    EXPECT_EQ(*log, *state);
  }
}

class DamageTest : public testing::Test {
 protected:
  void SetUp() override {
    Write(folder_ / "good");
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "good")) {
      const std::string name = entry.path().filename().string();
      if (entry.file_size() > 0 && name != "LOCK" && name != "IDENTITY" && !name.starts_with("LOG") &&
          !name.starts_with("OPTIONS")) {
        files_.push_back(name);
      }
    }
    std::sort(files_.begin(), files_.end());
    ASSERT_GE(files_.size(), 4u);
  }

  std::string Copy() {
    const std::string copy = folder_ / "copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(folder_ / "good", copy, std::filesystem::copy_options::recursive);
    return copy;
  }

  TempFolder folder_;
  std::vector<std::string> files_;
};

TEST_F(DamageTest, AChangedByteIsFoundOrDoesNotMatter) {
  std::mt19937_64 random(99);
  int errors = 0;
  for (const std::string& name : files_) {
    for (int i = 0; i < 12; ++i) {
      const std::string path = Copy() + "/" + name;
      const auto size = std::filesystem::file_size(path);
      const auto at = static_cast<std::streamoff>(random() % size);
      SCOPED_TRACE(name + " of " + std::to_string(size) + " bytes, changed at " + std::to_string(at));
      {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(at);
        const char byte = static_cast<char>(file.get() ^ (1 << random() % 8));
        file.seekp(at);
        file.put(byte);
      }
      // The last record of a log cannot be told from one that was cut by a crash.
      Check(folder_ / "copy", name.ends_with(".log"), errors);
    }
  }
  EXPECT_GT(errors, 20);
}

TEST_F(DamageTest, ACutLogIsReadToItsLastWholeTransaction) {
  std::mt19937_64 random(7);
  int errors = 0;
  for (const std::string& name : files_) {
    if (!name.ends_with(".log")) {
      continue;
    }
    for (int i = 0; i < 20; ++i) {
      const std::string path = Copy() + "/" + name;
      const auto size = random() % std::filesystem::file_size(path);
      SCOPED_TRACE(name + " cut to " + std::to_string(size));
      std::filesystem::resize_file(path, size);
      Check(folder_ / "copy", true, errors);
    }
  }
  EXPECT_EQ(errors, 0);
}

TEST_F(DamageTest, AMissingFileIsSaid) {
  for (const std::string& name : files_) {
    if (name.ends_with(".log")) {
      continue;
    }  // as if nothing had been written since the last flush
    SCOPED_TRACE(name);
    int errors = 0;
    std::filesystem::remove(Copy() + "/" + name);
    if (name == "CURRENT") {
      continue;
    }  // then it is an empty folder to RocksDB
    Check(folder_ / "copy", false, errors);
    EXPECT_GT(errors, 0);
  }
}

}  // namespace
}  // namespace crossbill::bus
