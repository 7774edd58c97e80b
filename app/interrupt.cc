#include "app/interrupt.h"

#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>

namespace crossbill::app {

std::stop_token StopOnSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  auto source = std::make_shared<std::stop_source>();
  const std::stop_token token = source->get_token();
  // Waits as long as the process lives: there is nothing to join.
  std::thread([source, signals] {
    int received = 0;
    sigwait(&signals, &received);
    source->request_stop();
    sigwait(&signals, &received);
    std::_Exit(128 + received);
  }).detach();
  return token;
}

}  // namespace crossbill::app
