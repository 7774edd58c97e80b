// Keyed state on a real broker: the changelog is the truth, the local copy only saves time.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "bus/kafka/kafka_bus.h"
#include "bus/state/encoding.h"
#include "bus/state/local_state.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

std::string Bootstrap() {
  const char* path = std::getenv("CROSSBILL_TEST_KAFKA");
  std::string servers;
  std::ifstream(path == nullptr ? "" : path) >> servers;
  return servers;
}

template <class T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.error().ToString();
  return std::move(result).value();
}

void Must(const Status& status) { EXPECT_TRUE(status.ok()) << status.error().ToString(); }

// One machine of several that share a broker: a folder for its state.
class Machine {
 public:
  Machine(std::string prefix, const Clock& clock) : prefix_(std::move(prefix)), clock_(clock) { Start(); }

  void Start() {
    KafkaOptions options;
    options.properties = {{"bootstrap.servers", Bootstrap()}};
    options.prefix = prefix_;
    options.state_partitions = 3;
    options.state_path = path();
    options.clock = &clock_;
    options.log = [this](int, std::string_view text) { told_ += std::string(text) + "\n"; };
    bus_ = Must(OpenKafkaBus(options));
  }
  void Stop() {
    producer_.reset();
    bus_.reset();
  }
  // As a task of that name does at its start.
  StateStore& Open(const std::string& name) {
    producer_ = Must(bus_->OpenProducer(prefix_ + "." + name));
    return *Must(producer_->OpenState(name));
  }
  void Put(StateStore& store, int first, int last, const std::string& value) {
    Must(producer_->Begin());
    for (int i = first; i < last; ++i) {
      store.Put("key" + std::to_string(i), value);
    }
    Must(producer_->Commit());
  }
  // Together with another key, as an index is with what it is made of.
  void PutOne(StateStore& store, const std::string& key, const std::string& value) {
    Must(producer_->Begin());
    store.Put(key, value);
    store.Put("made of", value);
    Must(producer_->Commit());
  }
  void Delete(StateStore& store, const std::string& key) {
    Must(producer_->Begin());
    store.Delete(key);
    Must(producer_->Commit());
  }
  static std::map<std::string, std::string> All(StateStore& store) {
    std::map<std::string, std::string> all;
    Must(store.Scan("", [&](std::string_view key, std::string_view value) {
      all.emplace(key, value);
      return true;
    }));
    return all;
  }
  std::string path() const { return folder_ / "state"; }
  const std::string& told() const { return told_; }
  Bus& bus() { return *bus_; }

 private:
  TempFolder folder_;
  const std::string prefix_;
  const Clock& clock_;
  std::string told_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<Producer> producer_;
};

class KafkaStateTest : public testing::TestWithParam<std::string> {
 protected:
  std::string store() const { return GetParam(); }

  ManualClock clock_{SystemClock().Now()};
  std::string prefix_ = "s" + std::to_string(std::random_device()());
  Machine here_{prefix_, clock_};
};

TEST_P(KafkaStateTest, AnotherMachineGoesOnFromTheChangelog) {
  StateStore& first = here_.Open(store());
  here_.Put(first, 0, 500, "1");
  here_.Put(first, 100, 200, "2");
  here_.Delete(first, "key7");
  const auto expected = Machine::All(first);
  ASSERT_EQ(expected.size(), 499u);
  Machine there(prefix_, clock_);
  StateStore& second = there.Open(store());
  EXPECT_EQ(Machine::All(second), expected);
  // Back again: this machine's copy is behind and is completed.
  there.Put(second, 400, 600, "3");
  const auto later = Machine::All(second);
  EXPECT_EQ(later.size(), 599u);
  EXPECT_EQ(Machine::All(here_.Open(store())), later);
}

// A hot standby: it follows while the other works, and lacks nothing when it takes over.
TEST_P(KafkaStateTest, AStandbyFollowsAndTakesOver) {
  StateStore& owned = here_.Open(store());
  here_.Put(owned, 0, 400, "1");
  Machine there(prefix_, clock_);
  const auto follow = [&] {
    std::int64_t behind = 1;
    for (int i = 0; i < 500 && behind > 0; ++i) {
      behind = Must(there.bus().FollowState(store()));
    }
    return behind;
  };
  EXPECT_EQ(follow(), 0);
  here_.Put(owned, 200, 600, "2");
  here_.Delete(owned, "key3");
  EXPECT_EQ(follow(), 0);
  const auto expected = Machine::All(owned);
  EXPECT_EQ(Machine::All(there.Open(store())), expected);
  there.Put(there.Open(store()), 0, 1, "3");
  EXPECT_EQ(Must(here_.bus().FollowState(store() + "9")), 0) << "a state that nobody has yet";
}

