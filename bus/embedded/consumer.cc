#include <array>
#include <chrono>

#include "bus/embedded/core.h"
#include "bus/embedded/keys.h"

namespace crossbill::bus {
namespace {

std::string NameOf(const TopicPartition& partition) {
  return partition.topic + "[" + std::to_string(partition.partition) + "]";
}

class EmbeddedConsumer final : public Consumer {
 public:
  EmbeddedConsumer(std::shared_ptr<EmbeddedCore> core, std::string group)
      : core_(std::move(core)), group_(std::move(group)) {}

  Status Assign(const std::vector<TopicPartition>& partitions) override {
    const std::lock_guard lock(core_->mutex());
    std::map<TopicPartition, Cursor> cursors;
    for (const TopicPartition& partition : partitions) {
      CROSSBILL_TRY(const PartitionRef ref, core_->FindLocked(partition));
      Cursor cursor;
      cursor.ref = ref;
      cursor.position = core_->CommittedOffsetLocked(group_, partition).value_or(ref.numbers().begin);
      cursors.emplace(partition, std::move(cursor));
    }
    cursors_ = std::move(cursors);
    return Ok();
  }

  Status Seek(const TopicPartition& partition, std::int64_t offset) override {
    const auto found = cursors_.find(partition);
    if (found == cursors_.end()) {
      return Error(Code::kBusState, "seek in a partition that is not assigned", NameOf(partition));
    }
    found->second.position = std::max<std::int64_t>(0, offset);
    found->second.reader.reset();
    return Ok();
  }

  Result<Batch> Poll(std::size_t max_records, std::int64_t wait_ms) override {
    CROSSBILL_RETURN_IF_ERROR(AwaitRecords(wait_ms));
    Batch batch;
    auto headers = std::make_shared<HeaderArena>();
    auto it = last_ ? cursors_.upper_bound(*last_) : cursors_.begin();
    for (std::size_t n = 0; n < cursors_.size() && batch.records.size() < max_records; ++n, ++it) {
      if (it == cursors_.end()) {
        it = cursors_.begin();
      }
      CROSSBILL_RETURN_IF_ERROR(Read(it->first, it->second, max_records, *headers, batch));
    }
    iterators_ = {};  // else they would keep files alive that compaction has replaced
    if (!headers->empty()) {
      batch.memory.push_back(std::move(headers));
    }
    return batch;
  }

 private:
  struct Cursor {
    PartitionRef ref;
    std::int64_t position = 0;
    std::int64_t end = 0;                     // visible at the last look
    std::optional<RecordBatchReader> reader;  // of the batch that `position` is in
  };

  // Returns when something can be read, or after `wait_ms`.
  Status AwaitRecords(std::int64_t wait_ms) {
    std::unique_lock lock(core_->mutex());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    while (true) {
      bool readable = false;
      for (auto& [partition, cursor] : cursors_) {
        const PartitionNumbers& numbers = cursor.ref.numbers();
        cursor.end = numbers.end;
        if (cursor.position < numbers.begin) {
          cursor.position = numbers.begin;
          cursor.reader.reset();
        }
        readable = readable || cursor.position < cursor.end;
      }
      if (readable || wait_ms <= 0) {
        return Ok();
      }
      if (core_->changed().wait_until(lock, deadline) == std::cv_status::timeout) {
        wait_ms = 0;
      }
    }
  }

  Status Read(const TopicPartition& partition, Cursor& cursor, std::size_t max_records, HeaderArena& headers,
              Batch& batch) {
    if (cursor.position >= cursor.end) {
      return Ok();
    }
    const auto source = static_cast<std::uint32_t>(batch.sources.size());
    batch.sources.push_back(partition);
    const void* memory = nullptr;
    while (cursor.position < cursor.end && batch.records.size() < max_records) {
      if (!cursor.reader) {
        CROSSBILL_RETURN_IF_ERROR(OpenBatch(partition, cursor));
      }
      if (!cursor.reader) {
        break;
      }
      if (memory != cursor.reader->memory().get()) {
        batch.memory.push_back(cursor.reader->memory());
        memory = batch.memory.back().get();
      }
      while (batch.records.size() < max_records) {
        FetchedRecord& fetched = batch.records.emplace_back();
        fetched.source = source;
        auto more = cursor.reader->Next(headers, fetched);
        if (!more.ok()) {
          return Located(std::move(more).error(), partition, cursor.position);
        }
        if (!*more) {
          batch.records.pop_back();
          cursor.position = cursor.reader->last_offset() + 1;
          cursor.reader.reset();
          break;
        }
        if (fetched.offset < cursor.position) {
          batch.records.pop_back();
        } else {
          cursor.position = fetched.offset + 1;
        }
      }
    }
    batch.next_offsets[partition] = cursor.position;
    last_ = partition;
    return Ok();
  }

  // The batch with the first offset from the position on. None when the partition is empty from there on.
  Status OpenBatch(const TopicPartition& partition, Cursor& cursor) {
    Storage& storage = core_->storage();
    const RecordFamily family = cursor.ref.topic->family;
    std::unique_ptr<rocksdb::Iterator>& it = iterators_[static_cast<std::size_t>(family)];
    if (!it) {
      rocksdb::ReadOptions read;
      read.fill_cache = false;
      it.reset(storage.db().NewIterator(read, storage.records(family)));
    }
    const RecordKey wanted{cursor.ref.topic->number, cursor.ref.partition,
                           static_cast<std::uint64_t>(cursor.position)};
    // Mostly the batch after the one that was read last.
    const auto at = it->Valid() ? DecodeRecordKey(ViewOf(it->key())) : std::nullopt;
    if (at && at->topic == wanted.topic && at->partition == wanted.partition &&
        at->last_offset + 1 == wanted.last_offset) {
      it->Next();
    } else {
      it->Seek(EncodeRecordKey(wanted));
    }
    if (!it->status().ok()) {
      return Located(storage.ErrorOf(it->status(), "reading records"), partition, cursor.position);
    }
    const auto key = it->Valid() ? DecodeRecordKey(ViewOf(it->key())) : std::nullopt;
    if (!key || key->topic != wanted.topic || key->partition != wanted.partition) {
      return Located(Error(Code::kBusCorrupt,
                           "records are missing: the partition ends before " + std::to_string(cursor.end)),
                     partition, cursor.position);
    }
    auto reader = RecordBatchReader::Open(ViewOf(it->value()), static_cast<std::int64_t>(key->last_offset));
    if (!reader.ok()) {
      return Located(std::move(reader).error(), partition, static_cast<std::int64_t>(key->last_offset));
    }
    cursor.reader = std::move(reader).value();
    return Ok();
  }

  Error Located(Error error, const TopicPartition& partition, std::int64_t offset) {
    cursors_.find(partition)->second.reader.reset();
    iterators_ = {};
    return std::move(error).At(NameOf(partition) + " offset " + std::to_string(offset));
  }

  std::shared_ptr<EmbeddedCore> core_;
  std::string group_;
  std::map<TopicPartition, Cursor> cursors_;
  std::optional<TopicPartition> last_;
  std::array<std::unique_ptr<rocksdb::Iterator>, kRecordFamilies> iterators_;  // by family, for one poll
};

}  // namespace

std::unique_ptr<Consumer> MakeEmbeddedConsumer(std::shared_ptr<EmbeddedCore> core, std::string group) {
  return std::make_unique<EmbeddedConsumer>(std::move(core), std::move(group));
}

}  // namespace crossbill::bus
