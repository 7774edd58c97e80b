#include "bus/embedded/cleaner.h"

#include <algorithm>

#include "bus/embedded/keys.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kStepBytes = 32u << 20;
constexpr std::size_t kKeysInMemory = 400'000;  // about 20 MB; more keys take more cleanings
constexpr std::int64_t kLeastDirty = 1'000;     // records; fewer are not worth a rewrite
constexpr std::int64_t kTombstoneKeepMs = 24LL * 60 * 60 * 1000;  // readers have this long to see a deletion
constexpr std::int64_t kMaxSpan = 1LL << 30;                      // offsets that one batch may stand for
constexpr std::size_t kMostMerged = 512;                          // batches that become one

std::size_t Spend(std::size_t budget, std::size_t bytes) { return budget > bytes ? budget - bytes : 0; }

}  // namespace

PartitionNumbers Cleaner::NumbersOf(const PartitionRef& partition) {
  const std::lock_guard lock(core_->mutex());
  return partition.numbers();
}

Error Cleaner::Located(Error error) const {
  const PartitionRef& partition = cleaning_->partition;
  return std::move(error).At(partition.topic->spec.name + "[" + std::to_string(partition.partition) + "]");
}

Status Cleaner::Step(std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (core_->storage().read_only()) {
    return Ok();
  }
  budget_ = kStepBytes;
  std::vector<std::pair<PartitionRef, std::int64_t>> expiring;
  {
    const std::lock_guard core_lock(core_->mutex());
    for (const auto& [name, topic] : core_->topics()) {
      if (!topic->spec.retention_ms) {
        continue;
      }
      for (std::uint32_t p = 0; p < topic->partitions.size(); ++p) {
        expiring.emplace_back(PartitionRef{topic.get(), p}, now_ms - *topic->spec.retention_ms);
      }
    }
  }
  for (const auto& [partition, cutoff] : expiring) {
    CROSSBILL_RETURN_IF_ERROR(Expire(partition, cutoff));
  }
  while (budget_ > 0) {
    if (!cleaning_) {
      cleaning_ = Choose();
    }
    if (!cleaning_) {
      return Ok();
    }
    rocksdb::ReadOptions read;
    read.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> it(core_->storage().db().NewIterator(
        read, core_->storage().records(cleaning_->partition.topic->family)));
    Status status = cleaning_->rewriting ? Rewrite(*it, now_ms) : Learn(*it);
    if (!status.ok()) {
      Error error = Located(std::move(status).error());
      cleaning_.reset();
      return error;
    }
  }
  return Ok();
}

// Whole batches from the begin on that are older. The last one of a partition is only emptied: its key tells
// the end.
Status Cleaner::Expire(const PartitionRef& partition, std::int64_t cutoff_ms) {
  PartitionNumbers numbers = NumbersOf(partition);
  if (numbers.begin >= numbers.end) {
    return Ok();
  }
  Storage& storage = core_->storage();
  rocksdb::ColumnFamilyHandle* const records = storage.records(partition.topic->family);
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(storage.db().NewIterator(read, records));
  rocksdb::WriteBatch batch;
  std::int64_t begin = numbers.begin;
  const RecordKey first{partition.topic->number, partition.partition, static_cast<std::uint64_t>(begin)};
  for (it->Seek(EncodeRecordKey(first)); budget_ > 0 && it->Valid(); it->Next()) {
    const auto key = DecodeRecordKey(ViewOf(it->key()));
    if (!key || key->topic != first.topic || key->partition != first.partition) {
      break;
    }
    const auto last = static_cast<std::int64_t>(key->last_offset);
    if (last >= numbers.end) {
      break;
    }
    auto summary = SummaryOf(ViewOf(it->value()));
    if (!summary.ok()) {
      return std::move(summary).error().At(partition.topic->spec.name);
    }
    if (summary->count > 0 && summary->max_timestamp >= cutoff_ms) {
      break;
    }
    budget_ = Spend(budget_, it->value().size());
    if (last + 1 == numbers.end) {
      RecordBatchBuilder empty;
      batch.Put(records, it->key(), empty.Seal(1).value);
    } else {
      batch.Delete(records, it->key());
    }
    begin = last + 1;
  }
  if (!it->status().ok()) {
    return storage.ErrorOf(it->status(), "expiring records");
  }
  if (begin == numbers.begin) {
    return Ok();
  }
  return MoveBegin(partition, numbers, begin, batch);
}

