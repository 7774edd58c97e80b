// Goes on with erasures that are not completed: what replaces the newest versions is published; once that is
// read, older versions are taken out of the topics, the files are written anew, and the erasures are told to
// be completed. Each step may be done again. One thread.
#pragma once

#include <set>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "facade/views/views.h"
#include "transforms/erasure/erasure_gate.h"
#include "transforms/erasure/erasures.h"
#include "transforms/erasure/sweep.h"

namespace crossbill::runtime {

class Eraser {
 public:
  Eraser(bus::Bus& bus, const bus::Topics& topics, Secret secret, transforms::ErasureGate& gate,
         const Clock& clock, Log& log)
      : bus_(bus), topics_(topics), secret_(std::move(secret)), gate_(gate), clock_(clock), log_(log) {}

  static bool HasWork(const transforms::Erasures& erasures);
  // Everything below `ends` was read by all. True: there is more to read now; false: all is completed.
  // `views`: nothing where this process has none.
  Result<bool> Step(const transforms::Erasures& erasures, const transforms::Ends& ends, facade::Views* views);
  // In a process that is not the one that completes: its own files, when that is done.
  Status Follow(const transforms::Erasures& erasures, facade::Views* views);

 private:
  Status Scrub(const transforms::Erasures& erasures, facade::Views* views);
  Status Complete();

  bus::Bus& bus_;
  const bus::Topics& topics_;
  const Secret secret_;
  transforms::ErasureGate& gate_;
  const Clock& clock_;
  Log& log_;
  std::set<std::string> pending_;  // that were seen and not followed yet
};

}  // namespace crossbill::runtime
