#include "runtime/task_pool.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "bus/memory/memory_bus.h"

namespace crossbill::runtime {
namespace {

TEST(PaceTest, AStageWaitsForThoseBeforeItAndNotForThoseAfter) {
  Pace pace(3);
  EXPECT_TRUE(pace.MayRun(0) && pace.MayRun(1) && pace.MayRun(2));
  pace.Reads(1, true);
  EXPECT_TRUE(pace.MayRun(0));
  EXPECT_TRUE(pace.MayRun(1));
  EXPECT_FALSE(pace.MayRun(2));
}

TEST(PaceTest, WaitsUntilEveryTaskOfTheStageHasCaughtUp) {
  Pace pace(2);
  pace.Reads(0, true);
  pace.Owes(0, true);
  pace.Reads(0, false);
  EXPECT_FALSE(pace.MayRun(1));
  pace.Owes(0, false);
  EXPECT_TRUE(pace.MayRun(1));
}

TEST(PaceTest, SettlesWhenItsOwnStageHasLittleToReadButMayOwe) {
  Pace pace(2);
  pace.Reads(1, true);
  EXPECT_TRUE(pace.MayRun(1));
  EXPECT_FALSE(pace.MaySettle(1)) << "a task that had no step yet may have much to read";
  pace.Reads(1, false);
  pace.Owes(1, true);
  EXPECT_TRUE(pace.MaySettle(1));
}

// Passes records on when it settles, two in a flush; what it owes is in its state.
class Lazy final : public transforms::Processor {
 public:
  Status Process(std::string_view, const bus::RecordView& record, transforms::Context& context) override {
    context.state().Put(record.key, *record.value);
    owes_ = true;
    return Ok();
  }
  Status Flush(transforms::Context& context) override {
    std::vector<std::string> keys;
    CROSSBILL_RETURN_IF_ERROR(context.state().Scan("", [&](std::string_view key, std::string_view) {
      keys.emplace_back(key);
      return true;
    }));
    for (std::size_t i = 0; i < 2 && i < keys.size() && context.settles(); ++i) {
      context.Emit("out", {keys[i], "x", {}, 0});
      context.state().Delete(keys[i]);
      keys[i].clear();
    }
    owes_ = !keys.empty() && !keys.back().empty();
    return Ok();
  }
  bool owes() const override { return owes_; }

 private:
  bool owes_ = false;
};

class NoLog final : public Log {
 public:
  void Write(LogLevel, std::string_view, std::initializer_list<Field>) override {}
};

class TaskPoolTest : public testing::Test {
 protected:
  static constexpr int kPartitions = 3;
  TaskPoolTest() {
    bus::TopicSpec in;
    in.name = "in";
    in.partitions = kPartitions;
    bus::TopicSpec out;
    out.name = "out";
    CROSSBILL_CHECK(bus_->CreateTopics({in, out}).ok());
    auto producer = std::move(bus_->OpenProducer("feeder")).value();
    CROSSBILL_CHECK(producer->Begin().ok());
    for (int i = 0; i < 100; ++i) {
      CROSSBILL_CHECK(producer->Send("in", -1, {"k" + std::to_string(i), "v", {}, 0}).ok());
    }
    CROSSBILL_CHECK(producer->Commit().ok());
    stage_.name = "lazy";
    stage_.inputs = {"in"};
    stage_.make = [](std::int32_t) { return std::make_unique<Lazy>(); };
  }
  std::multiset<std::string> Out() {
    std::multiset<std::string> keys;
    auto consumer = std::move(bus_->OpenConsumer("look")).value();
    CROSSBILL_CHECK(consumer->Assign({{"out", 0}}).ok());
    const auto batch = consumer->Poll(1000, 0);
    for (const auto& fetched : batch->records) {
      keys.emplace(fetched.record.key);
    }
    return keys;
  }
  void AddTasks(TaskPool& pool) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      transforms::TaskOptions options;
      options.prefix = "t";
      options.partition = partition;
      options.partitions = kPartitions;
      pool.Add(stage_, options, 0, partition);
    }
  }
  std::unique_ptr<bus::Bus> bus_ = bus::MakeMemoryBus();
  SystemClock clock_;
  NoLog log_;
  transforms::Stage stage_;
};

