#include "app/program.h"

// How jemalloc behaves, read by it at start: few arenas, and memory given back after ten seconds. Given back
// after half a second, as tried, it is taken again for the next batch: a run's peak is 10 MB lower, and the
// transforms cost one part in twelve more. Its documented way to be configured; another allocator
// (sanitizers) does not look at it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:10000,muzzy_decay_ms:0";
}

int main(int argc, char** argv) { return crossbill::app::Main(argc, argv); }
