#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "bus/batch/record_batch.h"
#include "bus/kafka/bundle.h"
#include "bus/kafka/core.h"

namespace crossbill::bus {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Once something came, more is waited for so long: what was sent together is read together.
constexpr std::int64_t kGatherMs = 5;
constexpr std::int64_t kSettleMs = 10000;
constexpr std::int64_t kAskGroup = -2;  // the position is where the group has committed

std::int64_t MsUntil(SteadyClock::time_point end) {
  return std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now()).count());
}

// Keeps the messages that a batch's views point into.
struct Memory {
  std::vector<KafkaMessage> messages;
  std::vector<std::unique_ptr<HeaderView[]>> headers;
  HeaderArena of_bundles;
};

class KafkaConsumer final : public Consumer {
 public:
  KafkaConsumer(std::shared_ptr<KafkaCore> core, std::string group)
      : core_(std::move(core)), group_(std::move(group)) {}

  ~KafkaConsumer() override { Close(); }

  Status Assign(const std::vector<TopicPartition>& partitions) override {
    positions_.clear();
    for (const TopicPartition& partition : partitions) {
      CROSSBILL_RETURN_IF_ERROR(core_->CheckPartition(partition));
      positions_[partition] = kAskGroup;
    }
    stale_ = true;
    return Ok();
  }

  Status Seek(const TopicPartition& partition, std::int64_t offset) override {
    const auto found = positions_.find(partition);
    if (found == positions_.end()) {
      return Error(Code::kBusState, "seek where nothing is assigned",
                   partition.topic + "/" + std::to_string(partition.partition));
    }
    found->second = offset;
    stale_ = true;
    return Ok();
  }

  Result<Batch> Poll(std::size_t max_records, std::int64_t wait_ms) override {
    Batch batch;
    if (stale_) {
      CROSSBILL_RETURN_IF_ERROR(StartReading());
    }
    if (!handle_) {
      return batch;
    }
    SeeDeletions();
    const auto memory = std::make_shared<Memory>();
    SteadyClock::time_point end = SteadyClock::now() + std::chrono::milliseconds(wait_ms);
    while (batch.records.size() < max_records) {
      KafkaMessage message(rd_kafka_consumer_poll(handle_.get(), static_cast<int>(MsUntil(end))));
      if (!message) {
        if (SteadyClock::now() >= end) {
          break;
        }
        continue;
      }
      const bool first = batch.next_offsets.empty();
      CROSSBILL_RETURN_IF_ERROR(Take(std::move(message), batch, *memory));
      if (first && !batch.records.empty()) {
        end = SteadyClock::now() + std::chrono::milliseconds(std::min(wait_ms, kGatherMs));
      } else if (batch.records.empty() && !batch.next_offsets.empty() && MsUntil(end) > kGatherMs) {
        end = SteadyClock::now() + std::chrono::milliseconds(kGatherMs);
      }
      if (AllAtEnd() && !batch.next_offsets.empty()) {
        end = SteadyClock::now();  // what has come from other partitions meanwhile is there without waiting
      }
    }
    batch.memory.push_back(memory);
    return batch;
  }

