#include <fmt/format.h>

#include <algorithm>

#include "facade/http_door.h"

namespace crossbill::facade {

// The format of Kubernetes' own health endpoints. A failed check is always told in full.
HttpReply ReadinessReply(const std::vector<ServerOptions::Check>& checks, bool verbose) {
  const bool ok =
      std::all_of(checks.begin(), checks.end(), [](const ServerOptions::Check& check) { return check.ok; });
  HttpReply reply;
  reply.status = ok ? 200 : 503;
  reply.content_type = "text/plain; charset=utf-8";
  if (ok && !verbose) {
    reply.body = "ok";
    return reply;
  }
  for (const ServerOptions::Check& check : checks) {
    const std::string detail = check.detail.empty() ? std::string() : " " + check.detail;
    reply.body += check.ok
                      ? fmt::format("[+]{} ok{}\n", check.name, detail)
                      : fmt::format("[-]{} failed:{}\n", check.name, detail.empty() ? " not ready" : detail);
  }
  reply.body += ok ? "readyz check passed\n" : "readyz check failed\n";
  return reply;
}

}  // namespace crossbill::facade
