// Tasks that are owned together and share one transaction: all stages of a partition, or the ordered ones.
// One commit for what each of them has read costs a bus on the network a fraction of one each.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "bus/bus.h"
#include "runtime/pace.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {

// Any thread; one at a time steps it.
class TaskUnit {
 public:
  struct Environment {
    bus::Bus& bus;
    const Clock& clock;
    Log& log;
    Pace& pace;
    std::atomic<std::int64_t>& records;  // that were read
    std::atomic<std::int64_t>& moves;    // of tasks that came or went
  };
  TaskUnit(const Environment& environment, std::int32_t number);
  ~TaskUnit();
  // Before it is owned.
  void Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level);

  void Own();
  // Its tasks are closed after the step that they are in, if that takes less than a while; else when it ends.
  void GiveUp();
  bool owned() const { return owned_; }
  std::int32_t number() const { return number_; }
  void AddNames(std::vector<std::string>& names) const;

  enum class Turn { kTaken, kWaits, kIdle, kWorked };  // kTaken: another thread is at it
  // An error is one that a new start cannot mend.
  Result<Turn> Take(Date as_of);
  // Every task had a turn, is in no step and owes nothing.
  bool settled() const { return settled_; }
  // Keeps copies of the states of ordered stages while another process owns them.
  Status Follow();

 private:
  struct Member;
  Status Open();
  void Close();
  Result<Turn> Step(Date as_of);
  Status Read(Member& member, Date as_of, std::int64_t now);
  Status Commit(const std::vector<Member*>& working);
  void Finish(Member& member);
  Result<Turn> Mend(const Error& error);
  void Count(Member& member, bool reads, bool owes);

  const Environment environment_;
  const std::int32_t number_;
  std::atomic<bool> owned_ = false;
  std::atomic<bool> settled_ = false;
  std::timed_mutex busy_;  // of who steps it; guards what follows
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<bus::Producer> producer_;  // nothing: the tasks are closed
  std::int64_t not_before_ = 0;
};

}  // namespace crossbill::runtime