Status Cleaner::DeleteBefore(const PartitionRef& partition, std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  Storage& storage = core_->storage();
  if (storage.read_only()) {
    return Error(Code::kBusState, "the bus was opened for reading only", storage.path());
  }
  const PartitionNumbers numbers = NumbersOf(partition);
  const std::int64_t begin = std::min(offset, numbers.end);
  if (begin <= numbers.begin) {
    return Ok();
  }
  const auto key_of = [&](std::int64_t last) {
    return EncodeRecordKey({partition.topic->number, partition.partition, static_cast<std::uint64_t>(last)});
  };
  rocksdb::ColumnFamilyHandle* const records = storage.records(partition.topic->family);
  rocksdb::WriteBatch batch;
  const std::int64_t tells_end = numbers.end - 1;  // the last batch stays, at least without records
  const std::int64_t stop = std::min(begin, tells_end);
  if (stop > numbers.begin) {
    batch.DeleteRange(records, key_of(numbers.begin), key_of(stop));
  }
  if (begin == numbers.end) {
    RecordBatchBuilder empty;
    batch.Put(records, key_of(tells_end), empty.Seal(1).value);
  }
  return MoveBegin(partition, numbers, begin, batch);
}

Status Cleaner::Thin(const PartitionRef& partition, std::int64_t end,
                     const std::function<bool(const FetchedRecord&)>& stays) {
  const std::lock_guard lock(mutex_);
  Storage& storage = core_->storage();
  if (storage.read_only()) {
    return Error(Code::kBusState, "the bus was opened for reading only", storage.path());
  }
  const PartitionNumbers numbers = NumbersOf(partition);
  end = std::min(end, numbers.end);
  const auto kept = [&](const FetchedRecord& fetched) {
    return fetched.offset >= end || (fetched.offset >= numbers.begin && stays(fetched));
  };
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(
      storage.db().NewIterator(read, storage.records(partition.topic->family)));
  const RecordKey first{partition.topic->number, partition.partition,
                        static_cast<std::uint64_t>(numbers.begin)};
  std::int64_t next = numbers.begin;
  for (it->Seek(EncodeRecordKey(first)); next < end && it->Valid(); it->Next()) {
    const auto key = DecodeRecordKey(ViewOf(it->key()));
    if (!key || key->topic != first.topic || key->partition != first.partition) {
      break;
    }
    const auto last = static_cast<std::int64_t>(key->last_offset);
    if (Status thinned = ThinBatch(partition, *it, last, kept); !thinned.ok()) {
      return std::move(thinned).error().At(partition.topic->spec.name);
    }
    next = last + 1;
  }
  return it->status().ok() ? Ok() : Status(storage.ErrorOf(it->status(), "thinning out"));
}

Status Cleaner::ThinBatch(const PartitionRef& partition, rocksdb::Iterator& it, std::int64_t last_offset,
                          const std::function<bool(const FetchedRecord&)>& stays) {
  HeaderArena headers;
  CROSSBILL_TRY(auto reader, RecordBatchReader::Open(ViewOf(it.value()), last_offset));
  RecordBatchBuilder left;
  std::int64_t next = last_offset - static_cast<std::int64_t>(reader.summary().span);
  bool changed = false;
  FetchedRecord fetched;
  for (bool more = true; more;) {
    CROSSBILL_TRY(more, reader.Next(headers, fetched));
    if (!more) {
      break;
    }
    if (!stays(fetched)) {
      changed = true;
      continue;
    }
    left.Add(fetched.record, static_cast<std::uint64_t>(fetched.offset - next));
    next = fetched.offset + 1;
  }
  if (!changed) {
    return Ok();
  }
  Storage& storage = core_->storage();
  rocksdb::ColumnFamilyHandle* const records = storage.records(partition.topic->family);
  rocksdb::WriteBatch batch;
  // Without records a batch is only kept where it tells the partition's end.
  if (left.empty() && last_offset + 1 < NumbersOf(partition).end) {
    batch.Delete(records, it.key());
  } else {
    const auto trailing = static_cast<std::uint64_t>(last_offset + 1 - next);
    batch.Put(records, it.key(), left.Seal(left.empty() ? 1 : trailing).value);
  }
  return storage.Write(batch);
}

