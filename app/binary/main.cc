#include "app/program.h"

// How jemalloc behaves, read by it at start: few arenas and memory given back soon, since a run's peaks are
// short. Its documented way to be configured; another allocator (sanitizers) does not look at it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:500,muzzy_decay_ms:0";
}

int main(int argc, char** argv) { return crossbill::app::Main(argc, argv); }
