// The doors: gRPC (CustomerService, DocumentService, DocumentStewardService, ExceptionService,
// StewardService, ValueService, health, reflection) and HTTP/1.1 (the same unary methods as JSON by the
// Connect protocol, /livez, /readyz, /metrics). The servers have threads of their own; everything they are
// given must outlive them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "facade/decision_book.h"
#include "facade/document_book.h"
#include "facade/exception_book.h"
#include "facade/forgetting.h"
#include "facade/views/views.h"

namespace crossbill::facade {

// What is served. All must outlive the server.
struct Served {
  Views& views;
  DecisionBook& decisions;
  ExceptionBook& exceptions;
  DocumentBook& documents;
  Forgetting& forgetting;
  std::function<Date()> as_of;  // that the process works with
};

struct ServerOptions {
  std::string listen = "127.0.0.1:7443";  // port 0: any free one. Other addresses than loopback are refused:
                                          // they need TLS and roles
  std::string http = "127.0.0.1:8080";    // empty: no HTTP
  int threads = 4;
  // What /readyz says: one "[+]name ok" or "[-]name reason" line each.
  struct Check {
    std::string name;
    bool ok = false;
    std::string detail;
  };
  std::function<std::vector<Check>()> readiness;
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> Start(const Served& served, const Clock& clock, Metrics& metrics,
                                               Log& log, const ServerOptions& options);
  virtual ~Server() = default;  // stops: open calls get a short grace
  virtual int grpc_port() const = 0;
  virtual int http_port() const = 0;
};

}  // namespace crossbill::facade
