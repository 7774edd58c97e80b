#include "runtime/cleaning.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {
namespace {

class CleaningTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bus_->CreateTopics(bus::SpecsOf(topics_)).ok());
    producer_ = bus_->OpenProducer("test").value();
  }

  static transforms::Stage StageOf(std::string name, std::vector<std::string> inputs) {
    transforms::Stage stage;
    stage.name = std::move(name);
    stage.inputs = std::move(inputs);
    return stage;
  }

  void Fill(const std::string& topic, std::int32_t partition, int count) {
    ASSERT_TRUE(producer_->Begin().ok());
    for (int i = 0; i < count; ++i) {
      bus::RecordView record;
      record.key = "k";
      record.value = "v";
      ASSERT_TRUE(producer_->Send(topic, partition, record).ok());
    }
    ASSERT_TRUE(producer_->Commit().ok());
  }

  void Read(const std::string& stage, const bus::TopicPartition& partition, std::int64_t offset) {
    ASSERT_TRUE(producer_->Begin().ok());
    ASSERT_TRUE(producer_->SendOffsets("t." + stage, {{partition, offset}}).ok());
    ASSERT_TRUE(producer_->Commit().ok());
  }

  std::int64_t Begin(const bus::TopicPartition& partition) { return bus_->Range(partition).value().begin; }

  const bus::Topics topics_{"t", 2};
  std::unique_ptr<bus::Bus> bus_ = bus::MakeMemoryBus();
  std::unique_ptr<bus::Producer> producer_;
};

TEST_F(CleaningTest, OnlyWhatWasReadGoes) {
  const std::vector<transforms::Stage> stages = {
      StageOf("routing", {topics_.Routing(), topics_.Assignments()})};
  Fill(topics_.Routing(), 0, 10);
  Fill(topics_.Routing(), 1, 10);
  Read("routing", {topics_.Routing(), 0}, 7);
  for (int round = 0; round < 2; ++round) {  // once more changes nothing
    ASSERT_TRUE(DeleteConsumed(*bus_, topics_, stages).ok());
    EXPECT_EQ(Begin({topics_.Routing(), 0}), 7);
    EXPECT_EQ(Begin({topics_.Routing(), 1}), 0) << "nobody has read it";
  }
}

TEST_F(CleaningTest, AgeTakesNothingThatWaits) {
  Fill(topics_.Publish(), 0, 10);
  constexpr std::int64_t kYearMs = 365LL * 24 * 60 * 60 * 1000;
  ASSERT_TRUE(bus_->Maintain(100 * kYearMs).ok());
  EXPECT_EQ(Begin({topics_.Publish(), 0}), 0);
}

TEST_F(CleaningTest, TheSlowestStageDecides) {
  const std::vector<transforms::Stage> stages = {StageOf("one", {topics_.Reconcile()}),
                                                 StageOf("two", {topics_.Reconcile()})};
  Fill(topics_.Reconcile(), 0, 10);
  Read("one", {topics_.Reconcile(), 0}, 9);
  ASSERT_TRUE(DeleteConsumed(*bus_, topics_, stages).ok());
  EXPECT_EQ(Begin({topics_.Reconcile(), 0}), 0);
  Read("two", {topics_.Reconcile(), 0}, 4);
  ASSERT_TRUE(DeleteConsumed(*bus_, topics_, stages).ok());
  EXPECT_EQ(Begin({topics_.Reconcile(), 0}), 4);
}

TEST_F(CleaningTest, OtherTopicsStay) {
  const std::vector<transforms::Stage> stages = {
      StageOf("intake", {topics_.Source("order"), topics_.Assignments()})};
  for (const std::string& topic : {topics_.Source("order"), topics_.Assignments()}) {
    Fill(topic, 0, 10);
    Read("intake", {topic, 0}, 10);
    ASSERT_TRUE(DeleteConsumed(*bus_, topics_, stages).ok());
    EXPECT_EQ(Begin({topic, 0}), 0) << topic;
  }
}

}  // namespace
}  // namespace crossbill::runtime
