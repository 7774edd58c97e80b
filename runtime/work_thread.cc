#include "runtime/work_thread.h"

#include <chrono>

#include "runtime/stream_worker.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kPollMs = 100;
constexpr std::int64_t kTryAgainMs = 500;
constexpr std::chrono::seconds kNowAndThen(1);

}  // namespace

Result<std::unique_ptr<WorkThread>> WorkThread::Start(bus::Bus& bus, Log& log, std::string name,
                                                      std::int32_t count, Handlers handlers) {
  CROSSBILL_TRY(auto share, bus.JoinWork(name, count));
  return std::unique_ptr<WorkThread>(
      new WorkThread(log, std::move(name), std::move(share), std::move(handlers)));
}

WorkThread::WorkThread(Log& log, std::string name, std::unique_ptr<bus::WorkShare> share, Handlers handlers)
    : log_(log), name_(std::move(name)), share_(std::move(share)), handlers_(std::move(handlers)) {
  handlers_.own(share_->owned());
  if (!share_->changes()) {
    return;
  }
  thread_ = std::jthread([this](std::stop_token stop) { Run(stop); });
}

WorkThread::~WorkThread() { Stop(); }

void WorkThread::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void WorkThread::Run(std::stop_token stop) {
  Numbers known = share_->owned();
  auto last = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    const Status polled = share_->Poll(kPollMs, handlers_.give_up);
    if (!polled.ok()) {
      if (polled.error().retry() == Retry::Never) {
        return handlers_.fail(polled.error());
      }
      log_.Failed("sharing the " + name_, polled.error());
      SleepFor(kTryAgainMs, stop);
    }
    const Numbers owned = share_->owned();
    if (owned != known) {
      log_.Info("work is shared anew", {{"of", name_}, {"owned", std::to_string(owned.size())}});
      known = owned;
    }
    handlers_.own(owned);
    if (const auto now = std::chrono::steady_clock::now(); now - last >= kNowAndThen) {
      last = now;
      if (const Status done = handlers_.now_and_then(); !done.ok()) {
        log_.Failed("keeping up with the " + name_ + " of others", done.error());
      }
    }
  }
}

}  // namespace crossbill::runtime
