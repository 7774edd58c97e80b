// Shared work on a real broker: every number has one owner, comes with a new process, goes with a dead one,
// and stays with one that is started again.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>

#include "bus/kafka/kafka_bus.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

using Numbers = std::set<std::int32_t>;
constexpr std::int32_t kCount = 7;

std::string Bootstrap() {
  const char* path = std::getenv("CROSSBILL_TEST_KAFKA");
  std::string servers;
  std::ifstream(path == nullptr ? "" : path) >> servers;
  return servers;
}

class Process {
 public:
  // `state`: its folder; a process that is started again has the same one.
  Process(const std::string& prefix, const std::string& state, std::int32_t count = kCount) {
    KafkaOptions options;
    options.properties = {{"bootstrap.servers", Bootstrap()}, {"session.timeout.ms", "6000"}};
    options.prefix = prefix;
    options.state_path = state;
    options.clock = &clock_;
    bus_ = std::move(OpenKafkaBus(options)).value();
    auto share = bus_->JoinWork("test", count);
    EXPECT_TRUE(share.ok()) << share.error().ToString();
    share_ = std::move(share).value();
  }
  Status Poll() {
    return share_->Poll(20, [this](const Numbers& lost) {
      for (const std::int32_t number : lost) {
        given_up_.insert(number);
        EXPECT_FALSE(share_->owned().contains(number)) << "it is told before it goes, and not owned any more";
      }
    });
  }
  Numbers owned() const { return share_->owned(); }
  const Numbers& given_up() const { return given_up_; }

 private:
  SystemClock clock_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<WorkShare> share_;
  Numbers given_up_;
};

class KafkaWorkTest : public testing::Test {
 protected:
  std::string State(const std::string& name) const { return folder_ / (name + "/kafka"); }

  // Polls all until the condition holds, for at most half a minute.
  template <class Condition>
  static bool Until(const std::vector<Process*>& all, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < end) {
      for (Process* process : all) {
        EXPECT_TRUE(process->Poll().ok());
      }
      if (condition()) {
        return true;
      }
    }
    return false;
  }

  TempFolder folder_;
  const std::string prefix_ = "w" + std::to_string(std::random_device()());
};

// Of two owned sets: together all, nothing twice, shared fairly.
bool AreShared(const Numbers& a, const Numbers& b) {
  Numbers all = a;
  all.insert(b.begin(), b.end());
  return all.size() == kCount && a.size() + b.size() == kCount && a.size() >= 3 && b.size() >= 3;
}

TEST_F(KafkaWorkTest, ComesToANewProcessAndBackFromADeadOne) {
  Process first(prefix_, State("one"));
  ASSERT_TRUE(Until({&first}, [&] { return first.owned().size() == kCount; }));
  {
    Process second(prefix_, State("two"));
    ASSERT_TRUE(Until({&first, &second}, [&] { return AreShared(first.owned(), second.owned()); }));
    EXPECT_EQ(first.given_up(), second.owned()) << "only what had to move has moved";
  }
  ASSERT_TRUE(Until({&first}, [&] { return first.owned().size() == kCount; })) << "it is missed";
}

TEST_F(KafkaWorkTest, AProcessThatIsStartedAgainHasTheSame) {
  Process first(prefix_, State("one"));
  auto second = std::make_unique<Process>(prefix_, State("two"));
  ASSERT_TRUE(Until({&first, second.get()}, [&] { return AreShared(first.owned(), second->owned()); }));
  const Numbers before = second->owned();
  const Numbers others = first.owned();
  second.reset();
  second = std::make_unique<Process>(prefix_, State("two"));
  ASSERT_TRUE(Until({&first, second.get()}, [&] { return second->owned() == before; }));
  EXPECT_EQ(first.owned(), others);
}

TEST_F(KafkaWorkTest, NumbersThatCameLaterGoWithThoseThatWereThere) {
  Process first(prefix_, State("one"), 3);
  ASSERT_TRUE(Until({&first}, [&] { return first.owned() == Numbers{0, 1, 2}; }));
  Process more(prefix_, State("one"), 5);  // the same process with more streams
  ASSERT_TRUE(Until({&more}, [&] { return more.owned() == Numbers{0, 1, 2, 3, 4}; }));
}

TEST_F(KafkaWorkTest, TwoProcessesWithOneIdentityAreTold) {
  Process first(prefix_, State("one"));
  ASSERT_TRUE(Until({&first}, [&] { return first.owned().size() == kCount; }));
  Process copy(prefix_, State("one"));
  Status told;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (told.ok() && std::chrono::steady_clock::now() < end) {
    EXPECT_TRUE(copy.Poll().ok());
    told = first.Poll();
  }
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.error().code(), Code::kBusFenced);
  EXPECT_NE(told.error().message().find("kafka.instance"), std::string::npos) << told.error().message();
}

}  // namespace
}  // namespace crossbill::bus
