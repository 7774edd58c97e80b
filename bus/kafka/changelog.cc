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
constexpr std::int64_t kTellAfterMs = 2000;  // what takes longer shows how far it is
constexpr int kNotice = 5;                   // of syslog
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

Result<std::unique_ptr<ChangelogReader>> ChangelogReader::Open(KafkaCore& core, const std::string& store) {
  CROSSBILL_TRY(LocalState* const state, core.State());
  CROSSBILL_TRY(const std::uint32_t number, state->NumberOf(store));
  std::unique_ptr<ChangelogReader> reader(new ChangelogReader(core, store, number, *state));
  CROSSBILL_RETURN_IF_ERROR(reader->Start());
  return reader;
}

ChangelogReader::ChangelogReader(KafkaCore& core, const std::string& store, std::uint32_t number,
                                 LocalState& state)
    : core_(core),
      store_(store),
      place_(ChangelogPlaceOf(core.options(), store)),
      number_(number),
      state_(state) {}

ChangelogReader::~ChangelogReader() = default;

Status ChangelogReader::Start() {
  TopicSpec spec{place_.partition.topic, core_.options().state_partitions, true, std::nullopt};
  CROSSBILL_RETURN_IF_ERROR(core_.CreateTopics({spec}));
  CROSSBILL_RETURN_IF_ERROR(LookAtEnd());
  CROSSBILL_TRY(auto ranges, core_.Ranges({place_.partition}));
  PartitionRange range = ranges.at(place_.partition);
  range.end = std::max(range.end, end_);
  CROSSBILL_TRY(position_, FirstMissing(range, number_, core_.WallMs(), state_));
  first_ = position_;
  return Ok();
}

Status ChangelogReader::LookAtEnd() {
  CROSSBILL_TRY(end_, core_.WrittenEnd(place_.partition));
  return Ok();
}

Result<bool> ChangelogReader::Step(std::int64_t wait_ms) {
  if (!consumer_) {
    std::shared_ptr<KafkaCore> shared(&core_, [](KafkaCore*) {});  // the core outlives its readers
    consumer_ = MakeKafkaConsumer(shared, core_.options().prefix + ".restore");
    CROSSBILL_RETURN_IF_ERROR(consumer_->Assign({place_.partition}));
    CROSSBILL_RETURN_IF_ERROR(consumer_->Seek(place_.partition, position_));
  }
  CROSSBILL_TRY(const Batch batch, consumer_->Poll(kRecordsAtOnce, wait_ms));
  CROSSBILL_RETURN_IF_ERROR(Apply(batch, place_, number_, core_.WallMs(), state_));
  const auto next = batch.next_offsets.find(place_.partition);
  if (next == batch.next_offsets.end()) {
    return false;
  }
  position_ = next->second;
  return true;
}

Status ChangelogReader::ReadToEnd() {
  std::int64_t waited_ms = 0;
  std::int64_t told_ms = core_.WallMs();
  const std::int64_t began_ms = told_ms;
  while (behind() > 0) {
    CROSSBILL_TRY(const bool moved, Step(kPollMs));
    waited_ms = moved ? 0 : waited_ms + kPollMs;
    if (waited_ms > core_.options().call_timeout_ms) {
      return Error(Code::kBusUnavailable, "the changelog cannot be read to its end", place_.partition.topic);
    }
    const std::int64_t now_ms = core_.WallMs();
    const bool done = behind() <= 0 && now_ms - began_ms >= kTellAfterMs;
    if (done || now_ms - told_ms >= kTellAfterMs) {
      told_ms = now_ms;
      core_.Tell(kNotice, "state of " + store_ +
                              " is made complete from its changelog: " + std::to_string(position_ - first_) +
                              " of " + std::to_string(end_ - first_) + " records");
    }
  }
  return Ok();
}

Status RestoreState(KafkaCore& core, const std::string& store) {
  CROSSBILL_TRY(const auto reader, ChangelogReader::Open(core, store));
  return reader->ReadToEnd();
}

}  // namespace crossbill::bus
