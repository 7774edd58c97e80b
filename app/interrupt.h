// SIGINT and SIGTERM as a stop token.
#pragma once

#include <stop_token>

namespace crossbill::app {

// Blocks both signals in this and later threads and waits for them on a thread of its own; call before other
// threads start. A second signal ends the process at once.
std::stop_token StopOnSignal();

}  // namespace crossbill::app
