// A task as the runtime has them, as small as can be: it copies documents from one topic to another, counts
// each in its state, and does with errors what the runtime does. Beside it the oracle.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "bus/kafka/kafka_bus.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {

// The topics of one test, on the broker without a proxy. Document i is the record at offset i of `in`.
class CopyTopics {
 public:
  CopyTopics();
  void Put(int documents);
  int documents() const { return documents_; }
  // How often each document can be read from `out`, by a reader of committed records.
  std::map<std::string, int> Copies();
  // Where committed records of `out` end: before an open transaction.
  std::int64_t End();
  // The number of documents that the group has behind it.
  int Consumed();

  const std::string prefix;
  const std::string in = prefix + ".in";
  const std::string out = prefix + ".out";
  const std::string group = prefix + ".copy";
  static std::string NameOf(int document);
  // Documents 0 to count - 1, each once.
  static std::map<std::string, int> Once(int count);

 private:
  SystemClock clock_;
  TempFolder folder_;
  std::unique_ptr<Bus> bus_;
  int documents_ = 0;
};

// How a bus behind the proxy differs from the usual.
struct BusSettings {
  bool guard = true;
  std::int64_t call_timeout_ms = 5000;
  std::map<std::string, std::string> properties = {};  // of librdkafka
};

// A bus whose connections go through the proxy, with short timeouts.
class ProxiedBus {
 public:
  ProxiedBus(const CopyTopics& topics, const BusSettings& settings);
  Bus& operator*() { return *bus_; }
  Bus* operator->() { return bus_.get(); }

 private:
  SystemClock clock_;
  TempFolder folder_;
  std::unique_ptr<Bus> bus_;
};

class CopyTask {
 public:
  // Where a test comes in between; `step` counts the transactions that were tried.
  struct Hooks {
    std::function<void(int step)> before_begin = [](int) {};
    std::function<void(int step)> before_commit = [](int) {};
    std::function<bool(int step)> abort = [](int) { return false; };  // instead of committing
    std::function<std::size_t(int step)> batch = [](int) { return 5; };
  };

  explicit CopyTask(CopyTopics& topics, const BusSettings& settings = {})
      : topics_(topics), bus_(topics, settings) {}
  // Until all is copied. After an error it opens a new producer and goes on from what is committed.
  void Run(const Hooks& hooks);
  // How often the state says that each document was copied, read by a new producer.
  std::map<std::string, int> State();
  int opened() const { return opened_; }
  const std::vector<Error>& errors() const { return errors_; }

 private:
  Status Open();
  Status Step(const Hooks& hooks, int step);

  CopyTopics& topics_;
  ProxiedBus bus_;
  std::unique_ptr<Producer> producer_;
  std::unique_ptr<Consumer> consumer_;
  StateStore* state_ = nullptr;
  std::int64_t position_ = 0;  // in `in`
  int opened_ = 0;
  std::vector<Error> errors_;
};

}  // namespace crossbill::bus
