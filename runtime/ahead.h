// Makes the next items on a thread of its own while the caller works on the last one: batches are read ahead,
// and mapped ahead of being committed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/result.h"

namespace crossbill::runtime {

// `make` is called by the thread alone, from construction to destruction. Next: one thread. At most `most`
// items wait.
template <class T>
class Ahead {
 public:
  using Make = std::function<Result<T>()>;
  // After an item for which `rests` is true, or an error, the thread rests until Next is called again: then
  // it makes one more.
  Ahead(Make make, std::function<bool(const T&)> rests, std::size_t most = 1)
      : make_(std::move(make)),
        rests_(std::move(rests)),
        most_(most),
        thread_([this](std::stop_token stop) { Run(stop); }) {}
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;
  ~Ahead() {
    thread_.request_stop();
    changed_.notify_all();
  }

  Result<T> Next() {
    std::unique_lock lock(mutex_);
    Want();
    changed_.wait(lock, [this] { return !ready_.empty(); });
    return Take(lock);
  }

  // Nothing when none came in time; it is still being made.
  std::optional<Result<T>> NextWithin(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    Want();
    if (!changed_.wait_for(lock, time, [this] { return !ready_.empty(); })) {
      return std::nullopt;
    }
    return Take(lock);
  }

 private:
  void Want() {
    if (ready_.empty()) {
      wanted_ = true;
      changed_.notify_all();
    }
  }

  Result<T> Take(std::unique_lock<std::mutex>& lock) {
    Result<T> item = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return item;
  }

  void Run(std::stop_token stop) {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [this] { return wanted_ && ready_.size() < most_; })) {
          return;
        }
      }
      Result<T> item = make_();
      {
        const std::scoped_lock lock(mutex_);
        wanted_ = item.ok() && !rests_(*item);
        ready_.push_back(std::move(item));
      }
      changed_.notify_all();
    }
  }

  const Make make_;
  const std::function<bool(const T&)> rests_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ = true;           // guarded by mutex_: the thread may make one
  std::deque<Result<T>> ready_;  // guarded by mutex_
  std::jthread thread_;          // last: it uses the others
};

}  // namespace crossbill::runtime
