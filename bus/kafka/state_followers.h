// Copies of states that other processes own, kept near what those have committed: a hot standby. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::bus {

class ChangelogReader;
class KafkaCore;

class StateFollowers {
 public:
  // The core must outlive it.
  explicit StateFollowers(KafkaCore& core);
  ~StateFollowers();

  // Reads what is there for at most a moment; gives how many changes are missing. After an error it begins
  // anew.
  Result<std::int64_t> Step(const std::string& store);
  // Before the store is written to in this process; waits for a step of it.
  void Stop(std::string_view store);

 private:
  KafkaCore& core_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ChangelogReader>, std::less<>> readers_;
};

}  // namespace crossbill::bus
