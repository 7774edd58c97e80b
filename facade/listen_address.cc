#include "facade/listen_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace crossbill::facade {
namespace {

// Numbers of the sockets that listen on the port, from Linux's table of TCP sockets.
std::set<std::string> SocketsOn(int port) {
  std::set<std::string> sockets;
  const std::string wanted = fmt::format(":{:04X}", port);
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, socket;
      fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
          socket;
      if (state == "0A" && local.ends_with(wanted)) {
        sockets.insert("socket:[" + socket + "]");
      }
    }
  }
  return sockets;
}

// "pid 4711 (crossbill)", or nothing where the process is another user's.
std::string OwnerOfPort(int port) {
  const std::set<std::string> sockets = SocketsOn(port);
  std::error_code failed;
  if (sockets.empty()) {
    return {};
  }
  for (const auto& process : std::filesystem::directory_iterator("/proc", failed)) {
    const std::string pid = process.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::error_code denied;
    for (std::filesystem::directory_iterator fd(process.path() / "fd", denied), end; !denied && fd != end;
         fd.increment(denied)) {
      std::error_code gone;
      if (!sockets.contains(std::filesystem::read_symlink(fd->path(), gone).string())) {
        continue;
      }
      std::string name;
      std::getline(std::ifstream(process.path() / "comm"), name);
      return fmt::format("pid {} ({})", pid, name);
    }
  }
  return {};
}

}  // namespace

std::string ListenAddress::Text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

bool IsLoopbackHost(std::string_view host) {
  if (host == "localhost" || host == "::1") {
    return true;
  }
  if (!host.starts_with("127.") || host.find_first_not_of("0123456789.") != std::string_view::npos) {
    return false;
  }
  return std::count(host.begin(), host.end(), '.') == 3 && !host.ends_with('.');
}

std::string_view HostOf(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    return close == std::string_view::npos ? authority : authority.substr(1, close - 1);
  }
  return authority.substr(0, authority.rfind(':'));
}

Result<ListenAddress> ParseLoopbackAddress(std::string_view setting, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  ListenAddress address;
  bool number = false;
  if (colon != std::string_view::npos) {
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data() + colon + 1, end, address.port);
    number = failed == std::errc() && stop == end && colon + 1 < text.size() && address.port >= 0 &&
             address.port <= 65535;
    address.host = HostOf(text);
  }
  if (!number || address.host.empty()) {
    return Error(Code::kConfigValue,
                 fmt::format("\"{}\" is not of the form 127.0.0.1:PORT with a port from 0 to 65535", text),
                 std::string(setting));
  }
  if (!IsLoopbackHost(address.host)) {
    return Error(Code::kConfigValue,
                 fmt::format("\"{}\" is open to other machines, and TLS and roles are not in this version: "
                             "use 127.0.0.1, localhost or [::1], "
                             "and put a proxy with TLS and a login in front of it",
                             text),
                 std::string(setting));
  }
  return address;
}

Error ListenFailed(std::string_view setting, const ListenAddress& address) {
  const std::string owner = OwnerOfPort(address.port);
  return Error(Code::kListen,
               fmt::format("cannot open {}{}", address.Text(),
                           owner.empty() ? std::string() : ": " + owner + " has the port"),
               std::string(setting));
}

}  // namespace crossbill::facade
