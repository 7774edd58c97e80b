// Reads the newest value of each key of one partition, with bounded memory: a first pass learns the newest
// offset of each key (by the hash of the key, as Kafka's log cleaner does), a second one gives the records at
// these offsets. When a partition has more keys than fit, the keys are taken in several rounds, each a range
// of hashes. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "base/id.h"
#include "bus/bus.h"

namespace crossbill::bus {

class CompactedReader {
 public:
  static constexpr std::size_t kKeysInMemory = 2'000'000;  // about 100 MB at worst

  CompactedReader(Bus& bus, TopicPartition partition, std::size_t keys_in_memory)
      : bus_(bus), partition_(std::move(partition)), keys_in_memory_(keys_in_memory) {}

  // A record that a compaction removed between the passes was superseded; the newer one is looked for and
  // given.
  Status Read(const std::function<Status(const RecordView&)>& visit);

 private:
  Status Pass(std::int64_t begin, std::int64_t end, const std::function<Status(const FetchedRecord&)>& each);
  Status FindNewest();
  Status FindNewestOfLeft();
  Status Give(const std::function<Status(const RecordView&)>& visit);
  void NarrowRound();

  Bus& bus_;
  TopicPartition partition_;
  std::size_t keys_in_memory_;
  std::unique_ptr<Consumer> consumer_;
  // This round's keys: hashes whose high half is in [low_, high_].
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
  std::unordered_map<Hash128, std::int64_t>
      newest_;  // offset of the newest record that is no tombstone yet to be given
};

}  // namespace crossbill::bus
