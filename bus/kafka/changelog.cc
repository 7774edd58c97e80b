#include "bus/kafka/changelog.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "bus/state/encoding.h"

namespace crossbill::bus {
namespace {

constexpr std::string_view kStateTopic = ".internal.state.";
constexpr std::string_view kShared = "connector";
constexpr std::size_t kRecordsAtOnce = 4096;
constexpr std::int64_t kPollMs = 100;
// Tombstones are kept for 24 hours: a copy that is older may have missed one.
constexpr std::int64_t kOldestCopyMs = 12LL * 60 * 60 * 1000;

// "routing.2": a stage's name and a partition.
std::optional<std::pair<std::string_view, std::int32_t>> StagePartition(std::string_view store) {
  const std::size_t dot = store.find('.');
  if (dot == 0 || dot == std::string_view::npos || store.substr(0, dot) == kShared) {
    return std::nullopt;
  }
  const std::string_view number = store.substr(dot + 1);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  std::int32_t partition = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), partition);
  if (failed != std::errc() || end != number.data() + number.size() || partition < 0 ||
      !std::all_of(store.begin(), store.begin() + static_cast<std::ptrdiff_t>(dot), is_letter)) {
    return std::nullopt;
  }
  return std::pair(store.substr(0, dot), partition);
}

// From where the copy has to be completed; all of it when there is none that can be trusted.
Result<std::int64_t> FirstMissing(const PartitionRange& range, std::uint32_t store, std::int64_t now_ms,
                                  LocalState& state) {
  CROSSBILL_TRY(const auto checkpoint, state.CheckpointOf(store));
  const bool usable = checkpoint && checkpoint->next >= range.begin && checkpoint->next <= range.end &&
                      now_ms - checkpoint->written_ms < kOldestCopyMs;
  if (usable) {
    return checkpoint->next;
  }
  CROSSBILL_RETURN_IF_ERROR(state.Clear(store));
  return range.begin;
}

Status Apply(const Batch& read, const ChangelogPlace& place, std::uint32_t store, std::int64_t now_ms,
             LocalState& state) {
  rocksdb::WriteBatch batch;
  std::string key;
  for (const FetchedRecord& fetched : read.records) {
    if (!fetched.record.key.starts_with(place.key_prefix)) {
      continue;
    }
    EncodeStateKey(store, fetched.record.key.substr(place.key_prefix.size()), key);
    if (fetched.record.value) {
      batch.Put(state.family().handle, key, SliceOf(*fetched.record.value));
    } else {
      batch.Delete(state.family().handle, key);
    }
  }
  for (const auto& [partition, next] : read.next_offsets) {
    state.PutCheckpoint(store, {next, now_ms}, batch);
  }
  return state.Write(batch);
}

}  // namespace

ChangelogPlace ChangelogPlaceOf(const KafkaOptions& options, std::string_view store) {
  const std::string topics = options.prefix + std::string(kStateTopic);
  if (const auto own = StagePartition(store); own && own->second < options.state_partitions) {
    return {{topics + std::string(own->first), own->second}, ""};
  }
  return {{topics + std::string(kShared), PartitionOf(store, options.state_partitions)},
          std::string(store) + '\0'};
}

Status RestoreState(KafkaCore& core, const ChangelogPlace& place, std::uint32_t store, LocalState& state) {
  TopicSpec spec{place.partition.topic, core.options().state_partitions, true, std::nullopt};
  CROSSBILL_RETURN_IF_ERROR(core.CreateTopics({spec}));
  // Others' open transactions hold readers back in a shared changelog: all that is written now is waited for.
  CROSSBILL_TRY(const std::int64_t end, core.WrittenEnd(place.partition));
  CROSSBILL_TRY(auto ranges, core.Ranges({place.partition}));
  PartitionRange range = ranges.at(place.partition);
  range.end = std::max(range.end, end);
  CROSSBILL_TRY(std::int64_t position, FirstMissing(range, store, core.WallMs(), state));
  if (position >= end) {
    return Ok();
  }
  std::shared_ptr<KafkaCore> shared(&core, [](KafkaCore*) {});  // the reader lives for this call
  const std::unique_ptr<Consumer> reader = MakeKafkaConsumer(shared, core.options().prefix + ".restore");
  CROSSBILL_RETURN_IF_ERROR(reader->Assign({place.partition}));
  CROSSBILL_RETURN_IF_ERROR(reader->Seek(place.partition, position));
  std::int64_t waited_ms = 0;
  while (position < end) {
    CROSSBILL_TRY(const Batch batch, reader->Poll(kRecordsAtOnce, kPollMs));
    CROSSBILL_RETURN_IF_ERROR(Apply(batch, place, store, core.WallMs(), state));
    const auto next = batch.next_offsets.find(place.partition);
    waited_ms = next == batch.next_offsets.end() ? waited_ms + kPollMs : 0;
    position = next == batch.next_offsets.end() ? position : next->second;
    if (waited_ms > core.options().call_timeout_ms) {
      return Error(Code::kBusUnavailable, "the changelog cannot be read to its end", place.partition.topic);
    }
  }
  return Ok();
}

}  // namespace crossbill::bus
