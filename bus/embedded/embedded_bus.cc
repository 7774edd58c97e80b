#include "bus/embedded/embedded_bus.h"

#include "bus/embedded/cleaner.h"
#include "bus/embedded/core.h"

namespace crossbill::bus {
namespace {

class EmbeddedBus final : public Bus {
 public:
  explicit EmbeddedBus(std::shared_ptr<EmbeddedCore> core) : core_(std::move(core)), cleaner_(core_) {}

  Status CreateTopics(const std::vector<TopicSpec>& topics) override { return core_->CreateTopics(topics); }
  Result<std::vector<TopicSpec>> ListTopics() override { return core_->ListTopics(); }

  Result<PartitionRange> Range(const TopicPartition& partition) override {
    CROSSBILL_TRY(const PartitionRef ref, core_->Find(partition));
    return core_->Range(ref);
  }

  Result<std::optional<std::int64_t>> CommittedOffset(std::string_view group,
                                                      const TopicPartition& partition) override {
    CROSSBILL_TRY([[maybe_unused]] const PartitionRef ref, core_->Find(partition));
    return core_->CommittedOffset(group, partition);
  }

  Result<std::unique_ptr<Producer>> OpenProducer(std::string_view transactional_id) override {
    CROSSBILL_TRY(const std::uint64_t epoch, core_->OpenEpoch(transactional_id));
    return MakeEmbeddedProducer(core_, std::string(transactional_id), epoch);
  }

  Result<std::unique_ptr<Consumer>> OpenConsumer(std::string_view group) override {
    return MakeEmbeddedConsumer(core_, std::string(group));
  }

  Status DeleteBefore(const TopicPartition& partition, std::int64_t offset) override {
    CROSSBILL_TRY(const PartitionRef ref, core_->Find(partition));
    return cleaner_.DeleteBefore(ref, offset);
  }

  Status Thin(const TopicPartition& partition, std::int64_t end,
              const std::function<bool(const FetchedRecord&)>& stays) override {
    CROSSBILL_TRY(const PartitionRef ref, core_->Find(partition));
    return cleaner_.Thin(ref, end, stays);
  }

  Status Scrub() override { return core_->storage().Scrub(); }
  Status Maintain(std::int64_t now_ms) override { return cleaner_.Step(now_ms); }
  std::vector<std::string> Groups() override { return core_->Groups(); }

 private:
  std::shared_ptr<EmbeddedCore> core_;
  Cleaner cleaner_;
};

}  // namespace

Result<std::unique_ptr<Bus>> OpenEmbeddedBus(const EmbeddedOptions& options) {
  CROSSBILL_TRY(auto core, EmbeddedCore::Open(options));
  return std::unique_ptr<Bus>(std::make_unique<EmbeddedBus>(std::move(core)));
}

}  // namespace crossbill::bus