 private:
  Status Open() {
    CROSSBILL_TRY(KafkaConf conf,
                  core_->MakeConf({{"group.id", group_},
                                   {"enable.auto.commit", "false"},
                                   {"enable.auto.offset.store", "false"},
                                   {"enable.partition.eof", "true"},
                                   {"isolation.level", "read_committed"},
                                   {"auto.offset.reset", "earliest"}},
                                  // A process has some thirty consumers, and each reads ahead;
                                  // a message that waits costs half a kilobyte beside its bytes.
                                  {{"fetch.wait.max.ms", "50"},
                                   {"fetch.message.max.bytes", "131072"},
                                   {"queued.max.messages.kbytes", "512"},
                                   {"queued.min.messages", "2000"},
                                   {"fetch.queue.backoff.ms", "10"}}));
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_log_cb(conf.get(), Log);
    CROSSBILL_TRY(handle_, KafkaCore::MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(handle_.get());
    return Ok();
  }

  static void Log(const rd_kafka_t* handle, int level, const char*, const char* text) {
    const auto* self = static_cast<const KafkaConsumer*>(rd_kafka_opaque(handle));
    if (self != nullptr) {
      self->core_->Tell(level, text);
    }
  }

  // Where nobody has said from where to read: who seeks before the first poll is not asked for.
  Status AskGroup() {
    std::vector<TopicPartition> unknown;
    for (const auto& [partition, position] : positions_) {
      if (position == kAskGroup) {
        unknown.push_back(partition);
      }
    }
    if (unknown.empty()) {
      return Ok();
    }
    CROSSBILL_TRY(const auto ranges, core_->Ranges(unknown));
    CROSSBILL_TRY(const auto committed, core_->CommittedOffsets(group_, unknown));
    for (const TopicPartition& partition : unknown) {
      const auto found = committed.find(partition);
      positions_[partition] = found == committed.end() ? ranges.at(partition).begin : found->second;
    }
    return Ok();
  }

  // From where all partitions are. A new handle each time: with a second assignment soon after the first one,
  // librdkafka 2.15 may meet the first one's stop and end the process. Seeks are rare, and several in a row
  // are one.
  Status StartReading() {
    CROSSBILL_RETURN_IF_ERROR(AskGroup());
    stale_ = false;
    at_end_.clear();
    Close();
    CROSSBILL_RETURN_IF_ERROR(Open());
    const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(positions_.size())));
    for (const auto& [partition, position] : positions_) {
      rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)->offset =
          position;
    }
    const rd_kafka_resp_err_t code = rd_kafka_assign(handle_.get(), list.get());
    return code == 0 ? Ok() : Status(KafkaError(code, "", "assigning partitions"));
  }

  void Close() {
    if (handle_) {
      rd_kafka_consumer_close(handle_.get());
      handle_.reset();
    }
  }

  Status Take(KafkaMessage message, Batch& batch, Memory& memory) {
    if (message->err != 0 && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      return OnError(*message);
    }
    const TopicPartition partition{rd_kafka_topic_name(message->rkt), message->partition};
    const auto position = positions_.find(partition);
    if (position == positions_.end()) {
      return Ok();  // assigned before
    }
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      at_end_.insert(partition);
      // Behind the markers of transactions, which have offsets, too.
      if (message->offset > position->second && message->offset >= 0) {
        position->second = message->offset;
        batch.next_offsets[partition] = message->offset;
      }
      return Ok();
    }
    if (const auto begin = begins_.find(partition);
        begin != begins_.end() && message->offset < begin->second) {
      return Ok();
    }
    at_end_.erase(partition);
    position->second = message->offset + 1;
    batch.next_offsets[partition] = position->second;
    const std::uint32_t source = SourceOf(partition, batch);
    if (IsBundle(*message)) {
      return Unbundle(*message, source, memory.of_bundles, batch);
    }
    FetchedRecord fetched;
    fetched.source = source;
    fetched.offset = message->offset;
    fetched.record = View(*message, memory);
    batch.records.push_back(fetched);
    memory.messages.push_back(std::move(message));
    return Ok();
  }

  void SeeDeletions() {
    if (const int now = core_->deletions(); now != deletions_) {
      deletions_ = now;
      for (const auto& [partition, position] : positions_) {
        if (const auto begin = core_->BeginAfterDeletion(partition)) {
          begins_[partition] = *begin;
        }
      }
    }
  }

  static std::uint32_t SourceOf(const TopicPartition& partition, Batch& batch) {
    if (!batch.sources.empty() && batch.sources.back() == partition) {
      return static_cast<std::uint32_t>(batch.sources.size() - 1);
    }
    const auto found = std::find(batch.sources.begin(), batch.sources.end(), partition);
    if (found != batch.sources.end()) {
      return static_cast<std::uint32_t>(found - batch.sources.begin());
    }
    batch.sources.push_back(partition);
    return static_cast<std::uint32_t>(batch.sources.size() - 1);
  }

  static RecordView View(const rd_kafka_message_t& message, Memory& memory) {
    RecordView record;
    record.key = {static_cast<const char*>(message.key), message.key == nullptr ? 0 : message.key_len};
    if (message.payload != nullptr) {
      record.value = std::string_view(static_cast<const char*>(message.payload), message.len);
    }
    rd_kafka_timestamp_type_t type{};
    record.timestamp_ms = std::max<std::int64_t>(0, rd_kafka_message_timestamp(&message, &type));
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) == 0) {
      const std::size_t count = rd_kafka_header_cnt(headers);
      auto views = std::make_unique<HeaderView[]>(count);
      for (std::size_t i = 0; i < count; ++i) {
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        rd_kafka_header_get_all(headers, i, &name, &value, &size);
        views[i] = {name, {static_cast<const char*>(value), size}};
      }
      record.headers = {views.get(), count};
      memory.headers.push_back(std::move(views));
    }
    return record;
  }

  // Errors that librdkafka recovers from by itself are only told; they come again if they stay. A login that
  // is refused is one of them: it may be another broker's, or the next token's.
  Status OnError(const rd_kafka_message_t& message) {
    const char* text = rd_kafka_message_errstr(&message);
    Error error = KafkaTopicError(message.err, text == nullptr ? "" : text, "reading", "Read",
                                  message.rkt == nullptr ? "" : rd_kafka_topic_name(message.rkt));
    const bool denied = error.code() == Code::kBusDenied && message.err != RD_KAFKA_RESP_ERR__AUTHENTICATION;
    if (error.code() == Code::kBusTopic || denied || message.err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED ||
        message.err == RD_KAFKA_RESP_ERR__FATAL || message.err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
      return std::move(error).At(group_);
    }
    return Ok();
  }

  bool AllAtEnd() const { return !positions_.empty() && at_end_.size() == positions_.size(); }

  std::shared_ptr<KafkaCore> core_;
  std::string group_;
  std::map<TopicPartition, std::int64_t> positions_;  // where reading goes on; below 0: at the begin
  std::set<TopicPartition> at_end_;                   // nothing is there to read
  std::map<TopicPartition, std::int64_t> begins_;     // where this process has deleted
  int deletions_ = 0;
  bool stale_ = false;  // what is read does not begin where positions_ say
  KafkaHandle handle_;
};

}  // namespace

std::unique_ptr<Consumer> MakeKafkaConsumer(std::shared_ptr<KafkaCore> core, std::string group) {
  return std::make_unique<KafkaConsumer>(std::move(core), std::move(group));
}

}  // namespace crossbill::bus
