#include <rocksdb/perf_level.h>

#include <algorithm>

#include "bus/embedded/core.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kMaxRecordBytes = 64u << 20;
constexpr std::size_t kBatchKeyBytes = 64;  // of a batch in what is written, beside its value

std::size_t SizeOf(const RecordView& record) {
  std::size_t size = record.key.size() + (record.value ? record.value->size() : 0);
  for (const HeaderView& header : record.headers) {
    size += header.name.size() + header.value.size() + 8;
  }
  return size;
}

class EmbeddedProducer final : public Producer {
 public:
  EmbeddedProducer(std::shared_ptr<EmbeddedCore> core, std::string id, std::uint64_t epoch)
      : core_(std::move(core)), id_(std::move(id)), epoch_(epoch) {}

  Status Begin() override {
    if (open_) {
      return Error(Code::kBusState, "begin within a transaction", id_);
    }
    CROSSBILL_RETURN_IF_ERROR(core_->CheckEpoch(id_, epoch_));
    // RocksDB's counters of this thread: nobody reads them, and each read of a key would touch a dozen.
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
    open_ = true;
    return Ok();
  }

  Status Send(std::string_view topic, std::int32_t partition, const RecordView& record) override {
    if (!open_) {
      return Error(Code::kBusState, "send outside of a transaction", id_);
    }
    if (SizeOf(record) > kMaxRecordBytes) {
      return Error(Code::kLimit,
                   "a record of " + std::to_string(SizeOf(record)) + " bytes; the embedded bus takes " +
                       std::to_string(kMaxRecordBytes),
                   std::string(topic));
    }
    CROSSBILL_TRY(Target* const target, FindTarget(topic));
    const std::int32_t count = static_cast<std::int32_t>(target->parts.size());
    if (partition >= count) {
      return Error(Code::kBusTopic,
                   "topic \"" + std::string(topic) + "\" has no partition " + std::to_string(partition));
    }
    Part& part =
        target->parts[static_cast<std::size_t>(partition < 0 ? PartitionOf(record.key, count) : partition)];
    if (part.builder.empty() && part.sealed.empty()) {
      touched_.push_back(&part);
    }
    part.builder.Add(record);
    if (part.builder.bytes() >= kBatchBytes) {
      part.sealed.push_back(part.builder.Seal());
    }
    return Ok();
  }

  Status SendOffsets(std::string_view group, const std::map<TopicPartition, std::int64_t>& offsets) override {
    if (!open_) {
      return Error(Code::kBusState, "offsets outside of a transaction", id_);
    }
    for (const auto& [partition, offset] : offsets) {
      CROSSBILL_TRY([[maybe_unused]] const PartitionRef ref, core_->Find(partition));
    }
    auto& own = offsets_[std::string(group)];
    for (const auto& [partition, offset] : offsets) {
      own[partition] = offset;
    }
    return Ok();
  }

  Status Commit() override {
    if (!open_) {
      return Error(Code::kBusState, "commit outside of a transaction", id_);
    }
    Transaction transaction(SealBatches());
    for (Part* part : touched_) {
      transaction.parts.push_back({part->ref, std::move(part->sealed)});
      part->sealed.clear();
    }
    touched_.clear();
    transaction.offsets = std::move(offsets_);
    offsets_.clear();
    for (const auto& [name, store] : stores_) {
      store->AddTo(transaction.writes);
    }
    open_ = false;
    Status status = core_->Commit(id_, epoch_, transaction);
    for (const auto& [name, store] : stores_) {
      status.ok() ? store->Committed() : store->Dropped();
    }
    return status;
  }

  Status Abort() override {
    if (!open_) {
      return Error(Code::kBusState, "abort outside of a transaction", id_);
    }
    for (Part* part : touched_) {
      part->builder = RecordBatchBuilder();
      part->sealed.clear();
    }
    touched_.clear();
    offsets_.clear();
    for (const auto& [name, store] : stores_) {
      store->Dropped();
    }
    open_ = false;
    return Ok();
  }

  Result<StateStore*> OpenState(std::string_view name) override {
    const auto found = stores_.find(name);
    if (found != stores_.end()) {
      return static_cast<StateStore*>(found->second.get());
    }
    CROSSBILL_TRY(const std::uint32_t number, core_->OpenStore(name));
    auto store = std::make_unique<KeyedStore>(core_->storage().state(), number, open_, core_->cache_budget());
    return static_cast<StateStore*>(stores_.emplace(std::string(name), std::move(store)).first->second.get());
  }

 private:
  struct Part {
    PartitionRef ref;
    RecordBatchBuilder builder;
    std::vector<SealedBatch> sealed;
  };
  struct Target {
    std::string name;
    std::vector<Part> parts;  // never resized: touched_ points into it
  };

  // Returns about how many bytes are to be written.
  std::size_t SealBatches() {
    // In order of partitions, so that a run is the same each time whatever the order of Send.
    std::sort(touched_.begin(), touched_.end(), [](const Part* a, const Part* b) {
      return std::pair(a->ref.topic->number, a->ref.partition) <
             std::pair(b->ref.topic->number, b->ref.partition);
    });
    std::size_t bytes = 0;
    for (Part* part : touched_) {
      if (!part->builder.empty()) {
        part->sealed.push_back(part->builder.Seal());
      }
      for (const SealedBatch& batch : part->sealed) {
        bytes += batch.value.size() + kBatchKeyBytes;
      }
    }
    for (const auto& [name, store] : stores_) {
      bytes += store->WriteBytes();
    }
    return bytes;
  }

  // Few topics and nearly always the same as the last time: a look-up without the core's mutex.
  Result<Target*> FindTarget(std::string_view topic) {
    if (last_ != nullptr && last_->name == topic) {
      return last_;
    }
    for (const auto& target : targets_) {
      if (target->name == topic) {
        return last_ = target.get();
      }
    }
    CROSSBILL_TRY(EmbeddedTopic* const found, core_->FindTopic(topic));
    auto target = std::make_unique<Target>();
    target->name = topic;
    target->parts.resize(found->partitions.size());
    for (std::uint32_t p = 0; p < target->parts.size(); ++p) {
      target->parts[p].ref = {found, p};
    }
    targets_.push_back(std::move(target));
    return last_ = targets_.back().get();
  }

  std::shared_ptr<EmbeddedCore> core_;
  std::string id_;
  std::uint64_t epoch_;
  bool open_ = false;
  std::vector<std::unique_ptr<Target>> targets_;
  Target* last_ = nullptr;
  std::vector<Part*> touched_;
  std::map<std::string, std::map<TopicPartition, std::int64_t>> offsets_;
  std::map<std::string, std::unique_ptr<KeyedStore>, std::less<>> stores_;
};

}  // namespace

std::unique_ptr<Producer> MakeEmbeddedProducer(std::shared_ptr<EmbeddedCore> core, std::string id,
                                               std::uint64_t epoch) {
  return std::make_unique<EmbeddedProducer>(std::move(core), std::move(id), epoch);
}

}  // namespace crossbill::bus