Status Cleaner::MoveBegin(const PartitionRef& partition, PartitionNumbers numbers, std::int64_t begin,
                          rocksdb::WriteBatch& batch) {
  numbers.begin = begin;
  numbers.cleaned = std::max(numbers.cleaned, begin);
  core_->PutNumbers(partition, numbers, batch);
  CROSSBILL_RETURN_IF_ERROR(core_->storage().Write(batch));
  const std::lock_guard lock(core_->mutex());
  partition.numbers().begin = numbers.begin;
  partition.numbers().cleaned = numbers.cleaned;
  return Ok();
}

// The compacted partition with the largest dirty part, of those where at least half is dirty.
std::optional<Cleaner::Cleaning> Cleaner::Choose() {
  const std::lock_guard lock(core_->mutex());
  std::optional<Cleaning> chosen;
  std::int64_t most = 0;
  for (const auto& [name, topic] : core_->topics()) {
    if (!topic->spec.compacted) {
      continue;
    }
    for (std::uint32_t p = 0; p < topic->partitions.size(); ++p) {
      const PartitionNumbers& numbers = topic->partitions[p];
      const std::int64_t begin = std::max(numbers.begin, numbers.cleaned);
      const std::int64_t dirty = numbers.end - begin;
      if (dirty < std::max({kLeastDirty, numbers.kept, most + 1})) {
        continue;
      }
      most = dirty;
      chosen = Cleaning{};
      chosen->partition = {topic.get(), p};
      chosen->dirty_begin = begin;
      chosen->position = begin;
      chosen->end = numbers.end;
    }
  }
  return chosen;
}

// First pass. A partition with more keys than fit is cleaned as far as they do.
Status Cleaner::Learn(rocksdb::Iterator& it) {
  Cleaning& c = *cleaning_;
  HeaderArena headers;
  FetchedRecord fetched;
  const RecordKey wanted{c.partition.topic->number, c.partition.partition,
                         static_cast<std::uint64_t>(c.position)};
  for (it.Seek(EncodeRecordKey(wanted)); c.position < c.end; it.Next()) {
    if (!it.status().ok()) {
      return core_->storage().ErrorOf(it.status(), "compacting");
    }
    const auto key = it.Valid() ? DecodeRecordKey(ViewOf(it.key())) : std::nullopt;
    if (!key || key->topic != wanted.topic || key->partition != wanted.partition) {
      break;
    }
    const auto last = static_cast<std::int64_t>(key->last_offset);
    CROSSBILL_TRY(auto reader, RecordBatchReader::Open(ViewOf(it.value()), last));
    for (bool more = true; more;) {
      CROSSBILL_TRY(more, reader.Next(headers, fetched));
      if (more) {
        c.newest[Hash128Of(fetched.record.key)] = fetched.offset;
      }
    }
    c.position = last + 1;
    if (c.newest.size() >= kKeysInMemory) {
      c.end = c.position;
    }
    budget_ = Spend(budget_, reader.summary().raw_bytes);
    if (budget_ == 0 && c.position < c.end) {
      return Ok();
    }
    headers = HeaderArena();
  }
  c.rewriting = true;
  c.position = NumbersOf(c.partition).begin;
  return Ok();
}

bool Cleaner::Stays(const FetchedRecord& fetched, std::int64_t now_ms) const {
  const auto found = cleaning_->newest.find(Hash128Of(fetched.record.key));
  if (found != cleaning_->newest.end() && found->second > fetched.offset) {
    return false;
  }
  // What it deleted stood before it and is gone by now.
  return fetched.record.value || fetched.record.timestamp_ms >= now_ms - kTombstoneKeepMs;
}

