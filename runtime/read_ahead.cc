#include "runtime/read_ahead.h"

namespace crossbill::runtime {

ReadAhead::ReadAhead(connectors::Source& source, std::size_t batch_rows)
    : source_(source), batch_rows_(batch_rows), thread_([this](std::stop_token stop) { Run(stop); }) {}

ReadAhead::~ReadAhead() {
  thread_.request_stop();
  changed_.notify_all();
}

void ReadAhead::Run(std::stop_token stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return wanted_ && !ready_; })) {
        return;
      }
    }
    Result<connectors::RowBatch> batch = source_.Read(batch_rows_);
    {
      const std::scoped_lock lock(mutex_);
      wanted_ = batch.ok() && !batch->at_end;
      ready_.emplace(std::move(batch));
    }
    changed_.notify_all();
  }
}

Result<connectors::RowBatch> ReadAhead::Next() {
  std::unique_lock lock(mutex_);
  if (!ready_) {
    wanted_ = true;
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return ready_.has_value(); });
  Result<connectors::RowBatch> batch = std::move(*ready_);
  ready_.reset();
  lock.unlock();
  changed_.notify_all();
  return batch;
}

}  // namespace crossbill::runtime
