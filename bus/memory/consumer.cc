#include <algorithm>
#include <chrono>

#include "bus/memory/core.h"

namespace crossbill::bus {
namespace {

class MemoryConsumer final : public Consumer {
 public:
  MemoryConsumer(std::shared_ptr<Core> core, std::string group)
      : core_(std::move(core)), group_(std::move(group)) {}

  Status Assign(const std::vector<TopicPartition>& partitions) override {
    const std::lock_guard lock(core_->mutex);
    std::map<TopicPartition, std::int64_t> positions;
    for (const TopicPartition& partition : partitions) {
      CROSSBILL_TRY(const PartitionLog* const log, core_->FindPartition(partition));
      positions[partition] = core_->CommittedOffset(group_, partition).value_or(log->begin);
    }
    positions_ = std::move(positions);
    return Ok();
  }

  Status Seek(const TopicPartition& partition, std::int64_t offset) override {
    const auto found = positions_.find(partition);
    if (found == positions_.end()) {
      return Error(Code::kBusState, "seek in a partition that is not assigned",
                   partition.topic + "[" + std::to_string(partition.partition) + "]");
    }
    found->second = offset;
    return Ok();
  }

  Result<Batch> Poll(std::size_t max_records, std::int64_t wait_ms) override {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    std::unique_lock lock(core_->mutex);
    while (true) {
      Batch batch;
      CROSSBILL_RETURN_IF_ERROR(FillLocked(max_records, batch));
      if (!batch.next_offsets.empty() || wait_ms <= 0) {
        return batch;
      }
      if (core_->changed.wait_until(lock, deadline) == std::cv_status::timeout) {
        wait_ms = 0;
      }
    }
  }

 private:
  // Goes round the partitions, beginning after the one that was read last.
  Status FillLocked(std::size_t max_records, Batch& batch) {
    auto it = last_ ? positions_.upper_bound(*last_) : positions_.begin();
    for (std::size_t n = 0; n < positions_.size() && batch.records.size() < max_records; ++n, ++it) {
      if (it == positions_.end()) {
        it = positions_.begin();
      }
      CROSSBILL_TRY(const PartitionLog* const log, core_->FindPartition(it->first));
      ReadLocked(*log, it->first, it->second, max_records, batch);
    }
    return Ok();
  }

  void ReadLocked(const PartitionLog& log, const TopicPartition& partition, std::int64_t& position,
                  std::size_t max_records, Batch& batch) {
    if (position >= log.end) {
      return;
    }
    auto record =
        std::lower_bound(log.records.begin(), log.records.end(), position,
                         [](const StoredRecordPtr& r, std::int64_t offset) { return r->offset < offset; });
    const auto source = static_cast<std::uint32_t>(batch.sources.size());
    batch.sources.push_back(partition);
    for (; record != log.records.end() && batch.records.size() < max_records; ++record) {
      batch.records.push_back({source, (*record)->offset, (*record)->view()});
      batch.memory.push_back(*record);
    }
    position = record == log.records.end() ? log.end : (*record)->offset;
    batch.next_offsets[partition] = position;
    last_ = partition;
  }

  std::shared_ptr<Core> core_;
  std::string group_;
  std::map<TopicPartition, std::int64_t> positions_;
  std::optional<TopicPartition> last_;
};

}  // namespace

std::unique_ptr<Consumer> MakeConsumer(std::shared_ptr<Core> core, std::string group) {
  return std::make_unique<MemoryConsumer>(std::move(core), std::move(group));
}

}  // namespace crossbill::bus
