#include <fmt/format.h>

#include <set>

#include "facade/views/views.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kMaxRecords = 500;  // of one step: one batch in memory

class ViewUpdaterImpl final : public ViewUpdater {
 public:
  ViewUpdaterImpl(bus::Bus& bus, const bus::Topics& topics, Views& views)
      : bus_(bus), topics_(topics), views_(views) {}

  Status Start() {
    CROSSBILL_RETURN_IF_ERROR(FindPartitions());
    CROSSBILL_TRY(const std::string prefix, views_.TopicPrefix());
    if (!prefix.empty() && prefix != topics_.prefix()) {
      return Error(Code::kViewsStale,
                   fmt::format("the read model was built from the topics {}.*, not from {}.*", prefix,
                               topics_.prefix()));
    }
    CROSSBILL_TRY(const auto offsets, views_.Offsets());
    CROSSBILL_TRY(consumer_, bus_.OpenConsumer(topics_.prefix() + ".views"));
    CROSSBILL_RETURN_IF_ERROR(consumer_->Assign(partitions_));
    for (const bus::TopicPartition& partition : partitions_) {
      CROSSBILL_TRY(const bus::PartitionRange range, bus_.Range(partition));
      const auto known = offsets.find(partition);
      const std::int64_t from = known == offsets.end() ? range.begin : known->second;
      CROSSBILL_RETURN_IF_ERROR(CheckRange(partition, range, from));
      CROSSBILL_RETURN_IF_ERROR(consumer_->Seek(partition, from));
      next_[partition] = from;
    }
    return Ok();
  }

  Result<std::size_t> Step(std::int64_t wait_ms) override {
    CROSSBILL_TRY(const bus::Batch batch, consumer_->Poll(kMaxRecords, wait_ms));
    bool moved = false;
    for (const auto& [partition, offset] : batch.next_offsets) {
      moved = moved || next_[partition] != offset;
    }
    if (batch.empty() && !moved) {
      return std::size_t{0};
    }
    CROSSBILL_RETURN_IF_ERROR(views_.Apply(topics_, batch));
    for (const auto& [partition, offset] : batch.next_offsets) {
      next_[partition] = offset;
    }
    return batch.records.size();
  }

  Result<std::int64_t> Lag() override {
    std::int64_t lag = 0;
    for (const auto& [partition, offset] : next_) {
      CROSSBILL_TRY(const bus::PartitionRange range, bus_.Range(partition));
      lag += std::max<std::int64_t>(0, range.end - std::max(offset, range.begin));
    }
    return lag;
  }

 private:
  Status FindPartitions() {
    const std::vector<std::string> names = TopicsOfViews(topics_);
    std::set<std::string> wanted(names.begin(), names.end());
    if (views_.parties() == nullptr) {
      wanted.erase(topics_.Source("party"));
    }
    CROSSBILL_TRY(const std::vector<bus::TopicSpec> topics, bus_.ListTopics());
    for (const bus::TopicSpec& topic : topics) {
      if (wanted.erase(topic.name) == 0) {
        continue;
      }
      for (std::int32_t p = 0; p < topic.partitions; ++p) {
        partitions_.push_back({topic.name, p});
      }
    }
    if (!wanted.empty()) {
      return Error(Code::kBusTopic, fmt::format("the topic {} is not there", *wanted.begin()));
    }
    return Ok();
  }

  static Status CheckRange(const bus::TopicPartition& partition, const bus::PartitionRange& range,
                           std::int64_t from) {
    if (from > range.end) {
      return Error(
          Code::kViewsStale,
          fmt::format(
              "the read model has read {}/{} up to offset {}, but the topic ends at {}: it is another topic",
              partition.topic, partition.partition, from, range.end));
    }
    // Deletions between the two may be gone with their tombstones.
    if (from < range.begin) {
      return Error(
          Code::kViewsStale,
          fmt::format("the read model has read {}/{} up to offset {}, but the topic begins at {} by now",
                      partition.topic, partition.partition, from, range.begin));
    }
    return Ok();
  }

  bus::Bus& bus_;
  bus::Topics topics_;
  Views& views_;
  std::vector<bus::TopicPartition> partitions_;
  std::unique_ptr<bus::Consumer> consumer_;
  std::map<bus::TopicPartition, std::int64_t> next_;
};

}  // namespace

std::vector<std::string> TopicsOfViews(const bus::Topics& topics) {
  std::vector<std::string> names = {topics.Unified("customer"), topics.Exceptions(), topics.Value(),
                                    topics.Markets(),           topics.Affinity(),   topics.Source("party")};
  for (const std::string& kind : bus::Topics::DocumentKinds()) {
    names.push_back(topics.Unified(kind));
  }
  return names;
}

Result<std::unique_ptr<ViewUpdater>> ViewUpdater::Open(bus::Bus& bus, const bus::Topics& topics,
                                                       Views& views) {
  auto updater = std::make_unique<ViewUpdaterImpl>(bus, topics, views);
  CROSSBILL_RETURN_IF_ERROR(updater->Start());
  return std::unique_ptr<ViewUpdater>(std::move(updater));
}

}  // namespace crossbill::facade
