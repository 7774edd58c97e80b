// The Connect protocol for unary calls (connectrpc.com/docs/protocol): POST /package.Service/Method with JSON
// or protobuf in and out, GET for methods without side effects. Knows nothing of sockets. Any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "facade/rpc.h"

namespace crossbill::facade {

struct HttpRequest {
  std::string method;                                     // "GET", "POST"
  std::string path;                                       // without the query
  std::map<std::string, std::string, std::less<>> query;  // decoded
  std::function<std::string(std::string_view)> header;    // empty when it is not there
  std::string body;
  std::function<bool()> cancelled;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class Connect {
 public:
  // The services must outlive it.
  Connect(const std::vector<ServiceTable>& services, const Clock& clock, Metrics& metrics, StopSignal& stop);
  // Answers any path of the form /Service/Method.
  HttpReply Serve(const HttpRequest& request) const;

 private:
  struct Found {
    const UnaryMethod* method = nullptr;
    const ServiceTable* service = nullptr;
    bool stream = false;
  };
  Found Find(std::string_view path) const;
  Result<std::int64_t> DeadlineOf(const HttpRequest& request, std::int64_t default_ms) const;
  Result<HttpReply> Call(const Found& found, const HttpRequest& request) const;

  const std::vector<ServiceTable>& services_;
  const Clock& clock_;
  Metrics& metrics_;
  StopSignal& stop_;
};

// {"code": …, "message": …, "details": […]} with the status of the code.
HttpReply ConnectError(const Error& error);

}  // namespace crossbill::facade
