// Reading the folder at the start.
#include <array>
#include <limits>

#include "bus/embedded/core.h"
#include "bus/embedded/keys.h"

namespace crossbill::bus {

Result<std::shared_ptr<EmbeddedCore>> EmbeddedCore::Open(const EmbeddedOptions& options) {
  std::shared_ptr<EmbeddedCore> core(new EmbeddedCore());
  CROSSBILL_TRY(core->storage_, Storage::Open(options));
  core->cache_budget_.limit = core->storage_->state_cache_bytes();
  CROSSBILL_RETURN_IF_ERROR(core->LoadMeta());
  CROSSBILL_RETURN_IF_ERROR(core->LoadEnds());
  return core;
}

// Topics first: what follows names them by number.
Status EmbeddedCore::LoadMeta() {
  rocksdb::ReadOptions read;
  const std::unique_ptr<rocksdb::Iterator> it(storage_->db().NewIterator(read, storage_->meta()));
  for (it->Seek(rocksdb::Slice(&kTopicPrefix, 1)); it->Valid() && it->key()[0] == kTopicPrefix; it->Next()) {
    CROSSBILL_RETURN_IF_ERROR(LoadTopic(ViewOf(it->key()).substr(1), ViewOf(it->value())));
  }
  for (it->SeekToFirst(); it->status().ok() && it->Valid(); it->Next()) {
    const std::string_view key = ViewOf(it->key());
    std::string_view value = ViewOf(it->value());
    if (key.empty() || key == kFormatKey) {
      continue;
    }
    const std::string name(key.substr(1));
    bool good = true;
    switch (key[0]) {
      case kTopicPrefix:
        break;
      case kPartitionPrefix:
        CROSSBILL_RETURN_IF_ERROR(LoadPartition(key.substr(1), value));
        break;
      case kOffsetPrefix:
        CROSSBILL_RETURN_IF_ERROR(LoadOffset(key.substr(1), value));
        break;
      case kProducerPrefix:
        good = GetFixed64(value, epochs_[name]);
        break;
      case kStorePrefix:
        good = GetFixed32(value, stores_[name]);
        break;
      default:
        good = false;
    }
    if (!good) {
      return Damaged("an entry of the bus's own table is damaged: key of kind '" + std::string(1, key[0]) +
                     "'");
    }
  }
  if (!it->status().ok()) {
    return storage_->ErrorOf(it->status(), "reading the table of topics");
  }
  return Ok();
}

Status EmbeddedCore::LoadTopic(std::string_view name, std::string_view value) {
  auto topic = std::make_unique<EmbeddedTopic>();
  std::uint32_t partitions = 0;
  std::uint64_t retention = 0;
  topic->spec.name = name;
  constexpr std::uint32_t kMostPartitions = 1u << 20;
  if (!GetFixed32(value, topic->number) || !GetFixed32(value, partitions) || partitions < 1 ||
      partitions > kMostPartitions || value.size() < 3 ||
      static_cast<unsigned char>(value[0]) >= kRecordFamilies) {
    return Damaged("the entry of topic \"" + std::string(name) + "\" is damaged");
  }
  topic->spec.partitions = static_cast<std::int32_t>(partitions);
  topic->family = static_cast<RecordFamily>(value[0]);
  topic->spec.compacted = value[1] != 0;
  const bool has_retention = value[2] != 0;
  value.remove_prefix(3);
  if (!GetFixed64(value, retention)) {
    return Damaged("the entry of topic \"" + std::string(name) + "\" is damaged");
  }
  if (has_retention) {
    topic->spec.retention_ms = static_cast<std::int64_t>(retention);
  }
  topic->spec.work = topic->family == RecordFamily::kExpiring && !has_retention;
  topic->partitions.resize(partitions);
  by_number_[topic->number] = topic.get();
  topics_[topic->spec.name] = std::move(topic);
  return Ok();
}

Status EmbeddedCore::LoadPartition(std::string_view key, std::string_view value) {
  std::uint32_t number = 0;
  std::uint32_t partition = 0;
  std::uint64_t begin = 0;
  std::uint64_t cleaned = 0;
  std::uint64_t kept = 0;
  const bool good = GetFixed32(key, number) && GetFixed32(key, partition) && GetFixed64(value, begin) &&
                    GetFixed64(value, cleaned) && GetFixed64(value, kept);
  const auto found = by_number_.find(number);
  if (!good || found == by_number_.end() || partition >= found->second->partitions.size()) {
    return Damaged("the entry of a partition is damaged");
  }
  PartitionNumbers& numbers = found->second->partitions[partition];
  numbers.begin = static_cast<std::int64_t>(begin);
  numbers.cleaned = static_cast<std::int64_t>(cleaned);
  numbers.kept = static_cast<std::int64_t>(kept);
  return Ok();
}

Status EmbeddedCore::LoadOffset(std::string_view key, std::string_view value) {
  std::uint32_t number = 0;
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  const bool good = GetFixed32(key, number) && GetFixed32(key, partition) && GetFixed64(value, offset);
  const auto found = by_number_.find(number);
  if (!good || found == by_number_.end()) {
    return Damaged("a committed offset is damaged");
  }
  committed_[std::string(key)][{found->second->spec.name, static_cast<std::int32_t>(partition)}] =
      static_cast<std::int64_t>(offset);
  return Ok();
}

// The last batch of a partition is never removed, so its key tells the end.
Status EmbeddedCore::LoadEnds() {
  rocksdb::ReadOptions read;
  std::array<std::unique_ptr<rocksdb::Iterator>, kRecordFamilies> iterators;
  for (std::size_t family = 0; family < kRecordFamilies; ++family) {
    iterators[family].reset(
        storage_->db().NewIterator(read, storage_->records(static_cast<RecordFamily>(family))));
  }
  for (const auto& [number, topic] : by_number_) {
    rocksdb::Iterator* const it = iterators[static_cast<std::size_t>(topic->family)].get();
    for (std::uint32_t p = 0; p < topic->partitions.size(); ++p) {
      PartitionNumbers& numbers = topic->partitions[p];
      it->SeekForPrev(EncodeRecordKey({number, p, std::numeric_limits<std::uint64_t>::max()}));
      if (!it->status().ok()) {
        return storage_->ErrorOf(it->status(), "reading the ends of the topics");
      }
      numbers.end = numbers.begin;
      if (it->Valid()) {
        const auto key = DecodeRecordKey(ViewOf(it->key()));
        if (!key) {
          return Damaged("a key of the records is damaged");
        }
        if (key->topic == number && key->partition == p) {
          numbers.end = static_cast<std::int64_t>(key->last_offset) + 1;
        }
      }
      numbers.next = numbers.end;
    }
  }
  return Ok();
}

}  // namespace crossbill::bus
