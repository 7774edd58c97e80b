// The truth of a SeenSet in its store: a log of chunks of entries. Of a record the entry in the later chunk
// counts. Small chunks are merged, and of the oldest ones only what still counts is kept, a little with each
// append; so neither the number of chunks nor what is outdated grows without bound. One thread.
//
// In the store: PREFIX "/" and the chunk's number as eight bytes, big end first; the value is entries of 28
// bytes (key, content, generation), little end first.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "connectors/sdk/seen_table.h"

namespace crossbill::connectors {

class SeenLog {
 public:
  SeenLog(bus::StateStore* store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {}

  // Visits the entries of the chunks with this number and later ones, in their order.
  Status Load(std::uint64_t from, const std::function<void(const SeenEntry&)>& visit);
  // These three between the producer's Begin and Commit.
  void Append(const std::vector<SeenEntry>& entries);
  Status MergeSmall();
  // Takes the oldest chunk away and appends those of its entries that `counts`.
  Status CollectOldest(const std::function<Result<bool>(const SeenEntry&)>& counts);

  std::uint64_t next_chunk() const { return next_; }
  std::size_t entries() const { return entries_; }  // outdated ones among them

 private:
  struct Chunk {
    std::uint64_t number = 0;
    std::size_t entries = 0;
  };
  Status Read(const Chunk& chunk, const std::function<void(const SeenEntry&)>& visit);
  void Drop(const Chunk& chunk);
  Error Damaged() const;

  bus::StateStore* store_;
  std::string prefix_;
  std::deque<Chunk> chunks_;
  std::uint64_t next_ = 0;
  std::size_t entries_ = 0;
};

// An entry without its key as the value of an index: content and generation, twelve bytes.
void AppendSeenValue(const SeenEntry& entry, std::string& out);
bool TakeSeenValue(std::string_view bytes, SeenEntry& entry);

}  // namespace crossbill::connectors
