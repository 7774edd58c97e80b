// The `crossbill` program: its commands and their common options.
#pragma once

namespace crossbill::app {

// Exit codes: 0 well, 1 failed (also a configuration with errors), 64 a command line that cannot be
// understood, others by the catalogue of errors.
int Main(int argc, char** argv);

}  // namespace crossbill::app
