// Records of a crowd for which something is still to be done. Each stands in the state until it is done;
// those that come next are in memory as well: a scan of the state would pass over all that was done not long
// ago. One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

class WaitingRecords {
 public:
  // The section of their keys in the state.
  explicit WaitingRecords(char section) : section_(section) {}
  void Add(bus::StateStore& state, std::string_view customer, std::string_view record);
  // One that was added before, perhaps done since, and is not given again unless it is added again. Nothing:
  // no more wait.
  Result<std::optional<std::string>> Next(bus::StateStore& state, std::string_view customer);

 private:
  Status ReadAhead(bus::StateStore& state, std::string_view customer);

  char section_;
  std::deque<std::string> next_;
  bool more_in_state_ = true;  // than next_ has; at first nobody knows
};

}  // namespace crossbill::transforms
