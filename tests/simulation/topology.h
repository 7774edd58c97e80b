// All stages of the transforms on a bus in memory, stepped one by one in an order that dice decide, with
// crashes. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/date.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/history.h"
#include "transforms/sdk/task.h"

namespace crossbill::simulation {

class Topology {
 public:
  // `crowd`: from more documents on a customer is a crowd; 0: from far more than there are.
  Topology(std::int32_t partitions, std::size_t crowd);
  ~Topology();

  // Everything in order, without disturbance: what the end state must be.
  void RunInOrder(const std::vector<SourceRecordEvent>& history, Date as_of);
  // The same events in any order, some twice, with crashes at the points of the steps and predecessors that
  // do not know they are replaced.
  void RunDisturbed(const std::vector<SourceRecordEvent>& history, Date as_of, Dice& dice);

  bus::Bus& bus() { return *bus_; }
  const bus::Topics& topics() const { return topics_; }
  std::size_t crashes() const { return crashes_; }

 private:
  struct Worker {
    transforms::Stage stage;
    std::int32_t partition = 0;
    std::unique_ptr<transforms::Task> task;
    std::unique_ptr<transforms::Task> zombie;  // a predecessor that was not stopped
  };
  void Feed(const SourceRecordEvent& event);
  void Open(Worker& worker, std::size_t max_records, Dice* dice);
  // False when the task had nothing to do.
  bool Step(Worker& worker, Date as_of, Dice* dice);
  void Settle(Date as_of);

  bus::Topics topics_;
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<bus::Producer> feeder_;
  std::vector<Worker> workers_;
  std::size_t crashes_ = 0;
};

}  // namespace crossbill::simulation
