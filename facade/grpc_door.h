// The gRPC server: serves the tables of services, health and reflection on one port. Any thread.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "facade/listen_address.h"
#include "facade/rpc.h"

namespace crossbill::facade {

class GrpcDoor {
 public:
  // Calls that run at the same time: `threads` and this many open streams.
  static constexpr int kMaxStreams = 64;

  // The services must outlive the door.
  static Result<std::unique_ptr<GrpcDoor>> Open(const std::vector<ServiceTable>& services, const Clock& clock,
                                                Metrics& metrics, StopSignal& stop,
                                                const ListenAddress& address, int threads);
  virtual ~GrpcDoor() = default;
  virtual int port() const = 0;
  // Takes no more calls; those that are open get `grace_ms`. The stop signal must be raised before.
  virtual void Close(std::int64_t grace_ms) = 0;
};

}  // namespace crossbill::facade
