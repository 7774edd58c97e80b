// The HTTP/1.1 server: the Connect protocol, /livez, /readyz, /metrics and a page for people at /. Any
// thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "facade/connect.h"
#include "facade/listen_address.h"
#include "facade/server.h"

namespace crossbill::facade {

class HttpDoor {
 public:
  struct Parts {
    const Connect* connect = nullptr;
    const Metrics* metrics = nullptr;
    std::function<std::vector<ServerOptions::Check>()> readiness;
    int threads = 4;
  };
  // What the parts point to must outlive the door.
  static Result<std::unique_ptr<HttpDoor>> Open(const Parts& parts, const ListenAddress& address);
  virtual ~HttpDoor() = default;  // ends what is open
  virtual int port() const = 0;
};

// The answer to /readyz: 200 or 503, with ?verbose a line for each check. /livez looks at nothing: whoever
// gets it, lives.
HttpReply ReadinessReply(const std::vector<ServerOptions::Check>& checks, bool verbose);

}  // namespace crossbill::facade
