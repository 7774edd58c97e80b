// What was last published of each record of a stream: a content hash and how often it changed. Makes a full
// extract, a look-back window or a re-read publish only what is new. One thread. After an aborted transaction
// the set knows more than the store: make a new one and Load it.
//
// The truth is a log of deltas in a StateStore, which commits with the events (seen_log.h). In memory are the
// records that changed last, up to a bound: a young table, and an old one whose entries move into an index in
// the store while the young one fills up. A record that is in neither is looked up in the index, if the
// filter does not say that it is new (12 bits a record, and all that grows). The index is local
// (bus::kLocalKey): where it is lost, the log makes it anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "connectors/sdk/seen_filter.h"
#include "connectors/sdk/seen_log.h"
#include "connectors/sdk/seen_table.h"

namespace crossbill::connectors {

class SeenSet {
 public:
  static constexpr std::size_t kYoungRecords = 1u << 16;  // 4 MB a table

  // `prefix` separates several sets in one store; `young_records` are in a table before it becomes the old
  // one.
  SeenSet(bus::StateStore* store, std::string prefix, std::size_t young_records = kYoungRecords);
  Status Load();

  struct Change {
    bool changed = false;
    std::uint32_t generation = 0;
  };  // generation: 1 for a new record, then 2, 3 …
  // Notes that the record now has this content; `changed` is false when it had it already.
  Result<Change> Note(const Hash128& key, std::uint64_t content);
  // Puts what was noted since the last flush into the store; between the producer's Begin and Commit.
  Status Flush();
  std::size_t size() const { return size_; }

 private:
  Result<std::optional<SeenEntry>> Find(const Hash128& key);
  std::string IndexKey(const Hash128& key) const;
  Status LoadIndex();
  void MoveToIndex(std::size_t slots);
  void PutSize();

  bus::StateStore* store_;
  std::string prefix_;
  std::size_t young_records_;
  SeenLog log_;
  SeenTable young_;
  SeenTable old_;
  std::size_t moved_ = 0;          // slots of old_
  std::uint64_t old_end_ = 0;      // the chunks before it are in old_ and the index
  std::uint64_t indexed_end_ = 0;  // the chunks before it are in the index
  SeenFilter filter_;              // of the index
  std::size_t size_ = 0;
  std::vector<Hash128> dirty_;
};

}  // namespace crossbill::connectors
