#include "transforms/sdk/testing/transform_driver.h"

#include <utility>

#include "bus/event_headers.h"
#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"

namespace crossbill::transforms {
namespace {

constexpr std::string_view kPrefix = "driver";

void Require(const Status& status) {
  if (!status.ok()) {
    CheckFailed(status.error().ToString().c_str(), __FILE__, __LINE__);
  }
}

}  // namespace

Status SendEvent(bus::Producer& producer, std::string_view topic, const SourceEvent& event) {
  const std::string sequence = std::to_string(event.sequence);
  const std::string type = event.value ? event.type : event.type + std::string(bus::kDeletedSuffix);
  const bus::HeaderView headers[] = {{bus::kHeaderType, type}, {bus::kHeaderSequence, sequence}};
  bus::RecordView record;
  record.key = event.key;
  record.value = event.value ? std::string_view(*event.value) : std::string_view();
  record.headers = headers;
  CROSSBILL_RETURN_IF_ERROR(producer.Begin());
  CROSSBILL_RETURN_IF_ERROR(producer.Send(topic, -1, record));
  return producer.Commit();
}

TransformDriver::TransformDriver(const bus::Topics& topics, Stage stage, std::int32_t partition)
    : stage_(std::move(stage)), partition_(partition), bus_(bus::MakeMemoryBus()) {
  Require(bus_->CreateTopics(bus::SpecsOf(topics)));
  auto feeder = bus_->OpenProducer("feeder");
  CROSSBILL_CHECK(feeder.ok());
  feeder_ = std::move(feeder).value();
}

TransformDriver::~TransformDriver() = default;

void TransformDriver::Feed(std::string_view topic, std::string_view key,
                           std::optional<std::string_view> value) {
  bus::RecordView record;
  record.key = key;
  record.value = value;
  Require(feeder_->Begin());
  Require(feeder_->Send(topic, -1, record));
  Require(feeder_->Commit());
}

void TransformDriver::FeedEvent(std::string_view topic, const SourceEvent& event) {
  Require(SendEvent(*feeder_, topic, event));
}

void TransformDriver::Open(std::size_t max_records) {
  if (task_ && max_records_ == max_records) {
    return;
  }
  TaskOptions options;
  options.prefix = kPrefix;
  options.partition = partition_;
  options.max_records = max_records;
  task_.reset();
  auto task = Task::Open(*bus_, stage_, options);
  if (!task.ok()) {
    CheckFailed(task.error().ToString().c_str(), __FILE__, __LINE__);
  }
  task_ = std::move(task).value();
  max_records_ = max_records;
}

Task::Progress TransformDriver::Step(Date as_of, Settling settling) {
  auto progress = task_->Step(as_of, 0, settling);
  if (!progress.ok()) {
    CheckFailed(progress.error().ToString().c_str(), __FILE__, __LINE__);
  }
  return *progress;
}

void TransformDriver::Run(Date as_of, std::size_t max_records) {
  Open(max_records);
  for (bool busy = true; busy;) {
    const Task::Progress progress = Step(as_of, Settling::kWhenReadUp);
    busy = progress.records > 0 || progress.owes;
  }
}

void TransformDriver::TakeInOnly(Date as_of) {
  Open(kAllRecords);
  while (Step(as_of, Settling::kPutOff).records > 0) {
  }
}

std::vector<Written> TransformDriver::Take(std::string_view topic) {
  std::vector<Written> written;
  auto consumer = bus_->OpenConsumer("driver.look");
  CROSSBILL_CHECK(consumer.ok());
  const auto topics = bus_->ListTopics();
  for (const bus::TopicSpec& spec : *topics) {
    if (spec.name != topic) {
      continue;
    }
    for (std::int32_t p = 0; p < spec.partitions; ++p) {
      const bus::TopicPartition partition{spec.name, p};
      Require((*consumer)->Assign({partition}));
      Require((*consumer)->Seek(partition, taken_[partition]));
      while (true) {
        const auto batch = (*consumer)->Poll(1000, 0);
        CROSSBILL_CHECK(batch.ok());
        if (batch->next_offsets.empty()) {
          break;
        }
        for (const auto& fetched : batch->records) {
          Written one{std::string(fetched.record.key), std::nullopt};
          if (fetched.record.value) {
            one.value = std::string(*fetched.record.value);
          }
          written.push_back(std::move(one));
        }
        taken_[partition] = batch->next_offsets.at(partition);
      }
    }
  }
  return written;
}

std::map<std::string, std::string> TransformDriver::Newest(std::string_view topic) {
  std::map<std::string, std::string> newest;
  Require(bus::ReadCompacted(*bus_, topic, [&](const bus::RecordView& record) {
    if (record.value) {
      newest[std::string(record.key)] = std::string(*record.value);
    }
    return Ok();
  }));
  return newest;
}

void TransformDriver::Restart() { task_.reset(); }

}  // namespace crossbill::transforms
