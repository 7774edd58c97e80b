// "127.0.0.1:7443", "localhost:0", "[::1]:8080". Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::facade {

struct ListenAddress {
  std::string host;  // without brackets
  int port = 0;      // 0: any free one
  std::string Text() const;
};

// `setting` is the name of the setting for messages. kConfigValue: not an address, or not one of this machine
// alone: without TLS and roles nobody else may be served.
Result<ListenAddress> ParseLoopbackAddress(std::string_view setting, std::string_view text);
// localhost, 127.x.y.z or ::1.
bool IsLoopbackHost(std::string_view host);
// The host of "host:port", "[host]:port" or "host".
std::string_view HostOf(std::string_view authority);
// kListen: that the port cannot be opened, whose setting it is and, where the system tells, which process has
// it.
Error ListenFailed(std::string_view setting, const ListenAddress& address);

}  // namespace crossbill::facade
