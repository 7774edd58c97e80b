// Work that processes share, by the broker's own group membership: a small topic without records has a
// partition for each number, and the group's members share its partitions (cooperative-sticky, static
// membership).
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "bus/kafka/core.h"
#include "bus/kafka/instance.h"

namespace crossbill::bus {
namespace {

// An identity that is taken so often within this time is somebody else's, too.
constexpr std::chrono::seconds kTakenWithin(60);
constexpr std::size_t kTakenOften = 4;
constexpr std::chrono::milliseconds kFirstRest(500);  // before joining again; each time twice as long

class KafkaWorkShare final : public WorkShare {
 public:
  KafkaWorkShare(std::shared_ptr<KafkaCore> core, std::string group, std::string topic, std::int32_t count)
      : core_(std::move(core)), group_(std::move(group)), topic_(std::move(topic)), count_(count) {}

  ~KafkaWorkShare() override {
    if (handle_) {
      rd_kafka_consumer_close(handle_.get());
    }
  }

  Status Start() {
    CROSSBILL_TRY(partitions_, EnsureTopic());
    return Join();
  }

  Status Poll(std::int64_t wait_ms,
              const std::function<void(const std::set<std::int32_t>&)>& give_up) override {
    give_up_ = &give_up;
    Status polled = PollOnce(wait_ms);
    give_up_ = nullptr;
    return polled;
  }

  // Numbers beyond the topic's partitions, of streams that came later, go with those that are there.
  std::set<std::int32_t> owned() const override {
    std::set<std::int32_t> numbers;
    for (const std::int32_t partition : owned_) {
      for (std::int32_t number = partition; number < count_; number += partitions_) {
        numbers.insert(number);
      }
    }
    return numbers;
  }

 private:
  using Time = std::chrono::steady_clock::time_point;

  Status Join() {
    CROSSBILL_TRY(const std::string instance, InstanceOf(core_->options()));
    CROSSBILL_TRY(KafkaConf conf, core_->MakeConf({{"group.id", group_},
                                                   {"enable.auto.commit", "false"},
                                                   {"enable.auto.offset.store", "false"},
                                                   {"partition.assignment.strategy", "cooperative-sticky"}},
                                                  {{"client.id", "crossbill-" + instance},
                                                   {"group.instance.id", instance},
                                                   {"session.timeout.ms", "10000"},
                                                   {"heartbeat.interval.ms", "1000"},
                                                   {"topic.metadata.refresh.interval.ms", "60000"}}));
    rd_kafka_conf_set_rebalance_cb(conf.get(), Rebalance);
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_log_cb(conf.get(), Log);
    CROSSBILL_TRY(handle_, KafkaCore::MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(handle_.get());
    const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), RD_KAFKA_PARTITION_UA);
    const rd_kafka_resp_err_t code = rd_kafka_subscribe(handle_.get(), list.get());
    return code == 0 ? Ok() : Status(KafkaError(code, "", "joining the group " + group_));
  }

  Result<std::int32_t> EnsureTopic() {
    auto known = core_->CountPartitions(topic_);
    if (known.ok() || known.error().code() != Code::kBusTopic) {
      return known;
    }
    const Status made = core_->CreateTopics({{topic_, std::max(count_, 1), false, std::nullopt}});
    // Another process may have made it meanwhile, with the streams that it knows.
    if (!made.ok() && made.error().code() != Code::kBusPartitions) {
      return made.error();
    }
    return core_->CountPartitions(topic_);
  }

  static void Log(const rd_kafka_t* handle, int level, const char*, const char* text) {
    const auto* self = static_cast<const KafkaWorkShare*>(rd_kafka_opaque(handle));
    if (self != nullptr) {
      self->core_->Tell(level, text);
    }
  }

  Status PollOnce(std::int64_t wait_ms) {
    if (!handle_) {
      return JoinWhenRested(wait_ms);
    }
    KafkaMessage message(rd_kafka_consumer_poll(handle_.get(), static_cast<int>(wait_ms)));
    if (!rebalance_.ok()) {
      return std::exchange(rebalance_, Ok());
    }
    if (!message || message->err == 0) {
      return Ok();
    }
    const rd_kafka_resp_err_t code = message->err;
    const char* text = rd_kafka_message_errstr(message.get());
    const std::string said = text == nullptr ? "" : text;
    message.reset();  // before the handle, should that be given up
    return OnError(code, said);
  }

