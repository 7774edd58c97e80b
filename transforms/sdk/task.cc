#include "transforms/sdk/task.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "bus/progress.h"
#include "transforms/sdk/prefetch.h"

namespace crossbill::transforms {
namespace {

constexpr int kIdleSteps = 6;

// The partitions that a task reads: its own of every input, or all of a single stage's.
Result<std::vector<bus::TopicPartition>> PartitionsOf(bus::Bus& bus, const Stage& stage,
                                                      const TaskOptions& options) {
  std::vector<bus::TopicPartition> partitions;
  if (!stage.single) {
    for (const std::string& topic : stage.inputs) {
      partitions.push_back({topic, options.partition});
    }
    return partitions;
  }
  CROSSBILL_TRY(const auto topics, bus.ListTopics());
  std::map<std::string_view, std::int32_t> counts;
  for (const bus::TopicSpec& spec : topics) {
    counts[spec.name] = spec.partitions;
  }
  for (const std::string& topic : stage.inputs) {
    const auto found = counts.find(topic);
    if (found == counts.end()) {
      return Error(Code::kBusTopic, "no topic \"" + topic + "\"", "stage " + stage.name);
    }
    for (std::int32_t p = 0; p < found->second; ++p) {
      partitions.push_back({topic, p});
    }
  }
  return partitions;
}

class TaskImpl final : public Task, private Context {
 public:
  TaskImpl(const Stage& stage, const TaskOptions& options)
      : name_(TaskName(stage.name, options.partition)),
        group_(GroupOf(options.prefix, stage)),
        label_{stage.name, std::to_string(options.partition), stage.configuration},
        max_records_(options.max_records),
        progress_topic_(options.progress_topic),
        fault_(options.fault) {}

  // The producer comes first: it fences a predecessor, so that the offsets read after it are the last ones.
  Status StartAlone(bus::Bus& bus, const Stage& stage, const TaskOptions& options) {
    CROSSBILL_TRY(own_producer_, bus.OpenProducer(options.prefix + "." + name_));
    return Start(bus, stage, options, *own_producer_);
  }

  Status Start(bus::Bus& bus, const Stage& stage, const TaskOptions& options, bus::Producer& producer) {
    producer_ = &producer;
    CROSSBILL_TRY(state_, producer_->OpenState(name_));
    CROSSBILL_TRY(const auto partitions, PartitionsOf(bus, stage, options));
    CROSSBILL_TRY(consumer_, bus.OpenConsumer(group_));
    CROSSBILL_RETURN_IF_ERROR(consumer_->Assign(partitions));
    processor_ = stage.make(options.partition);
    return Ok();
  }

  Result<Progress> Step(Date as_of, std::int64_t wait_ms, Settling settling) override {
    CROSSBILL_TRY(const bool has_work, Read(as_of, wait_ms, settling));
    if (!has_work) {
      return progress();
    }
    CROSSBILL_RETURN_IF_ERROR(Reach("polled"));
    CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
    if (Status done = Do(); !done.ok()) {
      // The first error counts; the transaction is dropped with the producer anyway.
      [[maybe_unused]] const Status aborted = producer_->Abort();
      return std::move(done).error();
    }
    CROSSBILL_RETURN_IF_ERROR(producer_->Commit());
    Done();
    CROSSBILL_RETURN_IF_ERROR(Reach("committed"));
    return progress();
  }

  Result<bool> Read(Date as_of, std::int64_t wait_ms, Settling settling) override {
    CROSSBILL_TRY(batch_, consumer_->Poll(max_records_, wait_ms));
    records_ = batch_.records.size();
    settles_ = settling == Settling::kNow ||
               (settling == Settling::kWhenReadUp && batch_.records.size() < max_records_);
    const bool flush_alone = as_of_ != as_of || (settles_ && processor_->owes());
    as_of_ = as_of;
    const bool has_offsets = HasToCommit();
    return has_offsets || flush_alone;
  }

  Status Do() override {
    if (Status done = Work(); !done.ok()) {
      return std::move(done).error().At(name_);
    }
    CROSSBILL_RETURN_IF_ERROR(Reach("flushed"));
    CROSSBILL_RETURN_IF_ERROR(TellProgress());
    return producer_->SendOffsets(group_, offsets_);
  }

  void Done() override {
    offsets_.clear();
    idle_steps_ = 0;
    batch_ = {};
  }

