#include "bus/memory/memory_bus.h"

#include <algorithm>

#include "bus/memory/core.h"

namespace crossbill::bus {
namespace {

class MemoryBus final : public Bus {
 public:
  Status CreateTopics(const std::vector<TopicSpec>& topics) override {
    const std::lock_guard lock(core_->mutex);
    for (const TopicSpec& spec : topics) {
      const auto found = core_->topics.find(spec.name);
      if (spec.partitions < 1) {
        return Error(Code::kBusPartitions, "topic \"" + spec.name + "\" needs at least one partition");
      }
      if (found != core_->topics.end() && found->second.spec.partitions != spec.partitions) {
        return Error(Code::kBusPartitions, "topic \"" + spec.name + "\" has " +
                                               std::to_string(found->second.spec.partitions) +
                                               " partitions, not " + std::to_string(spec.partitions));
      }
    }
    for (const TopicSpec& spec : topics) {
      Topic& topic = core_->topics[spec.name];
      topic.spec = spec;
      topic.partitions.resize(static_cast<std::size_t>(spec.partitions));
    }
    return Ok();
  }

  Result<std::vector<TopicSpec>> ListTopics() override {
    const std::lock_guard lock(core_->mutex);
    std::vector<TopicSpec> specs;
    for (const auto& [name, topic] : core_->topics) {
      specs.push_back(topic.spec);
    }
    return specs;
  }

  Result<PartitionRange> Range(const TopicPartition& partition) override {
    const std::lock_guard lock(core_->mutex);
    CROSSBILL_TRY(const PartitionLog* const log, core_->FindPartition(partition));
    return PartitionRange{log->begin, log->end};
  }

  Result<std::optional<std::int64_t>> CommittedOffset(std::string_view group,
                                                      const TopicPartition& partition) override {
    const std::lock_guard lock(core_->mutex);
    CROSSBILL_TRY([[maybe_unused]] const PartitionLog* const log, core_->FindPartition(partition));
    return core_->CommittedOffset(group, partition);
  }

  Result<std::unique_ptr<Producer>> OpenProducer(std::string_view transactional_id) override {
    if (transactional_id.empty()) {
      return Error(Code::kBusState, "a producer needs a transactional id");
    }
    const std::lock_guard lock(core_->mutex);
    const std::uint64_t epoch = ++core_->epochs[std::string(transactional_id)];
    return MakeProducer(core_, std::string(transactional_id), epoch);
  }

  Result<std::unique_ptr<Consumer>> OpenConsumer(std::string_view group) override {
    return MakeConsumer(core_, std::string(group));
  }

  Status DeleteBefore(const TopicPartition& partition, std::int64_t offset) override {
    const std::lock_guard lock(core_->mutex);
    CROSSBILL_TRY(PartitionLog* const log, core_->FindPartition(partition));
    log->begin = std::max(log->begin, std::min(offset, log->end));
    while (!log->records.empty() && log->records.front()->offset < log->begin) {
      log->records.pop_front();
    }
    return Ok();
  }

  Status Thin(const TopicPartition& partition, std::int64_t end,
              const std::function<bool(const FetchedRecord&)>& stays) override {
    const std::lock_guard lock(core_->mutex);
    CROSSBILL_TRY(PartitionLog* const log, core_->FindPartition(partition));
    std::erase_if(log->records, [&](const StoredRecordPtr& record) {
      return record->offset < end && !stays({0, record->offset, record->view()});
    });
    return Ok();
  }

  Status Maintain(std::int64_t now_ms) override {
    const std::lock_guard lock(core_->mutex);
    MaintainAll(*core_, now_ms);
    return Ok();
  }

  std::vector<std::string> Groups() override {
    const std::lock_guard lock(core_->mutex);
    std::vector<std::string> names;
    for (const auto& [name, offsets] : core_->committed) {
      names.push_back(name);
    }
    return names;
  }

 private:
  std::shared_ptr<Core> core_ = std::make_shared<Core>();
};

}  // namespace

std::unique_ptr<Bus> MakeMemoryBus() { return std::make_unique<MemoryBus>(); }

}  // namespace crossbill::bus