  // Called within rd_kafka_consumer_poll, and when the handle is closed.
  static void Rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list,
                        void* opaque) {
    auto* self = static_cast<KafkaWorkShare*>(opaque);
    self->OnRebalance(handle, code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, *list);
  }

  void OnRebalance(rd_kafka_t* handle, bool assigned, rd_kafka_topic_partition_list_t& list) {
    KafkaErrorPtr error;
    if (assigned) {
      for (int i = 0; i < list.cnt; ++i) {
        list.elems[i].offset = 0;  // there is nothing to read, and nothing to ask for
      }
      error.reset(rd_kafka_incremental_assign(handle, &list));
      rd_kafka_pause_partitions(handle, &list);
    }
    const std::set<std::int32_t> before = owned();
    for (int i = 0; i < list.cnt; ++i) {
      assigned ? (void)owned_.insert(list.elems[i].partition) : (void)owned_.erase(list.elems[i].partition);
    }
    if (!assigned) {
      GiveUp(before);
      error.reset(rd_kafka_incremental_unassign(handle, &list));
    }
    if (error) {
      rebalance_ = KafkaError(*error, "sharing the work of " + topic_);
    }
  }

  void GiveUp(std::set<std::int32_t> before) {
    for (const std::int32_t kept : owned()) {
      before.erase(kept);
    }
    if (give_up_ != nullptr && !before.empty()) {
      (*give_up_)(before);
    }
  }

  // A broker that was started anew, or is slow, may take this process's second attempt to join for somebody
  // else's: it joins again, after a rest. When the identity is taken again and again, there is somebody else.
  Status OnTakenIdentity() {
    const Time now = std::chrono::steady_clock::now();
    std::erase_if(taken_, [&](Time at) { return now - at > kTakenWithin; });
    taken_.push_back(now);
    if (taken_.size() >= kTakenOften) {
      return Error(Code::kBusFenced,
                   "another process works with this one's identity: a copy of its state folder? Remove " +
                       InstancePath(core_->options()) + " in the copy",
                   topic_);
    }
    const std::set<std::int32_t> before = owned();
    owned_.clear();
    GiveUp(before);
    rd_kafka_consumer_close(handle_.get());
    handle_.reset();
    join_at_ = now + kFirstRest * (1 << (taken_.size() - 1));
    return Ok();
  }

  Status JoinWhenRested(std::int64_t wait_ms) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(join_at_ - std::chrono::steady_clock::now());
    if (left.count() <= wait_ms) {
      std::this_thread::sleep_for(left);
      return Join();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    return Ok();
  }

  // Errors that librdkafka recovers from by itself are in its log; they come again if they stay.
  Status OnError(rd_kafka_resp_err_t code, const std::string& said) {
    char text[512] = "";
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle_.get(), text, sizeof(text));
    if (fatal == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
      return OnTakenIdentity();
    }
    if (fatal != 0) {
      return KafkaError(fatal, text, "sharing the work of " + topic_);
    }
    // A topic that was made is not known to each of several brokers at once, nor after a restart: it will be.
    Error error = KafkaError(code, said, "sharing the work of " + topic_);
    const bool denied = error.code() == Code::kBusDenied && code != RD_KAFKA_RESP_ERR__AUTHENTICATION;
    return denied ? Status(std::move(error)) : Ok();
  }

  std::shared_ptr<KafkaCore> core_;
  const std::string group_;
  const std::string topic_;
  const std::int32_t count_;
  std::int32_t partitions_ = 1;
  std::set<std::int32_t> owned_;                                                 // partitions
  const std::function<void(const std::set<std::int32_t>&)>* give_up_ = nullptr;  // during Poll
  Status rebalance_;                                                             // what went wrong in one
  std::vector<Time> taken_;  // when the identity was, lately
  Time join_at_;             // without a handle
  KafkaHandle handle_;
};

}  // namespace

Result<std::unique_ptr<WorkShare>> JoinKafkaWork(std::shared_ptr<KafkaCore> core, std::string_view name,
                                                 std::int32_t count) {
  const std::string prefix = core->options().prefix;
  auto share = std::make_unique<KafkaWorkShare>(std::move(core), prefix + ".work." + std::string(name),
                                                prefix + ".internal.work." + std::string(name), count);
  CROSSBILL_RETURN_IF_ERROR(share->Start());
  return std::unique_ptr<WorkShare>(std::move(share));
}

}  // namespace crossbill::bus
