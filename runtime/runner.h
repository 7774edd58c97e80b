// `crossbill run`: source pumps, transform tasks, the read model's updater and the servers, on threads;
// starts, restarts with backoff, stops.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "runtime/project.h"
#include "transforms/sdk/processor.h"

namespace crossbill::runtime {

struct RunOptions {
  bool until_idle = false;
  std::optional<Date> as_of;  // nothing: the clock's date
  bool connectors = true;
  bool transforms = true;
  bool facade = true;
  std::size_t batch_rows = 2048;
};

// What people see of a stream while and after it runs. The counters only grow.
struct StreamStatus {
  std::string path;
  std::atomic<std::int64_t> rows{0};
  std::atomic<std::int64_t> events{0};
  std::atomic<std::int64_t> dead_letters{0};
  std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> total{0};
  enum class State { kElsewhere, kStarting, kReading, kWaiting, kFailing, kFailed, kFinished };
  std::atomic<State> state{State::kElsewhere};  // kElsewhere: not owned by this process
};

struct RunSummary {
  std::vector<std::string> failed_streams;  // "erp/vbak: what is wrong"
  std::int64_t transformed = 0;             // records through the transforms
};

class Runner {
 public:
  // `on_progress` is called about four times a second from the calling thread of Run, for a terminal's
  // progress.
  static Result<std::unique_ptr<Runner>> Open(const ProjectConfig& project, const Clock& clock, Log& log,
                                              Metrics& metrics, const RunOptions& options);
  virtual ~Runner() = default;
  // Returns when idle (until_idle), when `stop` is requested, or when nothing can go on. An error: the run
  // itself failed.
  virtual Result<RunSummary> Run(std::stop_token stop, const std::function<void()>& on_progress) = 0;
  virtual const std::vector<std::unique_ptr<StreamStatus>>& streams() const = 0;
  virtual std::int64_t transform_lag() = 0;
  virtual std::int64_t transformed() const = 0;
  virtual bus::Bus& bus() = 0;
  virtual const bus::Topics& topics() const = 0;
  virtual int grpc_port() const = 0;
  virtual int http_port() const = 0;
};

bus::Topics TopicsOf(const ProjectConfig& project);
// Clock and log must outlive the bus, and what `ending` uses: once it says so, the broker is waited for a few
// seconds only. Patience is for a broker that does not answer; on what librdkafka has
// to say by the way a patient one keeps a log.
enum class Patience { kLong, kShort };
Result<std::unique_ptr<bus::Bus>> OpenBus(const ProjectConfig& project, bool read_only, const Clock& clock,
                                          Log& log, Patience patience = Patience::kLong,
                                          std::function<bool()> ending = nullptr);
// All stages in the order of the data.
std::vector<transforms::Stage> StagesOf(const ProjectConfig& project, const bus::Topics& topics);

}  // namespace crossbill::runtime
