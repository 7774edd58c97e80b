#include "bus/kafka/kafka_bus.h"

#include "bus/kafka/core.h"
#include "bus/kafka/state_followers.h"
#include "bus/state/local_state.h"

namespace crossbill::bus {
namespace {

class KafkaBus final : public Bus {
 public:
  explicit KafkaBus(std::shared_ptr<KafkaCore> core) : core_(std::move(core)) {}

  Status CreateTopics(const std::vector<TopicSpec>& topics) override { return core_->CreateTopics(topics); }
  Result<std::vector<TopicSpec>> ListTopics() override { return core_->ListTopics(); }
  Result<std::int32_t> CountPartitions(std::string_view topic) override {
    return core_->CountPartitions(topic);
  }
  Result<PartitionRange> Range(const TopicPartition& partition) override {
    CROSSBILL_TRY(const auto ranges, core_->Ranges({partition}));
    return ranges.at(partition);
  }
  Result<std::map<TopicPartition, PartitionRange>> Ranges(
      const std::vector<TopicPartition>& partitions) override {
    return core_->Ranges(partitions);
  }
  Result<std::optional<std::int64_t>> CommittedOffset(std::string_view group,
                                                      const TopicPartition& partition) override {
    CROSSBILL_TRY(const auto offsets, core_->CommittedOffsets(group, {partition}));
    const auto found = offsets.find(partition);
    return found == offsets.end() ? std::nullopt : std::optional(found->second);
  }
  Result<std::map<TopicPartition, std::int64_t>> CommittedOffsets(
      std::string_view group, const std::vector<TopicPartition>& partitions) override {
    return core_->CommittedOffsets(group, partitions);
  }
  Result<std::unique_ptr<Producer>> OpenProducer(std::string_view transactional_id) override {
    return OpenKafkaProducer(core_, std::string(transactional_id));
  }
  Result<std::unique_ptr<Consumer>> OpenConsumer(std::string_view group) override {
    return MakeKafkaConsumer(core_, std::string(group));
  }
  Status WaitForOpenTransactions(const TopicPartition& partition) override {
    return core_->WaitForOpenTransactions(partition);
  }
  bool is_remote() const override { return true; }
  Result<std::unique_ptr<WorkShare>> JoinWork(std::string_view name, std::int32_t count) override {
    return JoinKafkaWork(core_, name, count);
  }
  Result<std::int64_t> FollowState(std::string_view name) override {
    return core_->followers().Step(std::string(name));
  }
  Status DeleteBefore(const TopicPartition& partition, std::int64_t offset) override {
    return core_->DeleteBefore(partition, offset);
  }
  Status Scrub() override {
    CROSSBILL_TRY(LocalState* const local, core_->State());
    return local->Scrub();
  }
  Status Maintain(std::int64_t) override { return Ok(); }  // the brokers do it by themselves
  std::vector<std::string> Groups() override {
    auto groups = core_->Groups();
    return groups.ok() ? std::move(groups).value() : std::vector<std::string>();
  }

 private:
  std::shared_ptr<KafkaCore> core_;
};

}  // namespace

Result<std::unique_ptr<Bus>> OpenKafkaBus(const KafkaOptions& options) {
  CROSSBILL_TRY(auto core, KafkaCore::Open(options));
  return std::unique_ptr<Bus>(std::make_unique<KafkaBus>(std::move(core)));
}

}  // namespace crossbill::bus
