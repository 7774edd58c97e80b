#include "bus/framing/framed_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/memory/memory_bus.h"

namespace crossbill::bus {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::Optional;

template <class T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.error().ToString();
  return std::move(result).value();
}

void Must(const Status& status) { EXPECT_TRUE(status.ok()) << status.error().ToString(); }

// Two handles on one memory bus, so that a test sees both sides of the frames.
class Shared final : public Bus {
 public:
  explicit Shared(std::shared_ptr<Bus> bus) : bus_(std::move(bus)) {}
  Status CreateTopics(const std::vector<TopicSpec>& topics) override { return bus_->CreateTopics(topics); }
  Result<std::vector<TopicSpec>> ListTopics() override { return bus_->ListTopics(); }
  Result<PartitionRange> Range(const TopicPartition& partition) override { return bus_->Range(partition); }
  Result<std::optional<std::int64_t>> CommittedOffset(std::string_view group,
                                                      const TopicPartition& partition) override {
    return bus_->CommittedOffset(group, partition);
  }
  Result<std::unique_ptr<Producer>> OpenProducer(std::string_view id) override {
    return bus_->OpenProducer(id);
  }
  Result<std::unique_ptr<Consumer>> OpenConsumer(std::string_view group) override {
    return bus_->OpenConsumer(group);
  }
  Status DeleteBefore(const TopicPartition& partition, std::int64_t offset) override {
    return bus_->DeleteBefore(partition, offset);
  }
  Status Maintain(std::int64_t now_ms) override { return bus_->Maintain(now_ms); }
  std::vector<std::string> Groups() override { return bus_->Groups(); }
  // Those that a bus need not have: whether they come to the bus's own.
  Result<std::int32_t> CountPartitions(std::string_view) override { return Own("CountPartitions"); }
  Result<std::map<TopicPartition, PartitionRange>> Ranges(const std::vector<TopicPartition>&) override {
    return Own("Ranges");
  }
  Result<std::map<TopicPartition, std::int64_t>> CommittedOffsets(
      std::string_view, const std::vector<TopicPartition>&) override {
    return Own("CommittedOffsets");
  }
  Result<std::unique_ptr<WorkShare>> JoinWork(std::string_view, std::int32_t) override {
    return Own("JoinWork");
  }
  Result<std::int64_t> FollowState(std::string_view) override { return Own("FollowState"); }

 private:
  static Error Own(const char* method) { return {Code::kInternal, method}; }
  std::shared_ptr<Bus> bus_;
};

using Values = std::vector<std::optional<std::string>>;

void Write(Bus& bus, std::string_view topic, const Values& values) {
  const auto producer = Must(bus.OpenProducer("p"));
  Must(producer->Begin());
  for (const auto& value : values) {
    Must(producer->Send(topic, 0,
                        {"key", value ? std::optional<std::string_view>(*value) : std::nullopt, {}, 1}));
  }
  Must(producer->Commit());
}

Values Read(Bus& bus, const std::string& topic) {
  const auto consumer = Must(bus.OpenConsumer("g"));
  Must(consumer->Assign({{topic, 0}}));
  Must(consumer->Seek({topic, 0}, 0));
  Values values;
  const Batch batch = Must(consumer->Poll(100, 0));
  for (const FetchedRecord& fetched : batch.records) {
    values.push_back(fetched.record.value ? std::optional(std::string(*fetched.record.value)) : std::nullopt);
  }
  return values;
}

class FramedBusTest : public testing::Test {
 protected:
  std::unique_ptr<Bus> Framed(Result<std::string> frame) {
    return MakeFramedBus(std::make_unique<Shared>(raw_),
                         {[](std::string_view topic) { return topic == "framed"; },
                          [this, frame](const std::string& topic) {
                            asked_.push_back(topic);
                            return frame;
                          }});
  }
  void SetUp() override { Must(raw_->CreateTopics({{"framed", 1, false, {}}, {"plain", 1, false, {}}})); }

  std::shared_ptr<Bus> raw_ = MakeMemoryBus();
  std::vector<std::string> asked_;
};

TEST_F(FramedBusTest, FramesAreWrittenAndTakenOff) {
  const auto bus = Framed("\0\0\0\0\7\0"s);
  Write(*bus, "framed", {"abc", "", std::nullopt});
  EXPECT_THAT(Read(*raw_, "framed"), ElementsAre("\0\0\0\0\7\0abc"s, "\0\0\0\0\7\0"s, std::nullopt));
  EXPECT_THAT(Read(*bus, "framed"), ElementsAre("abc", "", std::nullopt)) << "a tombstone stays one";
}

TEST_F(FramedBusTest, OtherTopicsAreLeftAlone) {
  const auto bus = Framed("\0\0\0\0\7\0"s);
  Write(*bus, "plain", {"abc", "\0\0\0\0\7\0x"s});
  EXPECT_THAT(Read(*raw_, "plain"), ElementsAre("abc", "\0\0\0\0\7\0x"s));
  EXPECT_EQ(Read(*bus, "plain"), Read(*raw_, "plain"));
  EXPECT_TRUE(asked_.empty());
}

// A topic from before the registry, and one from when there was a registry.
TEST_F(FramedBusTest, BothKindsOfValuesAreRead) {
  Write(*raw_, "framed", {"before"});
  Write(*Framed("\0\0\0\0\7\0"s), "framed", {"with"});
  const auto without =
      MakeFramedBus(std::make_unique<Shared>(raw_), {[](std::string_view) { return true; }, {}});
  Write(*without, "framed", {"after"});
  EXPECT_THAT(Read(*without, "framed"), ElementsAre("before", "with", "after"));
  EXPECT_THAT(Read(*raw_, "framed"), ElementsAre("before", "\0\0\0\0\7\0with"s, "after"));
}

TEST_F(FramedBusTest, TheFrameIsAskedForOnce) {
  const auto bus = Framed("\0\0\0\0\7\0"s);
  Must(bus->CreateTopics({{"framed", 1, false, {}}, {"plain", 1, false, {}}}));
  EXPECT_THAT(asked_, ElementsAre("framed"));
  Write(*bus, "framed", {"a"});
  Write(*bus, "framed", {"b"});
  EXPECT_THAT(asked_, ElementsAre("framed"));
}

// A method with a default in bus.h that is not passed on would be the default's, unseen.
TEST_F(FramedBusTest, EveryCallComesToTheBusBelow) {
  const auto bus = Framed(std::string());
  EXPECT_EQ(bus->CountPartitions("plain").error().message(), "CountPartitions");
  EXPECT_EQ(bus->Ranges({}).error().message(), "Ranges");
  EXPECT_EQ(bus->CommittedOffsets("g", {}).error().message(), "CommittedOffsets");
  EXPECT_EQ(bus->JoinWork("w", 1).error().message(), "JoinWork");
  EXPECT_EQ(bus->FollowState("s").error().message(), "FollowState");
}

// Without its schema nothing is written: nobody could read it.
TEST_F(FramedBusTest, WithoutASchemaNothingIsWritten) {
  const auto bus = Framed(Error(Code::kBusUnavailable, "away"));
  const Status made = bus->CreateTopics({{"framed", 1, false, {}}});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code(), Code::kBusUnavailable);
  const auto producer = Must(bus->OpenProducer("p"));
  Must(producer->Begin());
  EXPECT_FALSE(producer->Send("framed", 0, {"key", "abc", {}, 1}).ok());
  Must(producer->Send("plain", 0, {"key", "abc", {}, 1}));
  Must(producer->Abort());
  EXPECT_TRUE(Read(*raw_, "framed").empty());
}

}  // namespace
}  // namespace crossbill::bus