  Progress progress() const override { return {records_, processor_->owes()}; }
  const std::string& name() const override { return name_; }

 private:
  // An offset that moved without records (past the marks of transactions) is committed with the next records,
  // or when none came for a few steps: it is worth no transaction of its own while work flows.
  bool HasToCommit() {
    for (const auto& [partition, offset] : batch_.next_offsets) {
      offsets_[partition] = offset;
    }
    return !batch_.records.empty() || (!offsets_.empty() && ++idle_steps_ >= kIdleSteps);
  }

  // In the open transaction, when there is something new.
  Status TellProgress() {
    const bus::Progress now{as_of_->ToString(), processor_->owes()};
    if (progress_topic_.empty() || told_ == now) {
      return Ok();
    }
    told_ = now;
    return bus::SendProgress(*producer_, progress_topic_, name_, now);
  }

  Status Work() {
    CROSSBILL_RETURN_IF_ERROR(VisitPrefetched(
        batch_.records, *state_,
        [&](const bus::FetchedRecord& fetched, std::vector<std::string>& keys) {
          processor_->AddKeys(batch_.sources[fetched.source].topic, fetched.record, keys);
        },
        [&](const bus::FetchedRecord& fetched) { return Process(fetched); }));
    origin_ = {};
    CROSSBILL_RETURN_IF_ERROR(Reach("processed"));
    CROSSBILL_RETURN_IF_ERROR(processor_->Flush(*this));
    return emitted_;
  }

  Status Process(const bus::FetchedRecord& fetched) {
    const bus::TopicPartition& source = batch_.sources[fetched.source];
    origin_ = {source.topic, source.partition, fetched.offset, fetched.index};
    CROSSBILL_RETURN_IF_ERROR(processor_->Process(source.topic, fetched.record, *this));
    return emitted_;
  }

  Status Reach(std::string_view point) { return fault_ ? fault_(point) : Ok(); }

  // Context
  bus::StateStore& state() override { return *state_; }
  void Emit(std::string_view topic, const bus::RecordView& record) override {
    if (!emitted_.ok()) {
      return;
    }
    emitted_ = producer_->Send(topic, -1, record);
  }
  Date as_of() const override { return *as_of_; }
  bool settles() const override { return settles_; }
  Origin origin() const override { return origin_; }
  TaskLabel label() const override { return label_; }

  std::string name_;
  std::string group_;
  TaskLabel label_;
  std::size_t max_records_;
  std::string progress_topic_;
  std::function<Status(std::string_view)> fault_;
  std::unique_ptr<bus::Producer> own_producer_;  // nothing when it shares one
  bus::Producer* producer_ = nullptr;
  bus::StateStore* state_ = nullptr;
  std::unique_ptr<bus::Consumer> consumer_;
  std::unique_ptr<Processor> processor_;
  std::optional<Date> as_of_;  // nothing before the first step
  bus::Batch batch_;           // of the step
  std::size_t records_ = 0;    // of the last one
  std::optional<bus::Progress> told_;
  std::map<bus::TopicPartition, std::int64_t> offsets_;  // read and not committed
  int idle_steps_ = 0;                                   // without records
  Origin origin_;
  bool settles_ = true;
  Status emitted_;  // the first error of a Send in this step
};

}  // namespace

Result<std::unique_ptr<Task>> Task::Open(bus::Bus& bus, const Stage& stage, const TaskOptions& options) {
  auto task = std::make_unique<TaskImpl>(stage, options);
  CROSSBILL_RETURN_IF_ERROR(task->StartAlone(bus, stage, options));
  return std::unique_ptr<Task>(std::move(task));
}

Result<std::unique_ptr<Task>> Task::Open(bus::Bus& bus, const Stage& stage, const TaskOptions& options,
                                         bus::Producer& producer) {
  auto task = std::make_unique<TaskImpl>(stage, options);
  CROSSBILL_RETURN_IF_ERROR(task->Start(bus, stage, options, producer));
  return std::unique_ptr<Task>(std::move(task));
}

std::string TaskName(std::string_view stage, std::int32_t partition) {
  return std::string(stage) + "." + std::to_string(partition);
}

std::string GroupOf(std::string_view prefix, const Stage& stage) {
  std::string group(prefix);
  group += '.';
  group += stage.group.empty() ? stage.name : stage.group;
  return group;
}

}  // namespace crossbill::transforms
