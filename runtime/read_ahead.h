// Reads a source's next batch on a thread of its own while the caller works on the last one.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "connectors/sdk/source.h"

namespace crossbill::runtime {

// The source is used by the thread alone from construction to destruction. Next: one thread. At most one
// batch waits.
class ReadAhead {
 public:
  ReadAhead(connectors::Source& source, std::size_t batch_rows);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The next batch. After one with at_end, or an error, the thread rests until Next is called again: then it
  // reads once more.
  Result<connectors::RowBatch> Next();

 private:
  void Run(std::stop_token stop);

  connectors::Source& source_;
  const std::size_t batch_rows_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ = true;                                 // guarded by mutex_: the thread may read
  std::optional<Result<connectors::RowBatch>> ready_;  // guarded by mutex_
  std::jthread thread_;                                // last: it uses the others
};

}  // namespace crossbill::runtime
