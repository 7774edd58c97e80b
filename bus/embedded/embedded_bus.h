// The bus in one process on RocksDB: durable, transactional, partitioned, compacted and time-retained topics,
// consumer groups, keyed state. One RocksDB write batch is one transaction: records (in compressed batches),
// offsets and state; so kill -9 anywhere leaves all of it or none.
#pragma once

#include <memory>
#include <string>

#include "bus/bus.h"

namespace crossbill::bus {

struct EmbeddedOptions {
  std::string path;
  bool sync_commits =
      true;                // fsync each commit; without, a power cut (not a crash) may take the last commits
  bool read_only = false;  // for `tap`, `export`, `status` beside a running process; sees what was committed
                           // when it was opened
  std::size_t memory_bytes = 64u << 20;  // write buffers and block cache together
};

// kBusLocked when another process writes there; kBusCorrupt when the folder is damaged; read_only of a folder
// that is not there is kNothingYet.
Result<std::unique_ptr<Bus>> OpenEmbeddedBus(const EmbeddedOptions& options);

}  // namespace crossbill::bus
