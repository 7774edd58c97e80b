// Notices that RocksDB's MANIFEST was cut off. RocksDB takes the end of it for what a crash left and goes on
// without the files that it named, but with newer logs: a copy with what came last and without what came
// before. So how long it was is kept beside the folder, after each change. Thread-safe, as RocksDB's
// listeners have to be.
#pragma once

#include <rocksdb/listener.h>

#include <mutex>
#include <string>

namespace crossbill::bus {

class ManifestGuard final : public rocksdb::EventListener {
 public:
  // `path`: of the database.
  explicit ManifestGuard(std::string path) : path_(std::move(path)) {}

  // Before it is opened: what is wrong with it; empty: nothing.
  std::string Check() const;
  // After it was opened, and by RocksDB after each change of its files.
  void Remember();
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { Remember(); }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override { Remember(); }

 private:
  const std::string path_;
  std::mutex mutex_;  // of the file that remembers
};

}  // namespace crossbill::bus
