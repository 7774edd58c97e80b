// A stream's way onto the bus: rows of its source, mapped, and published with the source's position in one
// transaction. Exactly once: the position never moves without the events it stands for. Used by one thread at
// a time; has two of its own that read and map ahead.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "connectors/sdk/source.h"
#include "runtime/erasure_door.h"
#include "runtime/project.h"

namespace crossbill::runtime {

// What a step did.
struct PumpProgress {
  std::int64_t rows = 0;
  std::int64_t events = 0;
  std::int64_t dead_letters = 0;
  bool at_end = false;  // nothing more to read for now
  std::int64_t retry_ms =
      0;  // with at_end: a file may be half written, ask again after so long; the source is not idle yet
  std::int64_t done = 0;  // of the source, as far as it knows
  std::int64_t total = 0;
};

struct PumpOptions {
  std::size_t batch_rows = 2048;  // read and mapped together
  // A transaction takes in batches for so long, and so many rows: each costs the bus some trips. The source's
  // end ends it.
  std::int64_t transaction_ms = 200;
  std::size_t transaction_rows = 40960;
  bool stop_at_bad_row = false;  // errors.tolerance: none
  bool ahead = true;  // the next batches are read and mapped on threads of their own while one is committed
};

class Pump {
 public:
  // Opens the producer (which fences an older owner of the stream), finds the position, opens the source
  // there and compiles the mapping against its columns. kMap… errors list all problems.
  static Result<std::unique_ptr<Pump>> Open(bus::Bus& bus, const bus::Topics& topics,
                                            const ProjectConfig& project, const ConnectorConfig& connector,
                                            const StreamConfig& stream, ErasureDoor& door, const Clock& clock,
                                            Log& log, const PumpOptions& options);
  virtual ~Pump() = default;
  // Reads, maps and commits a transaction. After an error the pump is of no more use; a new one goes on from
  // the last commit.
  virtual Result<PumpProgress> Step() = 0;
  // Says in the progress topic that the source has nothing more for now.
  virtual Status SayReadUp() = 0;
};

// The same for who goes on from there, and has fenced the stream's producer: all streams share a partition,
// and what this one has committed last may stand behind another one's open transaction, which is waited for.
Result<std::string> LastPosition(bus::Bus& bus, const bus::Topics& topics, std::string_view stream_path);
// A stream's committed position as the position topic has it: its JSON, or "" when there is none.
Result<std::string> CommittedPosition(bus::Bus& bus, const bus::Topics& topics, std::string_view stream_path);
// Lets the stream begin anew: its position goes; what was published stays and is compared with.
Status ResetPosition(bus::Bus& bus, const bus::Topics& topics, std::string_view stream_path);

}  // namespace crossbill::runtime
