#include "tests/broker/proxy_control.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace crossbill {

ProxyControl::ProxyControl() {
  const char* port = std::getenv("CROSSBILL_TEST_PROXY_CONTROL");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port == nullptr ? 0 : std::atoi(port)));
  socket_ = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ADD_FAILURE() << "no proxy at CROSSBILL_TEST_PROXY_CONTROL (tests/broker/with-broker --proxy)";
  }
}

ProxyControl::~ProxyControl() { close(socket_); }

std::string ProxyControl::Do(std::string_view command) {
  std::string line(command);
  line += '\n';
  std::string answer;
  if (send(socket_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
    for (char byte = 0; read(socket_, &byte, 1) == 1 && byte != '\n';) {
      answer += byte;
    }
  }
  if (!answer.starts_with("ok")) {
    ADD_FAILURE() << "the proxy to \"" << command << "\": " << answer;
    return {};
  }
  return answer.size() > 3 ? answer.substr(3) : "";
}

ProxyControl::Count ProxyControl::Of(std::string_view api) {
  Count count;
  const std::string answer = Do("count " + std::string(api));
  const int found =
      std::sscanf(answer.c_str(), "seen=%d answered=%d held=%d", &count.seen, &count.answered, &count.held);
  EXPECT_EQ(found, 3) << answer;
  return count;
}

int ProxyControl::Waiting() {
  int waiting = 0;
  const std::string answer = Do("waiting");
  EXPECT_EQ(std::sscanf(answer.c_str(), "requests=%d", &waiting), 1) << answer;
  return waiting;
}

int ProxyControl::Release() {
  int released = 0;
  const std::string answer = Do("release");
  EXPECT_EQ(std::sscanf(answer.c_str(), "released=%d", &released), 1) << answer;
  return released;
}

}  // namespace crossbill
