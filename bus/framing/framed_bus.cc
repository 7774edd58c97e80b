#include "bus/framing/framed_bus.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "bus/framing/frame.h"

namespace crossbill::bus {
namespace {

// The frames of all topics, as far as they are known. Any thread.
class Frames {
 public:
  explicit Frames(Framing framing) : framing_(std::move(framing)) {}

  bool MayHave(std::string_view topic) const { return framing_.may_have(topic); }
  bool AreWritten() const { return framing_.frame_of != nullptr; }

  // Empty: the topic's values have none. The view lives as long as this.
  Result<std::string_view> Of(std::string_view topic) {
    if (!AreWritten() || !MayHave(topic)) {
      return std::string_view();
    }
    const std::scoped_lock lock(mutex_);
    auto found = known_.find(topic);
    if (found == known_.end()) {
      CROSSBILL_TRY(std::string frame, framing_.frame_of(std::string(topic)));
      found = known_.emplace(topic, std::move(frame)).first;
    }
    return std::string_view(found->second);
  }

 private:
  const Framing framing_;
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> known_;  // guarded by mutex_; entries stay
};

class FramedProducer final : public Producer {
 public:
  FramedProducer(std::unique_ptr<Producer> inner, std::shared_ptr<Frames> frames)
      : inner_(std::move(inner)), frames_(std::move(frames)) {}

  Status Begin() override { return inner_->Begin(); }
  Status Send(std::string_view topic, std::int32_t partition, const RecordView& record) override {
    CROSSBILL_TRY(const std::string_view frame, FrameOf(topic));
    if (frame.empty() || !record.value) {  // a tombstone stays one
      return inner_->Send(topic, partition, record);
    }
    value_.assign(frame).append(*record.value);
    RecordView framed = record;
    framed.value = value_;
    return inner_->Send(topic, partition, framed);
  }
  Status SendOffsets(std::string_view group, const std::map<TopicPartition, std::int64_t>& offsets) override {
    return inner_->SendOffsets(group, offsets);
  }
  Status Commit() override { return inner_->Commit(); }
  Status Abort() override { return inner_->Abort(); }
  Result<StateStore*> OpenState(std::string_view name) override { return inner_->OpenState(name); }

 private:
  // Of this producer's own, so that producers do not wait for each other.
  Result<std::string_view> FrameOf(std::string_view topic) {
    auto found = known_.find(topic);
    if (found == known_.end()) {
      CROSSBILL_TRY(const std::string_view frame, frames_->Of(topic));
      found = known_.emplace(topic, frame).first;
    }
    return found->second;
  }

  const std::unique_ptr<Producer> inner_;
  const std::shared_ptr<Frames> frames_;
  std::map<std::string, std::string_view, std::less<>> known_;
  std::string value_;
};

class FramedConsumer final : public Consumer {
 public:
  FramedConsumer(std::unique_ptr<Consumer> inner, std::shared_ptr<const Frames> frames)
      : inner_(std::move(inner)), frames_(std::move(frames)) {}

  Status Assign(const std::vector<TopicPartition>& partitions) override { return inner_->Assign(partitions); }
  Status Seek(const TopicPartition& partition, std::int64_t offset) override {
    return inner_->Seek(partition, offset);
  }
  Result<Batch> Poll(std::size_t max_records, std::int64_t wait_ms) override {
    CROSSBILL_TRY(Batch batch, inner_->Poll(max_records, wait_ms));
    std::vector<bool> may_have;
    std::transform(batch.sources.begin(), batch.sources.end(), std::back_inserter(may_have),
                   [&](const TopicPartition& source) { return frames_->MayHave(source.topic); });
    for (FetchedRecord& fetched : batch.records) {
      if (fetched.record.value && may_have[fetched.source]) {
        fetched.record.value = WithoutFrame(*fetched.record.value);
      }
    }
    return batch;
  }

