#include "tests/broker/copy_task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>

namespace crossbill::bus {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kPause = std::chrono::milliseconds(50);  // before it tries again

std::string Direct() {
  const char* path = std::getenv("CROSSBILL_TEST_KAFKA");
  std::string servers;
  std::ifstream(path == nullptr ? "" : path) >> servers;
  return servers;
}

std::string Proxied() {
  const char* servers = std::getenv("CROSSBILL_TEST_PROXIED");
  return servers == nullptr ? "" : servers;
}

template <class T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.error().ToString();
  return std::move(result).value();
}

void Must(const Status& status) { EXPECT_TRUE(status.ok()) << status.error().ToString(); }

}  // namespace

std::string CopyTopics::NameOf(int document) { return "document " + std::to_string(document); }

std::map<std::string, int> CopyTopics::Once(int count) {
  std::map<std::string, int> all;
  for (int i = 0; i < count; ++i) {
    all[NameOf(i)] = 1;
  }
  return all;
}

CopyTopics::CopyTopics() : prefix("f" + std::to_string(std::random_device()())) {
  KafkaOptions options;
  options.properties = {{"bootstrap.servers", Direct()}};
  options.prefix = prefix;
  options.state_path = folder_ / "state";
  options.clock = &clock_;
  bus_ = Must(OpenKafkaBus(options));
  std::vector<TopicSpec> topics(2);
  topics[0].name = in;
  topics[1].name = out;
  Must(bus_->CreateTopics(topics));
}

void CopyTopics::Put(int documents) {
  const auto producer = Must(bus_->OpenProducer(prefix + ".source"));
  Must(producer->Begin());
  for (int i = 0; i < documents; ++i) {
    const std::string name = NameOf(i);
    RecordView record;
    record.key = name;
    record.value = name;
    Must(producer->Send(in, 0, record));
  }
  Must(producer->Commit());
  documents_ = documents;
}

std::map<std::string, int> CopyTopics::Copies() {
  std::map<std::string, int> copies;
  const TopicPartition partition{out, 0};
  const std::int64_t end = End();
  const auto consumer = Must(bus_->OpenConsumer(prefix + ".oracle"));
  Must(consumer->Assign({partition}));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (std::int64_t at = 0; at < end;) {
    const Batch batch = Must(consumer->Poll(1000, 200));
    for (const FetchedRecord& one : batch.records) {
      ++copies[std::string(one.record.key)];
    }
    if (const auto next = batch.next_offsets.find(partition); next != batch.next_offsets.end()) {
      at = next->second;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << out << " cannot be read to its end: " << at << " of " << end;
      break;
    }
  }
  return copies;
}

std::int64_t CopyTopics::End() { return Must(bus_->Range({out, 0})).end; }

int CopyTopics::Consumed() {
  const auto offset = Must(bus_->CommittedOffset(group, {in, 0}));
  // The last one may stand behind the marker of the transaction that wrote `in`.
  return std::min(static_cast<int>(offset.value_or(0)), documents_);
}

ProxiedBus::ProxiedBus(const CopyTopics& topics, const BusSettings& settings) {
  KafkaOptions options;
  options.properties = {{"bootstrap.servers", Proxied()},
                        {"socket.timeout.ms", "1000"},
                        {"reconnect.backoff.ms", "20"},
                        {"reconnect.backoff.max.ms", "200"},
                        {"linger.ms", "30"}};  // so that a step's documents are one batch
  options.properties.insert(settings.properties.begin(), settings.properties.end());
  options.prefix = topics.prefix;
  options.state_path = folder_ / "state";
  options.clock = &clock_;
  options.call_timeout_ms = settings.call_timeout_ms;
  options.guard = settings.guard;
  bus_ = Must(OpenKafkaBus(options));
}

Status CopyTask::Open() {
  ++opened_;
  CROSSBILL_TRY(producer_, bus_->OpenProducer(topics_.prefix + ".task"));
  CROSSBILL_TRY(state_, producer_->OpenState("copy.0"));
  CROSSBILL_TRY(consumer_, bus_->OpenConsumer(topics_.group));
  CROSSBILL_TRY(const auto committed, bus_->CommittedOffset(topics_.group, {topics_.in, 0}));
  position_ = committed.value_or(0);
  return consumer_->Assign({{topics_.in, 0}});
}

Status CopyTask::Step(const Hooks& hooks, int step) {
  hooks.before_begin(step);
  CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
  CROSSBILL_TRY(const Batch batch, consumer_->Poll(hooks.batch(step), 500));
  for (const FetchedRecord& one : batch.records) {
    CROSSBILL_RETURN_IF_ERROR(producer_->Send(topics_.out, 0, one.record));
    CROSSBILL_TRY(const auto before, state_->Get(one.record.key));
    state_->Put(one.record.key, std::to_string(before ? std::stoi(*before) + 1 : 1));
  }
  CROSSBILL_RETURN_IF_ERROR(producer_->SendOffsets(topics_.group, batch.next_offsets));
  hooks.before_commit(step);
  if (hooks.abort(step)) {
    CROSSBILL_RETURN_IF_ERROR(producer_->Abort());
    return consumer_->Seek({topics_.in, 0}, position_);
  }
  CROSSBILL_RETURN_IF_ERROR(producer_->Commit());
  for (const auto& [partition, next] : batch.next_offsets) {
    position_ = next;
  }
  return Ok();
}

void CopyTask::Run(const Hooks& hooks) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (int step = 0; position_ < topics_.documents();) {
    const Status done = producer_ ? Step(hooks, step++) : Open();
    if (!done.ok()) {
      errors_.push_back(done.error());
      consumer_.reset();
      producer_.reset();
      std::this_thread::sleep_for(kPause);
    }
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "stands at " << position_ << " of " << topics_.documents()
                    << (done.ok() ? "" : "; the last error: " + done.error().ToString());
      return;
    }
  }
}

std::map<std::string, int> CopyTask::State() {
  consumer_.reset();
  producer_.reset();
  Must(Open());
  std::map<std::string, int> counts;
  Must(state_->Scan("", [&](std::string_view key, std::string_view value) {
    counts[std::string(key)] = std::stoi(std::string(value));
    return true;
  }));
  return counts;
}

}  // namespace crossbill::bus
