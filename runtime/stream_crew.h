// The streams that this process owns, each on a thread of its own: started when they come, stopped when they
// go to another process. Own and GiveUp: one thread at a time; the others: any.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "runtime/pump.h"
#include "runtime/runner.h"
#include "runtime/stream_worker.h"

namespace crossbill::runtime {

class StreamCrew {
 public:
  struct Environment {
    bus::Bus& bus;
    const bus::Topics& topics;
    const ProjectConfig& project;
    ErasureDoor& door;
    const Clock& clock;
    Log& log;
  };
  StreamCrew(const Environment& environment, bool until_idle, std::size_t batch_rows);
  ~StreamCrew();

  // Streams are shared by their numbers in the order of their paths, which is the same in all processes.
  std::int32_t count() const { return static_cast<std::int32_t>(crew_.size()); }
  // Called again and again: a stream that came back before its thread had ended is started then.
  void Own(const std::set<std::int32_t>& numbers);
  // Waits a while for batches that are being committed; who takes over then fences the others.
  void GiveUp(const std::set<std::int32_t>& numbers);
  void StopAll();

  // Every owned stream was read to its end (until_idle) or failed.
  bool IsRead() const;
  bool OwnsAny() const;
  // Each owned stream was at its end once, or cannot be read. One thread.
  bool WasReadOnce();
  std::vector<std::string> Elsewhere() const;  // paths of streams that other processes own, or nobody yet
  // Grows with each stream that comes or goes: what was asked before and after belongs together when it
  // stays.
  std::int64_t moves() const { return moves_; }
  std::vector<std::string> failed() const;  // "erp/vbak: what is wrong"
  const std::vector<std::unique_ptr<StreamStatus>>& statuses() const { return statuses_; }

 private:
  struct Member {
    const ConnectorConfig* connector = nullptr;
    const StreamConfig* stream = nullptr;
    StreamStatus* status = nullptr;
    std::atomic<bool> owned = false;
    std::atomic<bool> running = false;
    bool was_read = false;  // of WasReadOnce
    std::jthread thread;
  };
  void Start(Member& member);
  void RunOne(std::stop_token stop, Member& member);

  const Environment environment_;
  const bool until_idle_;
  const std::size_t batch_rows_;
  std::vector<std::unique_ptr<StreamStatus>> statuses_;
  std::vector<std::unique_ptr<Member>> crew_;
  std::atomic<std::int64_t> moves_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> failed_;  // guarded by mutex_
};

}  // namespace crossbill::runtime
