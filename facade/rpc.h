// What a service is for both doors: a table of its methods. gRPC and HTTP are thin adapters around the same
// calls. A service's methods are called by many threads at once.
#pragma once

#include <google/protobuf/message.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace crossbill::facade {

inline constexpr std::int64_t kReadMs = 5'000;  // of a caller who gives no deadline
inline constexpr std::int64_t kSearchMs = 30'000;
inline constexpr std::int64_t kForgetMs = 600'000;  // all source topics are read
inline constexpr std::size_t kMaxMessageBytes = 4u << 20;

// Raised once, when the server stops: ends the waits of open streams. Any thread.
class StopSignal {
 public:
  void Raise();
  bool raised() const;
  void WaitFor(std::int64_t ms);

 private:
  mutable std::mutex mutex_;
  std::condition_variable condition_;
  bool raised_ = false;  // guarded by mutex_
};

// One call. The clock is for durations only.
struct CallContext {
  const Clock* clock = nullptr;
  StopSignal* stop = nullptr;
  std::int64_t deadline_micros = INT64_MAX;  // on the clock's monotonic scale
  std::function<bool()> cancelled;           // the caller went away

  // kCancelled, kDeadline; asked between the parts of a long answer.
  Status Check() const;
};

using google::protobuf::Message;

struct UnaryMethod {
  std::string name;
  std::int64_t default_ms = kReadMs;
  std::function<std::unique_ptr<Message>()> new_request;
  std::function<Result<std::unique_ptr<Message>>(const Message&, CallContext&)> call;
};

// write gives false when the caller is gone.
using WriteMessage = std::function<bool(const Message&)>;

struct StreamMethod {
  std::string name;
  std::function<std::unique_ptr<Message>()> new_request;
  std::function<Status(const Message&, CallContext&, const WriteMessage&)> call;
};

struct ServiceTable {
  std::string name;  // "crossbill.v1.CustomerService"
  std::vector<UnaryMethod> unary;
  std::vector<StreamMethod> streams;
};

template <class Impl, class Request, class Response>
UnaryMethod Unary(Impl* impl, std::string name,
                  Result<Response> (Impl::*method)(const Request&, CallContext&),
                  std::int64_t default_ms = kReadMs) {
  return {std::move(name), default_ms, [] { return std::make_unique<Request>(); },
          [impl, method](const Message& request, CallContext& context) -> Result<std::unique_ptr<Message>> {
            CROSSBILL_TRY(Response response, (impl->*method)(static_cast<const Request&>(request), context));
            return std::unique_ptr<Message>(std::make_unique<Response>(std::move(response)));
          }};
}

template <class Impl, class Request, class Response>
StreamMethod Stream(Impl* impl, std::string name,
                    Status (Impl::*method)(const Request&, CallContext&,
                                           const std::function<bool(const Response&)>&)) {
  return {std::move(name), [] { return std::make_unique<Request>(); },
          [impl, method](const Message& request, CallContext& context, const WriteMessage& write) {
            return (impl->*method)(static_cast<const Request&>(request), context,
                                   [&](const Response& response) { return write(response); });
          }};
}

}  // namespace crossbill::facade