 private:
  const std::unique_ptr<Consumer> inner_;
  const std::shared_ptr<const Frames> frames_;
};

class FramedBus final : public Bus {
 public:
  FramedBus(std::unique_ptr<Bus> inner, Framing framing)
      : inner_(std::move(inner)), frames_(std::make_shared<Frames>(std::move(framing))) {}

  // What is written to a topic needs its schema as well as the topic.
  Status CreateTopics(const std::vector<TopicSpec>& topics) override {
    CROSSBILL_RETURN_IF_ERROR(inner_->CreateTopics(topics));
    for (const TopicSpec& topic : topics) {
      CROSSBILL_RETURN_IF_ERROR(frames_->Of(topic.name));
    }
    return Ok();
  }
  Result<std::vector<TopicSpec>> ListTopics() override { return inner_->ListTopics(); }
  Result<PartitionRange> Range(const TopicPartition& partition) override { return inner_->Range(partition); }
  Result<std::optional<std::int64_t>> CommittedOffset(std::string_view group,
                                                      const TopicPartition& partition) override {
    return inner_->CommittedOffset(group, partition);
  }
  Result<std::int32_t> CountPartitions(std::string_view topic) override {
    return inner_->CountPartitions(topic);
  }
  Result<std::map<TopicPartition, PartitionRange>> Ranges(
      const std::vector<TopicPartition>& partitions) override {
    return inner_->Ranges(partitions);
  }
  Result<std::map<TopicPartition, std::int64_t>> CommittedOffsets(
      std::string_view group, const std::vector<TopicPartition>& partitions) override {
    return inner_->CommittedOffsets(group, partitions);
  }
  Result<std::unique_ptr<Producer>> OpenProducer(std::string_view transactional_id) override {
    CROSSBILL_TRY(auto producer, inner_->OpenProducer(transactional_id));
    if (!frames_->AreWritten()) {
      return producer;
    }
    return std::unique_ptr<Producer>(std::make_unique<FramedProducer>(std::move(producer), frames_));
  }
  Result<std::unique_ptr<Consumer>> OpenConsumer(std::string_view group) override {
    CROSSBILL_TRY(auto consumer, inner_->OpenConsumer(group));
    return std::unique_ptr<Consumer>(std::make_unique<FramedConsumer>(std::move(consumer), frames_));
  }
  Status WaitForOpenTransactions(const TopicPartition& partition) override {
    return inner_->WaitForOpenTransactions(partition);
  }
  bool is_remote() const override { return inner_->is_remote(); }
  Result<std::unique_ptr<WorkShare>> JoinWork(std::string_view name, std::int32_t count) override {
    return inner_->JoinWork(name, count);
  }
  Result<std::int64_t> FollowState(std::string_view name) override { return inner_->FollowState(name); }
  Status DeleteBefore(const TopicPartition& partition, std::int64_t offset) override {
    return inner_->DeleteBefore(partition, offset);
  }
  Status Thin(const TopicPartition& partition, std::int64_t end,
              const std::function<bool(const FetchedRecord&)>& stays) override {
    if (!frames_->MayHave(partition.topic)) {
      return inner_->Thin(partition, end, stays);
    }
    return inner_->Thin(partition, end, [&](FetchedRecord fetched) {
      if (fetched.record.value) {
        fetched.record.value = WithoutFrame(*fetched.record.value);
      }
      return stays(fetched);
    });
  }
  Status Scrub() override { return inner_->Scrub(); }
  Status Maintain(std::int64_t now_ms) override { return inner_->Maintain(now_ms); }
  std::vector<std::string> Groups() override { return inner_->Groups(); }

 private:
  const std::unique_ptr<Bus> inner_;
  const std::shared_ptr<Frames> frames_;
};

}  // namespace

std::unique_ptr<Bus> MakeFramedBus(std::unique_ptr<Bus> bus, Framing framing) {
  return std::make_unique<FramedBus>(std::move(bus), std::move(framing));
}

}  // namespace crossbill::bus
