// The control port of kafka_proxy.py (its head says what it can do).
#pragma once

#include <string>
#include <string_view>

namespace crossbill {

class ProxyControl {
 public:
  // To the port that CROSSBILL_TEST_PROXY_CONTROL names; a failure of the test when nobody listens there.
  ProxyControl();
  ~ProxyControl();
  ProxyControl(const ProxyControl&) = delete;
  ProxyControl& operator=(const ProxyControl&) = delete;

  // The answer without its "ok"; an answer that is an error is a failure of the test.
  std::string Do(std::string_view command);

  // Since the last reset.
  struct Count {
    int seen = 0;
    int answered = 0;
    int held = 0;  // now
  };
  Count Of(std::string_view api);
  // For how many requests the rules still wait.
  int Waiting();
  // How many frames were held.
  int Release();

 private:
  int socket_ = -1;
};

}  // namespace crossbill