// Second pass: small neighbours become one batch.
Status Cleaner::Rewrite(rocksdb::Iterator& it, std::int64_t now_ms) {
  Cleaning& c = *cleaning_;
  Run run;
  const RecordKey wanted{c.partition.topic->number, c.partition.partition,
                         static_cast<std::uint64_t>(c.position)};
  for (it.Seek(EncodeRecordKey(wanted)); c.position < c.end; it.Next()) {
    if (!it.status().ok()) {
      return core_->storage().ErrorOf(it.status(), "compacting");
    }
    const auto key = it.Valid() ? DecodeRecordKey(ViewOf(it.key())) : std::nullopt;
    if (!key || key->topic != wanted.topic || key->partition != wanted.partition) {
      break;
    }
    const auto last = static_cast<std::int64_t>(key->last_offset);
    CROSSBILL_RETURN_IF_ERROR(RewriteBatch(it, last, now_ms, run));
    if (run.builder.bytes() >= kBatchBytes || run.keys.size() >= kMostMerged) {
      CROSSBILL_RETURN_IF_ERROR(Flush(run));
    }
    if (budget_ == 0 && last + 1 < c.end) {
      return Flush(run);
    }
    c.position = last + 1;
  }
  CROSSBILL_RETURN_IF_ERROR(Flush(run));
  return Finish();
}

Status Cleaner::RewriteBatch(rocksdb::Iterator& it, std::int64_t last_offset, std::int64_t now_ms, Run& run) {
  HeaderArena headers;
  CROSSBILL_TRY(auto reader, RecordBatchReader::Open(ViewOf(it.value()), last_offset));
  const std::int64_t first = last_offset - static_cast<std::int64_t>(reader.summary().span);
  if (!run.keys.empty() && last_offset - run.first > kMaxSpan) {
    CROSSBILL_RETURN_IF_ERROR(Flush(run));
  }
  if (run.keys.empty()) {
    run.first = run.next = first;
  }
  FetchedRecord fetched;
  for (bool more = true; more;) {
    CROSSBILL_TRY(more, reader.Next(headers, fetched));
    if (!more) {
      break;
    }
    if (!Stays(fetched, now_ms)) {
      run.changed = true;
      continue;
    }
    run.builder.Add(fetched.record, static_cast<std::uint64_t>(fetched.offset - run.next));
    run.next = fetched.offset + 1;
    ++run.kept;
  }
  run.keys.push_back(it.key().ToString());
  run.last = last_offset;
  budget_ = Spend(budget_, reader.summary().raw_bytes);
  return Ok();
}

// One write: the old batches go, the new one comes.
Status Cleaner::Flush(Run& run) {
  if (run.keys.empty()) {
    return Ok();
  }
  Cleaning& c = *cleaning_;
  c.kept += run.kept;
  c.position = run.last + 1;
  if (run.changed || run.keys.size() > 1) {
    Storage& storage = core_->storage();
    rocksdb::ColumnFamilyHandle* const records = storage.records(c.partition.topic->family);
    rocksdb::WriteBatch batch;
    for (const std::string& key : run.keys) {
      batch.Delete(records, key);
    }
    // Without records a batch is only kept where it tells the partition's end.
    const bool tells_end = run.last + 1 >= NumbersOf(c.partition).end;
    if (!run.builder.empty() || tells_end) {
      const auto trailing = static_cast<std::uint64_t>(run.last + 1 - run.next);
      const RecordKey key{c.partition.topic->number, c.partition.partition,
                          static_cast<std::uint64_t>(run.last)};
      batch.Put(records, EncodeRecordKey(key), run.builder.Seal(run.builder.empty() ? 1 : trailing).value);
    }
    CROSSBILL_RETURN_IF_ERROR(storage.Write(batch));
  }
  run = Run();
  return Ok();
}

Status Cleaner::Finish() {
  Cleaning& c = *cleaning_;
  PartitionNumbers numbers = NumbersOf(c.partition);
  numbers.cleaned = c.end;
  numbers.kept = c.kept;
  rocksdb::WriteBatch batch;
  core_->PutNumbers(c.partition, numbers, batch);
  CROSSBILL_RETURN_IF_ERROR(core_->storage().Write(batch));
  {
    const std::lock_guard lock(core_->mutex());
    c.partition.numbers().cleaned = numbers.cleaned;
    c.partition.numbers().kept = numbers.kept;
  }
  cleaning_.reset();
  return Ok();
}

}  // namespace crossbill::bus
