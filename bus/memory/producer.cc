#include "bus/memory/core.h"

namespace crossbill::bus {
namespace {

using Overlay = std::map<std::string, std::optional<std::string>, std::less<>>;  // nothing: deleted

class MemoryStore final : public StateStore {
 public:
  MemoryStore(Core& core, std::string name, const bool& open)
      : core_(core), name_(std::move(name)), open_(open) {}

  Result<std::optional<std::string>> Get(std::string_view key) override {
    const auto own = overlay_.find(key);
    if (own != overlay_.end()) {
      return own->second;
    }
    const std::lock_guard lock(core_.mutex);
    const auto& committed = core_.states[name_];
    const auto found = committed.find(key);
    if (found == committed.end()) {
      return std::optional<std::string>();
    }
    return std::optional<std::string>(found->second);
  }

  // Merges into a copy first, so that `visit` may use the bus and may put.
  Status Scan(std::string_view prefix,
              const std::function<bool(std::string_view, std::string_view)>& visit) override {
    std::map<std::string, std::string> merged;
    {
      const std::lock_guard lock(core_.mutex);
      const auto& committed = core_.states[name_];
      for (auto it = committed.lower_bound(prefix); it != committed.end() && it->first.starts_with(prefix);
           ++it) {
        merged.emplace_hint(merged.end(), *it);
      }
    }
    for (auto it = overlay_.lower_bound(prefix); it != overlay_.end() && it->first.starts_with(prefix);
         ++it) {
      if (it->second) {
        merged[it->first] = *it->second;
      } else {
        merged.erase(it->first);
      }
    }
    for (const auto& [key, value] : merged) {
      if (!visit(key, value)) {
        break;
      }
    }
    return Ok();
  }

  void Put(std::string_view key, std::string_view value) override { Set(key, std::string(value)); }
  void Delete(std::string_view key) override { Set(key, std::nullopt); }

  // Wants the mutex held.
  void CommitLocked() {
    auto& committed = core_.states[name_];
    for (auto& [key, value] : overlay_) {
      if (value) {
        committed[key] = std::move(*value);
      } else {
        committed.erase(key);
      }
    }
    overlay_.clear();
  }
  void Drop() { overlay_.clear(); }

 private:
  void Set(std::string_view key, std::optional<std::string> value) {
    CROSSBILL_CHECK(open_);  // a put outside of a transaction
    const auto found = overlay_.lower_bound(key);
    if (found != overlay_.end() && found->first == key) {
      found->second = std::move(value);
    } else {
      overlay_.emplace_hint(found, std::string(key), std::move(value));
    }
  }

  Core& core_;
  std::string name_;
  const bool& open_;
  Overlay overlay_;
};

class MemoryProducer final : public Producer {
 public:
  MemoryProducer(std::shared_ptr<Core> core, std::string id, std::uint64_t epoch)
      : core_(std::move(core)), id_(std::move(id)), epoch_(epoch) {}

  Status Begin() override {
    if (open_) {
      return Error(Code::kBusState, "begin within a transaction", id_);
    }
    const std::lock_guard lock(core_->mutex);
    CROSSBILL_RETURN_IF_ERROR(CheckEpochLocked());
    open_ = true;
    return Ok();
  }

  Status Send(std::string_view topic, std::int32_t partition, const RecordView& record) override {
    if (!open_) {
      return Error(Code::kBusState, "send outside of a transaction", id_);
    }
    TopicPartition target{std::string(topic), partition};
    {
      const std::lock_guard lock(core_->mutex);
      CROSSBILL_TRY(const Topic* const found, core_->FindTopic(topic));
      if (partition < 0) {
        target.partition = PartitionOf(record.key, found->spec.partitions);
      }
      CROSSBILL_TRY([[maybe_unused]] const PartitionLog* const log, core_->FindPartition(target));
    }
    records_[std::move(target)].push_back(std::make_shared<StoredRecord>(record));
    return Ok();
  }

  Status SendOffsets(std::string_view group, const std::map<TopicPartition, std::int64_t>& offsets) override {
    if (!open_) {
      return Error(Code::kBusState, "offsets outside of a transaction", id_);
    }
    const std::lock_guard lock(core_->mutex);
    for (const auto& [partition, offset] : offsets) {
      CROSSBILL_TRY([[maybe_unused]] const PartitionLog* const log, core_->FindPartition(partition));
      offsets_[std::string(group)][partition] = offset;
    }
    return Ok();
  }

  Status Commit() override {
    if (!open_) {
      return Error(Code::kBusState, "commit outside of a transaction", id_);
    }
    {
      const std::lock_guard lock(core_->mutex);
      if (Status status = CheckEpochLocked(); !status.ok()) {
        Drop();
        return status;
      }
      for (auto& [partition, records] : records_) {
        CROSSBILL_TRY(PartitionLog* const log, core_->FindPartition(partition));
        for (auto& record : records) {
          record->offset = log->end++;
          log->records.push_back(std::move(record));
        }
      }
      for (const auto& [group, offsets] : offsets_) {
        for (const auto& [partition, offset] : offsets) {
          core_->committed[group][partition] = offset;
        }
      }
      for (auto& [name, store] : stores_) {
        store->CommitLocked();
      }
    }
    Drop();
    core_->changed.notify_all();
    return Ok();
  }

  Status Abort() override {
    if (!open_) {
      return Error(Code::kBusState, "abort outside of a transaction", id_);
    }
    Drop();
    return Ok();
  }

  Result<StateStore*> OpenState(std::string_view name) override {
    auto& store = stores_[std::string(name)];
    if (!store) {
      store = std::make_unique<MemoryStore>(*core_, std::string(name), open_);
    }
    return static_cast<StateStore*>(store.get());
  }

 private:
  Status CheckEpochLocked() const {
    if (core_->epochs[id_] == epoch_) {
      return Ok();
    }
    return Error(Code::kBusFenced, "another producer with the same transactional id was opened", id_);
  }

  void Drop() {
    records_.clear();
    offsets_.clear();
    for (auto& [name, store] : stores_) {
      store->Drop();
    }
    open_ = false;
  }

  std::shared_ptr<Core> core_;
  std::string id_;
  std::uint64_t epoch_;
  bool open_ = false;
  std::map<TopicPartition, std::vector<std::shared_ptr<StoredRecord>>> records_;
  std::map<std::string, std::map<TopicPartition, std::int64_t>> offsets_;
  std::map<std::string, std::unique_ptr<MemoryStore>> stores_;
};

}  // namespace

std::unique_ptr<Producer> MakeProducer(std::shared_ptr<Core> core, std::string id, std::uint64_t epoch) {
  return std::make_unique<MemoryProducer>(std::move(core), std::move(id), epoch);
}

}  // namespace crossbill::bus
