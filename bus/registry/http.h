// HTTP to the schema registry, over libcurl. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "bus/registry/options.h"

namespace crossbill::bus {

struct RegistryReply {
  long status = 0;
  std::string body;
};

class RegistryHttp {
 public:
  static Result<std::unique_ptr<RegistryHttp>> Open(const RegistryOptions& options);
  virtual ~RegistryHttp() = default;
  // Posts JSON to a path below the registry's address and takes the time off `left_ms`. kRegistryUnavailable:
  // no answer within it. Redirects are not followed; an answer has at most 16 MB.
  virtual Result<RegistryReply> Post(const std::string& path, const std::string& json,
                                     std::int64_t& left_ms) = 0;
};

// A part of a path: "a/b" is "a%2Fb".
std::string UrlEncoded(std::string_view text);

}  // namespace crossbill::bus
