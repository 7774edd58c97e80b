// What every event passes before it is written: whether its person was forgotten. A writer of events goes in
// before it looks and leaves after its commit; who writes an erasure waits until all are out (ErasureGate),
// so that in one process nothing that was looked at before gets onto the bus after it. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>

#include "base/secret.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "transforms/erasure/erasure_gate.h"
#include "transforms/erasure/erasures.h"

namespace crossbill::runtime {

class ErasureDoor {
 public:
  // Reads what was forgotten until now. The gate is the one of who writes.
  static Result<std::unique_ptr<ErasureDoor>> Open(bus::Bus& bus, const bus::Topics& topics, Secret secret,
                                                   transforms::ErasureGate& gate);

  struct Pass {
    std::shared_lock<std::shared_mutex> hold;
    std::shared_ptr<const transforms::Erasures> erasures;
  };
  // As of now. Not while the thread holds another one.
  Result<Pass> Enter();

 private:
  ErasureDoor(const bus::Topics& topics, Secret secret, transforms::ErasureGate& gate);
  Status ReadNews();

  const bus::TopicPartition partition_;
  transforms::ErasureGate& gate_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<bus::Consumer> consumer_;
  std::shared_ptr<const transforms::Erasures> erasures_;
};

}  // namespace crossbill::runtime
