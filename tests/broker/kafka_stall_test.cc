// A broker that stood still: it is let in again as a leader of a later epoch, while connections live on.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "bus/kafka/kafka_bus.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

constexpr auto kStall = std::chrono::seconds(5);  // the brokers of deploy/kafka are forgotten after three

class KafkaStallTest : public testing::Test {
 protected:
  KafkaStallTest() {
    const char* path = std::getenv("CROSSBILL_TEST_KAFKA");
    servers_ = path == nullptr ? "" : path;
    KafkaOptions options;
    std::ifstream(servers_) >> options.properties["bootstrap.servers"];
    options.prefix = "stall" + std::to_string(std::random_device()());
    options.state_path = folder_ / "state";
    options.call_timeout_ms = 20000;
    options.clock = &clock_;
    options.ending = [this] { return ending_.load(); };
    topic_ = {options.prefix + ".events", 0};
    auto opened = OpenKafkaBus(options);
    EXPECT_TRUE(opened.ok()) << opened.error().ToString();
    bus_ = std::move(opened).value();
  }
  void Put(Producer& producer) {
    RecordView record;
    record.key = "k";
    Expect(producer.Begin());
    Expect(producer.Send(topic_.topic, 0, record));
    Expect(producer.Commit());
  }
  // Of a producer that has put something already; nullptr: it cannot.
  std::unique_ptr<Producer> FirstPut() {
    TopicSpec spec;
    spec.name = topic_.topic;
    Expect(bus_->CreateTopics({spec}));
    auto producer = bus_->OpenProducer(topic_.topic + ".producer");
    EXPECT_TRUE(producer.ok()) << producer.error().ToString();
    if (!producer.ok()) {
      return nullptr;
    }
    Put(**producer);
    return std::move(producer).value();
  }
  std::int64_t End() {
    const auto range = bus_->Range(topic_);
    EXPECT_TRUE(range.ok()) << range.error().ToString();
    return range.ok() ? range->end : -1;
  }
  void Signal(int number) const {
    pid_t broker = 0;
    std::ifstream(servers_.parent_path() / "broker-0" / "pid") >> broker;
    ASSERT_GT(broker, 1);
    ASSERT_EQ(kill(broker, number), 0);
  }
  static void Expect(const Status& status) { EXPECT_TRUE(status.ok()) << status.error().ToString(); }

  std::filesystem::path servers_;
  SystemClock clock_;
  std::atomic<bool> ending_ = false;
  TempFolder folder_;
  TopicPartition topic_;
  std::unique_ptr<Bus> bus_;
};

TEST_F(KafkaStallTest, TheBusGoesOn) {
  auto producer = FirstPut();
  ASSERT_NE(producer, nullptr);
  const std::int64_t before = End();
  EXPECT_GT(before, 0);
  Signal(SIGSTOP);
  std::this_thread::sleep_for(kStall);
  Signal(SIGCONT);
  // The broker finds out, and is let in again, within a second or two: look while that goes on.
  const auto until = std::chrono::steady_clock::now() + kStall;
  while (std::chrono::steady_clock::now() < until && !HasFailure()) {
    EXPECT_EQ(End(), before);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  Put(*producer);
  EXPECT_GT(End(), before);
}

// SIGTERM while the broker is away: a few seconds, and not the whole time of a call for each of them.
TEST_F(KafkaStallTest, AProcessThatEndsDoesNotWaitLong) {
  auto producer = FirstPut();
  ASSERT_NE(producer, nullptr);
  Signal(SIGSTOP);
  std::thread later([this] {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    ending_ = true;
  });
  const auto began = std::chrono::steady_clock::now();
  RecordView record;
  record.key = "k";
  Expect(producer->Begin());
  Expect(producer->Send(topic_.topic, 0, record));
  const Status committed = producer->Commit();
  const auto range = bus_->Range(topic_);
  producer.reset();
  const auto took = std::chrono::steady_clock::now() - began;
  Signal(SIGCONT);
  later.join();
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().code(), Code::kBusUnavailable) << committed.error().ToString();
  EXPECT_FALSE(range.ok());
  EXPECT_LT(took, std::chrono::seconds(15)) << "two calls of 20 s";
}

}  // namespace
}  // namespace crossbill::bus