TEST_P(KafkaStateTest, ALostFolderIsMadeAnew) {
  here_.Put(here_.Open(store()), 0, 300, "1");
  here_.Stop();
  std::filesystem::remove_all(here_.path());
  here_.Start();
  EXPECT_EQ(Machine::All(here_.Open(store())).size(), 300u);
}

TEST_P(KafkaStateTest, ADamagedFolderIsMadeAnewAndSaysSo) {
  here_.Put(here_.Open(store()), 0, 300, "1");
  here_.Stop();
  std::ofstream(here_.path() + "/CURRENT") << "nonsense";
  here_.Start();
  EXPECT_EQ(Machine::All(here_.Open(store())).size(), 300u);
  EXPECT_NE(here_.told().find("made anew from its changelogs"), std::string::npos) << here_.told();
}

// RocksDB begins anew then, and says nothing.
TEST_P(KafkaStateTest, AFolderWithoutItsHeadIsMadeAnew) {
  here_.Put(here_.Open(store()), 0, 200, "1");
  here_.Stop();
  here_.Start();
  here_.Put(here_.Open(store()), 200, 300, "2");
  here_.Stop();
  std::filesystem::remove(here_.path() + "/CURRENT");
  here_.Start();
  EXPECT_EQ(Machine::All(here_.Open(store())).size(), 300u);
}

// RocksDB takes a manifest that was cut for what a crash left: the copy is of an earlier moment.
TEST_P(KafkaStateTest, AFolderWhoseManifestWasCutIsCompleted) {
  for (int start = 0; start < 3; ++start) {
    here_.Put(here_.Open(store()), start * 100, start * 100 + 100, "1");
    here_.Stop();
    if (start < 2) {
      here_.Start();
    }
  }
  std::string name;
  std::ifstream(here_.path() + "/CURRENT") >> name;
  const std::string manifest = here_.path() + "/" + name;
  std::filesystem::resize_file(manifest, std::filesystem::file_size(manifest) / 3);
  here_.Start();
  EXPECT_EQ(Machine::All(here_.Open(store())).size(), 300u);
}

// A copy that is older than tombstones are kept may have missed one, and is not trusted. A key that no
// changelog knows stays exactly as long as the copy is.
TEST_P(KafkaStateTest, AnOldCopyIsNotTrusted) {
  here_.Put(here_.Open(store()), 0, 10, "1");
  here_.Stop();
  {
    auto copy = Must(LocalState::Open(here_.path(), 16u << 20, [](std::string_view) {}));
    std::string key;
    EncodeStateKey(Must(copy->NumberOf(store())), "phantom", key);
    rocksdb::WriteBatch batch;
    batch.Put(copy->family().handle, key, "1");
    Must(copy->Write(batch));
  }
  here_.Start();
  EXPECT_TRUE(Machine::All(here_.Open(store())).contains("phantom"));
  here_.Stop();
  clock_.Advance(13LL * 60 * 60 * 1'000'000);
  here_.Start();
  const auto all = Machine::All(here_.Open(store()));
  EXPECT_EQ(all.size(), 10u);
  EXPECT_FALSE(all.contains("phantom"));
}

TEST_P(KafkaStateTest, LocalKeysStayOnTheirMachine) {
  const std::string local = std::string(1, kLocalKey) + "index";
  StateStore& owned = here_.Open(store());
  here_.Put(owned, 0, 10, "1");
  here_.PutOne(owned, local, "2");
  here_.Stop();
  here_.Start();
  const auto again = Machine::All(here_.Open(store()));
  EXPECT_EQ(again.size(), 12u);
  EXPECT_TRUE(again.contains(local));
  Machine there(prefix_, clock_);
  const auto elsewhere = Machine::All(there.Open(store()));
  EXPECT_EQ(elsewhere.size(), 11u) << "the ten, and the one that was put with the local one";
  EXPECT_FALSE(elsewhere.contains(local));
}

TEST_P(KafkaStateTest, NeighboursAreNotMixedUp) {
  here_.Put(here_.Open(store()), 0, 5, "1");
  here_.Put(here_.Open(store() + "1"), 0, 7, "2");
  Machine there(prefix_, clock_);
  EXPECT_EQ(Machine::All(there.Open(store())).size(), 5u);
  EXPECT_EQ(Machine::All(there.Open(store() + "1")).size(), 7u);
}

INSTANTIATE_TEST_SUITE_P(Stores, KafkaStateTest, testing::Values("routing.1", "connector.erp/orders"),
                         [](const auto& one) { return one.param == "routing.1" ? "stage" : "connector"; });

}  // namespace
}  // namespace crossbill::bus
