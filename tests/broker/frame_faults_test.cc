// Frames that are held, dropped and repeated between a task and its broker, and networks that are slow, cut
// or silent: nothing may be lost or doubled, in the topic, the offsets or the state. First each fault by
// itself, then a seeded mixture: CROSSBILL_SEED, CROSSBILL_FRAME_ROUNDS.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "tests/broker/copy_task.h"
#include "tests/broker/proxy_control.h"

namespace crossbill::bus {
namespace {

// Nothing lost or doubled, and no error that a task does not try again after; `fenced`: unless it is fenced.
void ExpectExact(CopyTopics& topics, CopyTask& task, bool fenced = false) {
  for (const Error& error : task.errors()) {
    EXPECT_TRUE(error.retry() != Retry::Never || (fenced && error.code() == Code::kBusFenced))
        << error.ToString();
  }
  const auto once = CopyTopics::Once(topics.documents());
  EXPECT_EQ(topics.Consumed(), topics.documents());
  EXPECT_EQ(topics.Copies(), once);
  EXPECT_EQ(task.State(), once);
}

// Whether a fault is to end the producer.
enum class Producer { kStays, kEnds, kEither };

struct Fault {
  const char* name;
  std::vector<std::string> commands;  // of kafka_proxy.py
  Producer producer;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

// From the second transaction on. What is held comes in the middle of a later one.
class FrameFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(FrameFaultTest, NothingIsLostOrDoubled) {
  ProxyControl proxy;
  proxy.Do("reset");
  CopyTopics topics;
  topics.Put(20);
  CopyTask task(topics);
  int released = 0;
  CopyTask::Hooks hooks;
  hooks.before_begin = [&](int step) {
    for (std::size_t i = 0; step == 1 && i < GetParam().commands.size(); ++i) {
      proxy.Do(GetParam().commands[i]);
    }
  };
  hooks.before_commit = [&](int step) { released += step >= 2 ? proxy.Release() : 0; };
  task.Run(hooks);
  const int opened = task.opened();
  EXPECT_EQ(proxy.Waiting(), 0) << "the fault has not happened";
  EXPECT_EQ(released > 0, GetParam().commands[0].starts_with("hold"));
  proxy.Do("heal");
  ExpectExact(topics, task);
  EXPECT_TRUE(opened == 1 ? GetParam().producer != Producer::kEnds : GetParam().producer != Producer::kStays)
      << opened << " producers";
}

const Fault kFaults[] = {
    {"HeldEndTxn", {"hold EndTxn cut"}, Producer::kEnds},
    {"UnansweredEndTxn", {"hold EndTxn"}, Producer::kEnds},
    {"LostAnswerToEndTxn", {"drop EndTxn n=2 cut"}, Producer::kEnds},
    {"NoAnswerToEndTxn", {"drop EndTxn"}, Producer::kEnds},
    {"HeldAddPartitions", {"hold AddPartitionsToTxn cut"}, Producer::kEnds},
    {"HeldAddOffsets", {"hold AddOffsetsToTxn cut"}, Producer::kEnds},
    {"HeldOffsets", {"hold TxnOffsetCommit cut"}, Producer::kEnds},
    {"UnansweredOffsets", {"hold TxnOffsetCommit"}, Producer::kEnds},
    // Told apart by their sequence numbers. A late one makes the broker refuse those of the next transaction,
    // which is aborted then.
    {"HeldProduce", {"hold Produce cut"}, Producer::kEither},
    {"LostAnswerToProduce", {"drop Produce cut"}, Producer::kStays},
    {"AllRepeated",
     {"repeat EndTxn n=2", "repeat AddPartitionsToTxn n=2", "repeat AddOffsetsToTxn n=2",
      "repeat TxnOffsetCommit n=2", "repeat Produce n=2"},
     Producer::kStays},
    {"SlowNetwork", {"delay 30"}, Producer::kStays},
    {"CutNetwork", {"cut for=1000"}, Producer::kEither},
    {"SilentNetwork", {"freeze for=2000"}, Producer::kEnds},
};

INSTANTIATE_TEST_SUITE_P(Each, FrameFaultTest, testing::ValuesIn(kFaults),
                         [](const auto& one) { return one.param.name; });

// It asks for the id as any other would, so that the producer is fenced by a request of its own process.
TEST(FrameFaults, ALateInitProducerIdFencesAndNothingIsLost) {
  ProxyControl proxy;
  proxy.Do("reset");
  CopyTopics topics;
  topics.Put(20);
  CopyTask task(topics);
  proxy.Do("hold InitProducerId cut id=" + topics.prefix + ".task");
  CopyTask::Hooks hooks;
  hooks.before_commit = [&](int step) {
    if (step == 2) {
      EXPECT_EQ(proxy.Release(), 1);
    }
  };
  task.Run(hooks);
  ExpectExact(topics, task, true);
}

// Whoever ends a transaction does not wait longer than for any other call.
TEST(FrameFaults, ACommitThatIsNeverAnsweredEndsAndIsTriedAgain) {
  constexpr std::int64_t kCallTimeoutMs = 5000;  // a request is repeated after one second, if not at once
  ProxyControl proxy;
  proxy.Do("reset");
  for (const std::string ending : {"commit", "abort"}) {
    CopyTopics topics;
    topics.Put(20);
    CopyTask task(topics, {.call_timeout_ms = kCallTimeoutMs});
    auto began = std::chrono::steady_clock::now();
    CopyTask::Hooks hooks;
    hooks.before_commit = [&](int step) {
      if (step == 1) {
        proxy.Do("hold EndTxn n=1000 " + ending);
        began = std::chrono::steady_clock::now();
      }
    };
    hooks.abort = [&](int step) { return step == 1 && ending == "abort"; };
    hooks.before_begin = [&](int step) {
      if (step == 2) {
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30)) << ending;
        proxy.Do("heal");
        EXPECT_GT(proxy.Release(), 1);
      }
    };
    task.Run(hooks);
    EXPECT_EQ(task.opened(), 2);
    ExpectExact(topics, task);
  }
}

// As when a process sleeps: the broker ends the transaction, and the producer learns of it with the commit.
TEST(FrameFaults, ATaskThatSleepsTooLongLosesNothing) {
  ProxyControl proxy;
  proxy.Do("reset");
  CopyTopics topics;
  topics.Put(20);
  CopyTask task(topics, {.properties = {{"transaction.timeout.ms", "1000"}}});
  CopyTask::Hooks hooks;
  hooks.before_commit = [&](int step) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (const std::int64_t end = topics.End(); step == 1 && topics.End() == end;) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the broker does not end the transaction";
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  };
  task.Run(hooks);
  ExpectExact(topics, task, true);
}

