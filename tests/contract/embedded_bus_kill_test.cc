// kill -9 at random times: a child process commits numbered transactions of two workers, each of records in
// two topics, an offset and state; this process kills it, opens the folder and checks that all of them agree,
// exactly, and that nothing that the child was told to be committed is missing. Seeds are printed;
// CROSSBILL_KILLS sets the number of kills.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

#include "bus/embedded/embedded_bus.h"
#include "tests/contract/bus_contract.h"
#include "tests/contract/temp_folder.h"

extern char** environ;

namespace crossbill::bus {
namespace {

constexpr int kWorkers = 2;
constexpr int kPartitions = 3;
constexpr int kRecords = 7;  // of a transaction and topic
constexpr std::int64_t kNowMs = 1'800'000'000'000;
const std::vector<TopicSpec> kTopics = {
    {"in", kWorkers, false, {}}, {"log", kPartitions, false, {}}, {"table", kPartitions, true, {}}};

std::string WorkerName(int worker) { return "worker" + std::to_string(worker); }
std::string TableKey(int worker, std::int64_t number, int i) {
  return WorkerName(worker) + "/" + std::to_string((number * kRecords + i) % 40);
}

// What a worker writes in its transaction `number`.
Status Transact(Producer& producer, StateStore& state, int worker, std::int64_t number) {
  CROSSBILL_RETURN_IF_ERROR(producer.Begin());
  const std::string filler(static_cast<std::size_t>(number * 37 % 900), static_cast<char>('a' + number % 26));
  for (int i = 0; i < kRecords; ++i) {
    const std::string key = WorkerName(worker) + ":" + std::to_string(i);
    const std::string value = std::to_string(number) + " " + filler;
    RecordView record;
    record.key = key;
    record.value = value;
    record.timestamp_ms = kNowMs;
    CROSSBILL_RETURN_IF_ERROR(producer.Send("log", -1, record));
    const std::string table_key = TableKey(worker, number, i);
    record.key = table_key;
    CROSSBILL_RETURN_IF_ERROR(producer.Send("table", -1, record));
  }
  CROSSBILL_RETURN_IF_ERROR(producer.SendOffsets(WorkerName(worker), {{{"in", worker}, number + 1}}));
  state.Put("next", std::to_string(number + 1));
  state.Put("seen/" + std::to_string(number), filler);
  return producer.Commit();
}

// The child: works until it is killed, and says after each commit "<worker> <number>".
int Child(const char* path, bool sync) {
  auto bus = OpenEmbeddedBus({.path = path, .sync_commits = sync, .memory_bytes = 8u << 20});
  if (!bus.ok() || !(*bus)->CreateTopics(kTopics).ok()) {
    return 1;
  }
  std::vector<std::thread> threads;
  for (int worker = 0; worker < kWorkers; ++worker) {
    threads.emplace_back([&bus, worker] {
      auto producer = (*bus)->OpenProducer(WorkerName(worker));
      auto state =
          producer.ok() ? (*producer)->OpenState(WorkerName(worker)) : Result<StateStore*>(producer.error());
      if (!state.ok()) {
        std::_Exit(1);
      }
      const auto next = (*state)->Get("next");
      if (!next.ok()) {
        std::_Exit(1);
      }
      for (std::int64_t number = next->has_value() ? std::stoll(**next) : 0;; ++number) {
        if (!Transact(**producer, **state, worker, number).ok()) {
          std::_Exit(1);
        }
        const std::array<std::int64_t, 2> said = {worker, number};
        if (write(STDOUT_FILENO, said.data(), sizeof(said)) != static_cast<ssize_t>(sizeof(said))) {
          std::_Exit(1);
        }
        if (number % 16 == 0 && !(*bus)->Maintain(kNowMs).ok()) {
          std::_Exit(1);
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  return 0;
}

struct Started {
  pid_t pid = -1;
  int out = -1;
};

Started Start(const std::string& path, bool sync) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string self = "/proc/self/exe";
  std::string mode = sync ? "--child-sync" : "--child";
  std::string folder = path;
  std::array<char*, 4> arguments = {self.data(), mode.data(), folder.data(), nullptr};
  Started started;
  EXPECT_EQ(posix_spawn(&started.pid, "/proc/self/exe", &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  started.out = ends[0];
  return started;
}

class KillTest : public testing::Test {
 protected:
  // Lets the child say `acks` commits, then kills it within the next moments.
  void RunAndKill(bool sync, int acks, int extra_us) {
    const Started child = Start(path_, sync);
    std::array<std::int64_t, 2> said{};
    const auto take = [&] {
      if (read(child.out, said.data(), sizeof(said)) != static_cast<ssize_t>(sizeof(said))) {
        return false;
      }
      acked_[static_cast<std::size_t>(said[0])] = said[1];
      return true;
    };
    for (int i = 0; i < acks; ++i) {
      ASSERT_TRUE(take()) << "the child ended by itself";
    }
    usleep(static_cast<useconds_t>(extra_us));
    kill(child.pid, SIGKILL);
    int status = 0;
    waitpid(child.pid, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    while (take()) {
    }
    close(child.out);
  }

  void Verify() {
    auto opened = OpenEmbeddedBus({.path = path_, .sync_commits = false, .memory_bytes = 8u << 20});
    CROSSBILL_ASSERT_OK(opened);
    Bus& bus = **opened;
    CROSSBILL_ASSERT_OK(bus.CreateTopics(kTopics));
    std::map<std::string, std::vector<std::int64_t>> numbers;  // of the log, by key
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      ReadLog(bus, {"log", p}, numbers);
    }
    std::map<std::string, std::int64_t> table;
    CROSSBILL_ASSERT_OK(ReadCompacted(bus, "table", [&](const RecordView& record) -> Status {
      table[std::string(record.key)] = std::stoll(std::string(*record.value));
      return Ok();
    }));
    std::size_t table_keys = 0;
    for (int worker = 0; worker < kWorkers; ++worker) {
      table_keys += VerifyWorker(bus, worker, numbers, table);
    }
    EXPECT_EQ(table.size(), table_keys);
  }

  static void ReadLog(Bus& bus, const TopicPartition& partition,
                      std::map<std::string, std::vector<std::int64_t>>& numbers) {
    auto consumer = bus.OpenConsumer("verify");
    CROSSBILL_ASSERT_OK(consumer);
    CROSSBILL_ASSERT_OK((*consumer)->Assign({partition}));
    while (true) {
      const auto batch = (*consumer)->Poll(1000, 0);
      CROSSBILL_ASSERT_OK(batch);
      if (batch->next_offsets.empty()) {
        return;
      }
      for (const FetchedRecord& fetched : batch->records) {
        numbers[std::string(fetched.record.key)].push_back(
            std::stoll(std::string(fetched.record.value.value_or("-1"))));
      }
    }
  }

  // Returns the number of table keys that the worker has.
  std::size_t VerifyWorker(Bus& bus, int worker, std::map<std::string, std::vector<std::int64_t>>& numbers,
                           const std::map<std::string, std::int64_t>& table) {
    std::int64_t next = 0;
    {
      auto producer = bus.OpenProducer(WorkerName(worker));
      CROSSBILL_EXPECT_OK(producer);
      auto state = (*producer)->OpenState(WorkerName(worker));
      CROSSBILL_EXPECT_OK(state);
      const auto value = (*state)->Get("next");
      CROSSBILL_EXPECT_OK(value);
      next = value->has_value() ? std::stoll(**value) : 0;
      std::int64_t seen = 0;
      CROSSBILL_EXPECT_OK(
          (*state)->Scan("seen/", [&](std::string_view, std::string_view) { return ++seen > 0; }));
      EXPECT_EQ(seen, next);
    }
    EXPECT_GE(next, acked_[static_cast<std::size_t>(worker)] + 1) << "a commit that was confirmed is gone";
    const auto offset = bus.CommittedOffset(WorkerName(worker), {"in", worker});
    CROSSBILL_EXPECT_OK(offset);
    EXPECT_EQ(offset->value_or(0), next);
    std::vector<std::int64_t> all(static_cast<std::size_t>(next));
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = static_cast<std::int64_t>(i);
    }
    std::map<std::string, std::int64_t> newest;
    for (int i = 0; i < kRecords; ++i) {
      const std::vector<std::int64_t> got = numbers[WorkerName(worker) + ":" + std::to_string(i)];
      EXPECT_TRUE(got == all) << "records of worker " << worker << ": " << got.size() << " of " << next;
      for (std::int64_t number = 0; number < next; ++number) {
        std::int64_t& last = newest[TableKey(worker, number, i)];
        last = std::max(last, number);
      }
    }
    for (const auto& [key, number] : newest) {
      const auto found = table.find(key);
      EXPECT_TRUE(found != table.end() && found->second == number) << key;
    }
    return newest.size();
  }

  TempFolder folder_;
  std::string path_ = folder_ / "bus";
  std::array<std::int64_t, kWorkers> acked_ = {-1, -1};
};

TEST_F(KillTest, WhatWasCommittedAgreesAfterEveryKill) {
  const char* const wanted = std::getenv("CROSSBILL_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 24;
  const char* const seeded = std::getenv("CROSSBILL_SEED");
  const std::uint64_t seed = seeded != nullptr ? std::strtoull(seeded, nullptr, 10) : 20260101;
  std::printf("seed %llu, %d kills\n", static_cast<unsigned long long>(seed), kills);
  std::mt19937_64 random(seed);
  for (int i = 0; i < kills && !HasFailure(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    const bool while_opening = random() % 6 == 0;
    RunAndKill(random() % 4 == 0, while_opening ? 0 : static_cast<int>(random() % 120),
               static_cast<int>(random() % 20'000));
    Verify();
  }
  std::printf("%lld and %lld transactions\n", static_cast<long long>(acked_[0] + 1),
              static_cast<long long>(acked_[1] + 1));
}

}  // namespace
}  // namespace crossbill::bus

int main(int argc, char** argv) {
  if (argc == 3 && std::strncmp(argv[1], "--child", 7) == 0) {
    return crossbill::bus::Child(argv[2], std::strcmp(argv[1], "--child-sync") == 0);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
