// Drives one stage on a bus in memory: feed records, step, look at what it wrote. For unit tests of a
// processor. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/sdk/processor.h"
#include "transforms/sdk/task.h"

namespace crossbill::transforms {

// A record that a stage wrote, with its own bytes.
struct Written {
  std::string key;
  std::optional<std::string> value;
};

// A source event as the connectors write it. An empty `value` is a typed deletion.
struct SourceEvent {
  std::string key;  // "system/stream/key"
  std::int64_t sequence = 0;
  std::optional<std::string> value;
  std::string type;  // "crossbill.v1.Order"; ".deleted" is appended for a deletion
};

class TransformDriver {
 public:
  static constexpr std::size_t kAllRecords = 4096;
  TransformDriver(const bus::Topics& topics, Stage stage, std::int32_t partition = 0);
  ~TransformDriver();
  void Feed(std::string_view topic, std::string_view key, std::optional<std::string_view> value);
  void FeedEvent(std::string_view topic, const SourceEvent& event);
  // Steps until nothing is left to read. Aborts on an error: a unit test has no use for going on.
  void Run(Date as_of = Date(0), std::size_t max_records = kAllRecords);
  // Steps as while more is coming: what can be put off is.
  void TakeInOnly(Date as_of = Date(0));
  // What was written to the topic since the last call, in order of partitions and offsets.
  std::vector<Written> Take(std::string_view topic);
  // The newest value of each key, tombstones taken away.
  std::map<std::string, std::string> Newest(std::string_view topic);
  // As after a crash: the processor is made anew and goes on from the last commit.
  void Restart();
  bus::Bus& bus() { return *bus_; }

 private:
  void Open(std::size_t max_records);
  Task::Progress Step(Date as_of, Settling settling);

  Stage stage_;
  std::int32_t partition_;
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<bus::Producer> feeder_;
  std::unique_ptr<Task> task_;
  std::size_t max_records_ = 0;
  std::map<bus::TopicPartition, std::int64_t> taken_;
};

// Sends one source event in a transaction of its own.
Status SendEvent(bus::Producer& producer, std::string_view topic, const SourceEvent& event);

}  // namespace crossbill::transforms