TEST(FrameFaults, ANetworkThatIsAwayForLongerThanATransactionLosesNothing) {
  ProxyControl proxy;
  for (const std::string command : {"cut for=3000", "freeze for=3000"}) {
    SCOPED_TRACE(command);
    proxy.Do("reset");
    CopyTopics topics;
    topics.Put(20);
    CopyTask task(topics, {.properties = {{"transaction.timeout.ms", "1500"}}});
    CopyTask::Hooks hooks;
    hooks.before_commit = [&](int step) {
      if (step == 1) {
        proxy.Do(command);
      }
    };
    task.Run(hooks);
    ExpectExact(topics, task, true);
  }
}

int FromEnvironment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

class Mixture {
 public:
  explicit Mixture(unsigned seed) : dice_(seed) {}
  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(dice_); }
  bool Chance(int percent) { return Below(100) < percent; }
  std::string Fault() {
    static constexpr const char* kApis[] = {"EndTxn",          "EndTxn",          "AddPartitionsToTxn",
                                            "AddOffsetsToTxn", "TxnOffsetCommit", "Produce",
                                            "InitProducerId"};
    const std::string api = kApis[Below(std::size(kApis))];
    const std::string cut = Chance(70) ? " cut" : "";
    const std::string ms = std::to_string(50 + Below(600));
    switch (Below(8)) {
      case 0:
        return "drop " + api + cut;
      case 1:
        return "repeat " + api + " n=" + std::to_string(1 + Below(3));
      case 2:
        return "cut for=" + ms;
      case 3:
        return "freeze for=" + std::to_string(50 + Below(1500));
      case 4:
        return "delay " + std::to_string(Below(30));
      case 5:
        return "hold " + api + cut + " for=" + ms;
      default:
        return "hold " + api + cut;
    }
  }

 private:
  std::mt19937 dice_;
};

TEST(FrameFaults, MixturesLoseAndDoubleNothing) {
  const int seed = FromEnvironment("CROSSBILL_SEED", 1);
  const int rounds = FromEnvironment("CROSSBILL_FRAME_ROUNDS", 4);
  ProxyControl proxy;
  std::map<std::string, int> errors;
  int faults = 0;
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("CROSSBILL_SEED=" + std::to_string(seed + round) + " CROSSBILL_FRAME_ROUNDS=1");
    proxy.Do("reset");
    CopyTopics topics;
    topics.Put(40);
    CopyTask task(topics);
    Mixture mixture(static_cast<unsigned>(seed + round));
    std::string told;
    const auto disturb = [&](int percent) {
      if (mixture.Chance(percent)) {
        const std::string fault = mixture.Fault();
        told += fault + "; ";
        proxy.Do(fault);
        ++faults;
      } else if (mixture.Chance(30)) {
        proxy.Release();
      }
    };
    CopyTask::Hooks hooks;
    hooks.before_begin = [&](int) { disturb(30); };
    hooks.before_commit = [&](int) { disturb(30); };
    hooks.abort = [&](int) { return mixture.Chance(10); };
    hooks.batch = [&](int) { return std::size_t{1} + static_cast<std::size_t>(mixture.Below(10)); };
    task.Run(hooks);
    proxy.Do("heal");
    proxy.Release();
    ExpectExact(topics, task, told.find("InitProducerId") != std::string::npos);
    EXPECT_FALSE(testing::Test::HasFailure()) << told;
    for (const Error& error : task.errors()) {
      ++errors[std::string(InfoOf(error.code()).name)];
    }
  }
  std::cout << rounds << " rounds from seed " << seed << ", " << faults << " faults";
  for (const auto& [code, count] : errors) {
    std::cout << ", " << code << " " << count;
  }
  std::cout << std::endl;
}

}  // namespace
}  // namespace crossbill::bus