TEST_F(TaskPoolTest, AStageMayWaitUntilTheSourcesWereRead) {
  stage_.after_sources = true;
  TaskPool pool(*bus_, clock_, log_, 1);
  AddTasks(pool);
  pool.Own({0, 1, 2});
  const std::jthread thread(
      [&](std::stop_token stop) { EXPECT_TRUE(pool.Run([] { return Date(0); }, stop).ok()); });
  while (pool.records() < 100) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(pool.IsSettled());
  EXPECT_TRUE(Out().empty());
  pool.SourcesAreRead();
  while (!pool.IsSettled()) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Out().size(), 100u);
}

TEST_F(TaskPoolTest, ThreadsShareTheTasksAndEverythingIsSettledOnce) {
  TaskPool pool(*bus_, clock_, log_, 1);
  AddTasks(pool);
  pool.Own({0, 1, 2});
  EXPECT_FALSE(pool.IsSettled()) << "nobody had a turn yet";
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&](std::stop_token stop) { EXPECT_TRUE(pool.Run([] { return Date(0); }, stop).ok()); });
  }
  while (!pool.IsSettled() || pool.records() < 100) {
    std::this_thread::yield();
  }
  threads.clear();
  EXPECT_EQ(pool.records(), 100);
  const auto out = Out();
  EXPECT_EQ(out.size(), 100u);
  EXPECT_EQ(std::set<std::string>(out.begin(), out.end()).size(), 100u);
}

// Two pools stand for two processes; what one gives up the other takes over, again and again, with threads at
// work.
TEST_F(TaskPoolTest, WorkThatMovesIsDoneOnceByWhoeverHasIt) {
  TaskPool one(*bus_, clock_, log_, 1);
  TaskPool two(*bus_, clock_, log_, 1);
  AddTasks(one);
  AddTasks(two);
  std::vector<std::jthread> threads;
  for (TaskPool* pool : {&one, &two, &one}) {
    threads.emplace_back(
        [pool](std::stop_token stop) { EXPECT_TRUE(pool->Run([] { return Date(0); }, stop).ok()); });
  }
  EXPECT_EQ(one.Elsewhere(), (std::vector<std::string>{"lazy.0", "lazy.1", "lazy.2"}));
  EXPECT_EQ(Out().size(), 0u) << "nothing runs that is not owned";
  for (int round = 0; round < 200; ++round) {
    one.GiveUp({0, 1, 2});
    two.Own({0, 1, 2});
    two.GiveUp({0, 2});
    one.Own({0, 2});
    two.Own({1});
    std::this_thread::yield();
  }
  while (Out().size() < 100) {
    std::this_thread::yield();
  }
  while (!one.IsSettled() || !two.IsSettled()) {
    std::this_thread::yield();
  }
  threads.clear();
  EXPECT_EQ(one.Elsewhere(), std::vector<std::string>{"lazy.1"});
  EXPECT_TRUE(one.Owns(0) && two.Owns(1) && !two.Owns(2));
  const auto out = Out();
  EXPECT_EQ(out.size(), 100u);
  EXPECT_EQ(std::set<std::string>(out.begin(), out.end()).size(), 100u);
  EXPECT_EQ(one.records() + two.records(), 100);
}

TEST_F(TaskPoolTest, AnErrorThatNothingMendsEndsTheRun) {
  TaskPool pool(*bus_, clock_, log_, 1);
  stage_.inputs = {"missing"};
  stage_.single = true;
  AddTasks(pool);
  pool.Own({0, 1, 2});
  const Status outcome = pool.Run([] { return Date(0); }, std::stop_token());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), Code::kBusTopic);
  EXPECT_FALSE(pool.IsSettled());
}

}  // namespace
}  // namespace crossbill::runtime
