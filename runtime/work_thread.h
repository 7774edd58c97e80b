// A thread that takes part in sharing work with other processes, and hands on what this one owns.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::runtime {

class WorkThread {
 public:
  using Numbers = std::set<std::int32_t>;
  struct Handlers {
    std::function<void(const Numbers&)> own;      // all that is owned; called again and again
    std::function<void(const Numbers&)> give_up;  // what goes to another process, before it goes
    std::function<Status()> now_and_then;         // about once a second
    std::function<void(const Error&)> fail;       // an error that trying again does not mend; the last call
  };
  // A bus of one process owns everything at once, before this returns.
  static Result<std::unique_ptr<WorkThread>> Start(bus::Bus& bus, Log& log, std::string name,
                                                   std::int32_t count, Handlers handlers);
  ~WorkThread();  // leaves
  // No handler is called any more; what is owned stays so until the end.
  void Stop();

 private:
  WorkThread(Log& log, std::string name, std::unique_ptr<bus::WorkShare> share, Handlers handlers);
  void Run(std::stop_token stop);

  Log& log_;
  const std::string name_;
  const std::unique_ptr<bus::WorkShare> share_;
  const Handlers handlers_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace crossbill::runtime
