#include "bus/compacted_reader.h"

#include <limits>

namespace crossbill::bus {
namespace {

constexpr std::size_t kPollRecords = 2'000;
constexpr std::int64_t kPollWaitMs = 1'000;
constexpr int kEmptyPolls = 30;  // a broker that gives nothing of what it says it has
constexpr std::int64_t kTombstone = -1;

}  // namespace

Status CompactedReader::Read(const std::function<Status(const RecordView&)>& visit) {
  // A group that never commits; its name begins as the topic's does, so that the same ACL covers it.
  CROSSBILL_TRY(consumer_, bus_.OpenConsumer(partition_.topic + ".read"));
  CROSSBILL_RETURN_IF_ERROR(consumer_->Assign({partition_}));
  constexpr auto kLast = std::numeric_limits<std::uint64_t>::max();
  for (low_ = 0;; low_ = high_ + 1) {
    high_ = kLast;
    CROSSBILL_RETURN_IF_ERROR(FindNewest());
    CROSSBILL_RETURN_IF_ERROR(Give(visit));
    while (!newest_.empty()) {
      CROSSBILL_RETURN_IF_ERROR(FindNewestOfLeft());
      CROSSBILL_RETURN_IF_ERROR(Give(visit));
    }
    if (high_ == kLast) {
      return Ok();
    }
  }
}

Status CompactedReader::Pass(std::int64_t begin, std::int64_t end,
                             const std::function<Status(const FetchedRecord&)>& each) {
  if (begin >= end) {
    return Ok();
  }
  CROSSBILL_RETURN_IF_ERROR(consumer_->Seek(partition_, begin));
  std::int64_t position = begin;
  for (int empty = 0; position < end;) {
    CROSSBILL_TRY(const Batch batch, consumer_->Poll(kPollRecords, kPollWaitMs));
    const auto next = batch.next_offsets.find(partition_);
    if (next == batch.next_offsets.end() || next->second <= position) {
      if (++empty < kEmptyPolls) {
        continue;
      }
      return Error(Code::kBusUnavailable,
                   "no records came from offset " + std::to_string(position) + " although the end is " +
                       std::to_string(end),
                   partition_.topic + "[" + std::to_string(partition_.partition) + "]");
    }
    empty = 0;
    position = next->second;
    for (const FetchedRecord& fetched : batch.records) {
      if (fetched.offset >= begin && fetched.offset < end) {
        CROSSBILL_RETURN_IF_ERROR(each(fetched));
      }
    }
  }
  return Ok();
}

Status CompactedReader::FindNewest() {
  newest_.clear();
  CROSSBILL_TRY(const auto range, bus_.Range(partition_));
  return Pass(range.begin, range.end, [&](const FetchedRecord& fetched) -> Status {
    const Hash128 hash = Hash128Of(fetched.record.key);
    if (hash.high < low_ || hash.high > high_) {
      return Ok();
    }
    newest_[hash] = fetched.record.value ? fetched.offset : kTombstone;
    if (newest_.size() > keys_in_memory_) {
      NarrowRound();
    }
    return Ok();
  });
}

// Halves this round's range of hashes until the keys fit.
void CompactedReader::NarrowRound() {
  while (newest_.size() > keys_in_memory_ && high_ > low_) {
    high_ = low_ + (high_ - low_) / 2;
    std::erase_if(newest_, [&](const auto& entry) { return entry.first.high > high_; });
  }
}

Status CompactedReader::Give(const std::function<Status(const RecordView&)>& visit) {
  std::erase_if(newest_, [](const auto& entry) { return entry.second == kTombstone; });
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t end = 0;
  for (const auto& [hash, offset] : newest_) {
    begin = std::min(begin, offset);
    end = std::max(end, offset + 1);
  }
  return Pass(begin, end, [&](const FetchedRecord& fetched) -> Status {
    const auto found = newest_.find(Hash128Of(fetched.record.key));
    if (found == newest_.end() || found->second != fetched.offset) {
      return Ok();
    }
    newest_.erase(found);
    return visit(fetched.record);
  });
}

// What is left was removed by a compaction since the first pass, so something newer was written.
Status CompactedReader::FindNewestOfLeft() {
  for (auto& [hash, offset] : newest_) {
    offset = kTombstone;
  }
  CROSSBILL_TRY(const auto range, bus_.Range(partition_));
  return Pass(range.begin, range.end, [&](const FetchedRecord& fetched) -> Status {
    const auto found = newest_.find(Hash128Of(fetched.record.key));
    if (found != newest_.end()) {
      found->second = fetched.record.value ? fetched.offset : kTombstone;
    }
    return Ok();
  });
}

}  // namespace crossbill::bus
