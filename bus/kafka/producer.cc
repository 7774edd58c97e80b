#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <deque>
#include <set>

#include "bus/batch/record_batch.h"
#include "bus/kafka/admin.h"
#include "bus/kafka/bundle.h"
#include "bus/kafka/changelog.h"
#include "bus/kafka/core.h"
#include "bus/kafka/endtxn_guard.h"
#include "bus/kafka/state_followers.h"
#include "bus/state/local_state.h"

namespace crossbill::bus {
namespace {

constexpr int kFullQueueMs = 50;
constexpr int kOffsetsMs = 15000;      // for passing offsets, which cannot be waited for in steps
constexpr std::int64_t kLookMs = 500;  // how long a call waits until a look at whether the process ends
constexpr int kLeaveMs = 2000;         // for ending an open transaction when the producer goes away

// A partition that this producer writes to; librdkafka gives it back with each delivery report.
struct Target {
  TopicPartition partition;
  rd_kafka_topic_t* topic = nullptr;
  std::int64_t last = -1;  // the last offset delivered in the open transaction
  bool touched = false;    // in the open transaction
  rd_kafka_resp_err_t failed = RD_KAFKA_RESP_ERR_NO_ERROR;
  bool bundles = false;       // many records are one message (bundle.h)
  RecordBatchBuilder bundle;  // the next one
};

struct Store {
  std::string name;
  std::uint32_t number = 0;
  ChangelogPlace place;
  Target* changelog = nullptr;
  std::unique_ptr<KeyedStore> keyed;
};

class KafkaProducer final : public Producer {
 public:
  KafkaProducer(std::shared_ptr<KafkaCore> core, std::string id)
      : core_(std::move(core)), id_(std::move(id)) {}

  ~KafkaProducer() override {
    if (open_ && !fenced_ && !given_up_) {
      // Else readers would wait for the transaction's timeout.
      rd_kafka_flush(handle_.get(), kLeaveMs);
      const KafkaErrorPtr ignored(rd_kafka_abort_transaction(handle_.get(), kLeaveMs));
    }
  }

  Status Start() {
    CROSSBILL_TRY(
        KafkaConf conf,
        core_->MakeConf({{"transactional.id", id_},
                         {"enable.idempotence", "true"},
                         {"message.max.bytes", std::to_string(kMaxRecordBytes + (1u << 20))}},
                        {{"compression.codec", "lz4"},
                         {"transaction.timeout.ms", "30000"},
                         {"queue.buffering.max.kbytes", std::to_string((kMaxRecordBytes >> 10) + 2048)},
                         {"queue.buffering.max.messages", "10000"}}));
    rd_kafka_conf_set_dr_msg_cb(conf.get(), Delivered);
    KafkaCore::ListenForErrors(*conf);
    if (core_->options().guard) {
      CROSSBILL_RETURN_IF_ERROR(guard_.Watch(*conf));
    }
    CROSSBILL_TRY(handle_, KafkaCore::MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
    AwaitConnection();
    return Resume("taking over the transactional id",
                  [&](int ms) { return rd_kafka_init_transactions(handle_.get(), ms); });
  }

  Status Begin() override {
    if (open_) {
      return Error(Code::kBusState, "begin within a transaction", id_);
    }
    if (fenced_) {
      return Fenced();
    }
    if (guard_.doubtful() || given_up_) {
      return Error(Code::kBusUnavailable,
                   "the broker did not answer a request of a transaction; a new producer keeps what is late "
                   "from the next one",
                   id_);
    }
    CROSSBILL_RETURN_IF_ERROR(
        Call("beginning a transaction", [&] { return rd_kafka_begin_transaction(handle_.get()); }));
    open_ = true;
    return Ok();
  }

  Status Send(std::string_view topic, std::int32_t partition, const RecordView& record) override {
    if (!open_) {
      return Error(Code::kBusState, "send outside of a transaction", id_);
    }
    CROSSBILL_TRY(Target* const target, FindTarget(topic, partition, record.key));
    CROSSBILL_RETURN_IF_ERROR(CheckSize(*target, record));
    Touch(*target);
    if (!target->bundles) {
      return Produce(*target, record);
    }
    target->bundle.Add(record);
    return target->bundle.bytes() >= kBatchBytes ? SendBundle(*target) : Ok();
  }

  Status SendOffsets(std::string_view group, const std::map<TopicPartition, std::int64_t>& offsets) override {
    if (!open_) {
      return Error(Code::kBusState, "offsets outside of a transaction", id_);
    }
    for (const auto& [partition, offset] : offsets) {
      CROSSBILL_RETURN_IF_ERROR(core_->CheckPartition(partition));
    }
    auto& own = offsets_[std::string(group)];
    for (const auto& [partition, offset] : offsets) {
      own[partition] = offset;
    }
    return Ok();
  }

  Status Commit() override {
    if (!open_) {
      return Error(Code::kBusState, "commit outside of a transaction", id_);
    }
    Status sent = SendBundles();
    if (sent.ok()) {
      sent = SendState();
    }
    if (sent.ok()) {
      sent = PassOffsets();
    }
    if (sent.ok()) {
      sent = Resume("committing", [&](int ms) { return rd_kafka_commit_transaction(handle_.get(), ms); });
    }
    if (!sent.ok()) {
      sent = Explained(std::move(sent).error());
      [[maybe_unused]] const Status ended = End();  // the first error counts
      return sent;
    }
    open_ = false;
    return KeepCommitted();
  }

  Status Abort() override {
    if (!open_) {
      return Error(Code::kBusState, "abort outside of a transaction", id_);
    }
    return End();
  }

  Result<StateStore*> OpenState(std::string_view name) override {
    for (const auto& store : stores_) {
      if (store->name == name) {
        return static_cast<StateStore*>(store->keyed.get());
      }
    }
    CROSSBILL_TRY(LocalState* const state, core_->State());
    auto store = std::make_unique<Store>();
    store->name = name;
    CROSSBILL_TRY(store->number, state->NumberOf(name));
    store->place = ChangelogPlaceOf(core_->options(), name);
    core_->followers().Stop(name);
    CROSSBILL_RETURN_IF_ERROR(RestoreState(*core_, store->name));
    CROSSBILL_TRY(store->changelog,
                  FindTarget(store->place.partition.topic, store->place.partition.partition, {}));
    store->keyed = std::make_unique<KeyedStore>(state->family(), store->number, open_, state->cache_budget());
    stores_.push_back(std::move(store));
    return static_cast<StateStore*>(stores_.back()->keyed.get());
  }

 private:
  static void Delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    Target& target = *static_cast<Target*>(message->_private);
    if (message->err != 0) {
      target.failed = message->err;
    } else {
      target.last = std::max(target.last, message->offset);
    }
  }

  // librdkafka looks for the transaction coordinator at once, and without a connection again half a second
  // later. What is wrong with the broker will be said by what comes after.
  void AwaitConnection() {
    const Deadline deadline(core_->options().call_timeout_ms);
    const rd_kafka_metadata_t* metadata = nullptr;
    while (rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata, kLookMs) != 0 &&
           !core_->IsOver(deadline)) {
    }
    rd_kafka_metadata_destroy(metadata);
  }

  Error Fenced() const {
    return Error(Code::kBusFenced, "another process took over the transactional id", id_);
  }

  // Calls until it is done, or an error that trying again cannot mend. `function` waits for so many ms; after
  // a timeout the next call goes on with it (librdkafka: "resumable").
  template <class Function>
  Status Resume(std::string_view doing, Function function) {
    const Deadline deadline(core_->options().call_timeout_ms);
    return Call(doing, deadline, true, [&] {
      return function(static_cast<int>(std::clamp<std::int64_t>(deadline.left_ms(), 1, kLookMs)));
    });
  }

  // The same for a call that waits for its own time, and would begin anew.
  template <class Function>
  Status Call(std::string_view doing, Function function) {
    return Call(doing, Deadline(core_->options().call_timeout_ms), false, std::move(function));
  }

  // A call that has not ended in time goes on inside of librdkafka, which takes no other call meanwhile: such
  // a producer is given up.
  template <class Function>
  Status Call(std::string_view doing, const Deadline& deadline, bool resumes, Function function) {
    for (;;) {
      const KafkaErrorPtr error(function());
      if (!error) {
        return Ok();
      }
      const bool goes_on =
          rd_kafka_error_is_retriable(error.get()) && !rd_kafka_error_txn_requires_abort(error.get());
      const bool timed_out = rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__TIMED_OUT;
      if (goes_on && (resumes || !timed_out) && !core_->IsOver(deadline)) {
        if (!timed_out) {
          RestBetweenLooks();
        }
        continue;
      }
      given_up_ = given_up_ || goes_on;
      Error ours = Described(*error, doing);
      if (ours.code() == Code::kBusFenced || IsFenced(rd_kafka_error_code(error.get()))) {
        fenced_ = true;
        return Fenced();
      }
      return std::move(ours).At(id_);
    }
  }

  Error Described(const rd_kafka_error_t& error, std::string_view doing) const {
    const rd_kafka_resp_err_t code = rd_kafka_error_code(&error);
    if (!IsNoAnswer(code)) {
      return KafkaTopicError(code, rd_kafka_error_string(&error), doing, "Write", TouchedTopics());
    }
    rd_kafka_poll(handle_.get(), 0);  // for what was told meanwhile
    if (auto refused = core_->connection_errors().GivesUp(doing)) {
      return *std::move(refused);
    }
    return core_->connection_errors().Explain(code, rd_kafka_error_string(&error), doing);
  }

  std::string TouchedTopics() const {
    std::set<std::string_view> topics;
    for (const Target* target : touched_) {
      topics.insert(target->partition.topic);
    }
    std::string all;
    for (const std::string_view topic : topics) {
      all += (all.empty() ? "" : ", ") + std::string(topic);
    }
    return all;
  }

  Result<Target*> FindTarget(std::string_view topic, std::int32_t partition, std::string_view key) {
    auto found = topics_.find(topic);
    if (found == topics_.end()) {
      CROSSBILL_TRY(const std::int32_t count, core_->CountPartitions(topic));
      found =
          topics_.emplace(std::string(topic), std::vector<Target*>(static_cast<std::size_t>(count))).first;
      const bool bundles = core_->IsWork(topic);
      topic_handles_.push_back(MakeTopic(found->first, bundles));
      for (std::int32_t p = 0; p < count; ++p) {
        Target& target = targets_.emplace_back();
        target.partition = {std::string(topic), p};
        target.topic = topic_handles_.back().get();
        target.bundles = bundles;
        found->second[static_cast<std::size_t>(p)] = &target;
      }
    }
    const auto count = static_cast<std::int32_t>(found->second.size());
    if (partition >= count) {
      return Error(Code::kBusTopic,
                   "topic \"" + std::string(topic) + "\" has no partition " + std::to_string(partition));
    }
    return found->second[static_cast<std::size_t>(partition < 0 ? bus::PartitionOf(key, count) : partition)];
  }

  // Bundles are packed already.
  KafkaTopic MakeTopic(const std::string& name, bool bundles) {
    rd_kafka_topic_conf_t* conf = nullptr;
    if (bundles) {
      conf = rd_kafka_topic_conf_new();
      rd_kafka_topic_conf_set(conf, "compression.codec", "none", nullptr, 0);
    }
    return KafkaTopic(rd_kafka_topic_new(handle_.get(), name.c_str(), conf));
  }

  static Status CheckSize(const Target& target, const RecordView& record) {
    const std::size_t bytes = record.key.size() + (record.value ? record.value->size() : 0);
    if (bytes <= kMaxRecordBytes) {
      return Ok();
    }
    return Error(
        Code::kLimit,
        "a record of " + std::to_string(bytes) + " bytes; the limit is " + std::to_string(kMaxRecordBytes),
        target.partition.topic);
  }

  void Touch(Target& target) {
    if (!target.touched) {
      target.touched = true;
      touched_.push_back(&target);
    }
  }

  Status SendBundle(Target& target) {
    const std::string value = target.bundle.Seal().value;
    RecordView record;
    record.value = value;
    record.headers = kBundleHeaders;
    return Produce(target, record);
  }

  Status SendBundles() {
    for (Target* target : touched_) {
      if (!target->bundle.empty()) {
        CROSSBILL_RETURN_IF_ERROR(SendBundle(*target));
      }
    }
    return Ok();
  }

  Status Produce(Target& target, const RecordView& record) {
    // librdkafka owns the headers when it has taken the message.
    rd_kafka_headers_t* headers = nullptr;
    if (!record.headers.empty()) {
      headers = rd_kafka_headers_new(record.headers.size());
      for (const HeaderView& header : record.headers) {
        rd_kafka_header_add(headers, header.name.data(), static_cast<ssize_t>(header.name.size()),
                            header.value.empty() ? "" : header.value.data(),
                            static_cast<ssize_t>(header.value.size()));
      }
    }
    for (;;) {
      const rd_kafka_resp_err_t code = ProduceOnce(target, record, headers);
      if (code == 0) {
        return Ok();
      }
      if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(handle_.get(), kFullQueueMs);
        continue;
      }
      if (headers != nullptr) {
        rd_kafka_headers_destroy(headers);
      }
      fenced_ = fenced_ || IsFenced(code);
      return fenced_ ? Status(Fenced())
                     : Status(KafkaError(code, "", "sending to " + target.partition.topic));
    }
  }

  // A fatal error hides behind a general code.
  bool IsFenced(rd_kafka_resp_err_t code) const {
    if (code != RD_KAFKA_RESP_ERR__FATAL && code != RD_KAFKA_RESP_ERR__STATE) {
      return KafkaError(code, "", "").code() == Code::kBusFenced;
    }
    char text[256];
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle_.get(), text, sizeof(text));
    return fatal != 0 && KafkaError(fatal, "", "").code() == Code::kBusFenced;
  }

  rd_kafka_resp_err_t ProduceOnce(Target& target, const RecordView& record, rd_kafka_headers_t* headers) {
    // Empty is not the same as none.
    const char* value = !record.value ? nullptr : record.value->empty() ? "" : record.value->data();
    const char* key = record.key.empty() ? "" : record.key.data();
    rd_kafka_vu_t parts[8];
    std::size_t count = 0;
    const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
      parts[count].vtype = type;
      return parts[count++];
    };
    add(RD_KAFKA_VTYPE_RKT).u.rkt = target.topic;
    add(RD_KAFKA_VTYPE_PARTITION).u.i32 = target.partition.partition;
    rd_kafka_vu_t& value_part = add(RD_KAFKA_VTYPE_VALUE);
    value_part.u.mem.ptr = const_cast<char*>(value);
    value_part.u.mem.size = record.value ? record.value->size() : 0;
    rd_kafka_vu_t& key_part = add(RD_KAFKA_VTYPE_KEY);
    key_part.u.mem.ptr = const_cast<char*>(key);
    key_part.u.mem.size = record.key.size();
    add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
    add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = &target;
    if (record.timestamp_ms != 0) {
      add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.timestamp_ms;
    }
    if (headers != nullptr) {
      add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers;
    }
    const KafkaErrorPtr error(rd_kafka_produceva(handle_.get(), parts, count));
    return error ? rd_kafka_error_code(error.get()) : RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  Status SendState() {
    std::string key;
    for (const auto& store : stores_) {
      Status sent = Ok();
      store->keyed->VisitChanges([&](std::string_view name, const std::optional<std::string>& value) {
        if (!sent.ok() || name.starts_with(kLocalKey)) {
          return;
        }
        key = store->place.key_prefix;
        key += name;
        RecordView record;
        record.key = key;
        if (value) {
          record.value = *value;
        }
        sent = CheckSize(*store->changelog, record);
        if (sent.ok()) {
          Touch(*store->changelog);
          sent = Produce(*store->changelog, record);
        }
      });
      CROSSBILL_RETURN_IF_ERROR(std::move(sent));
    }
    return Ok();
  }

  Status PassOffsets() {
    for (const auto& [group, offsets] : offsets_) {
      if (offsets.empty()) {
        continue;
      }
      const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
      for (const auto& [partition, offset] : offsets) {
        rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)->offset =
            offset;
      }
      const std::unique_ptr<rd_kafka_consumer_group_metadata_t,
                            Destroyer<rd_kafka_consumer_group_metadata_destroy>>
          metadata(rd_kafka_consumer_group_metadata_new(group.c_str()));
      CROSSBILL_RETURN_IF_ERROR(Call("committing offsets", [&] {
        return rd_kafka_send_offsets_to_transaction(handle_.get(), list.get(), metadata.get(), kOffsetsMs);
      }));
    }
    return Ok();
  }

  // A record that could not be delivered says more than the commit that failed for it.
  Error Explained(Error error) const {
    if (error.code() == Code::kBusFenced) {
      return error;
    }
    for (const Target* target : touched_) {
      if (target->failed != 0 && target->failed != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
          target->failed != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
        return KafkaTopicError(target->failed, "", "sending to " + target->partition.topic, "Write",
                               target->partition.topic);
      }
    }
    return error;
  }

  // What is on its way goes out first: an abort that overtakes the announcement of a transaction's partitions
  // meets no transaction at the broker.
  Status End() {
    Status ended = Ok();
    if (!given_up_) {
      rd_kafka_flush(handle_.get(), kLeaveMs);
      ended = Resume("aborting", [&](int ms) { return rd_kafka_abort_transaction(handle_.get(), ms); });
    }
    for (const auto& store : stores_) {
      store->keyed->Dropped();
    }
    Forget();
    open_ = false;
    return ended;
  }

  void Forget() {
    for (Target* target : touched_) {
      target->touched = false;
      target->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
      target->last = -1;
      target->bundle = RecordBatchBuilder();
    }
    touched_.clear();
    offsets_.clear();
  }

  // The broker has said yes: the local copies follow.
  Status KeepCommitted() {
    std::size_t bytes = 0;
    for (const auto& store : stores_) {
      bytes += store->keyed->WriteBytes();
    }
    Status written = Ok();
    if (bytes > 0) {
      CROSSBILL_TRY(LocalState* const state, core_->State());
      rocksdb::WriteBatch batch(bytes);
      for (const auto& store : stores_) {
        store->keyed->AddTo(batch);
        if (store->changelog->last >= 0) {
          state->PutCheckpoint(store->number, {store->changelog->last + 1, core_->WallMs()}, batch);
        }
      }
      written = state->Write(batch);
    }
    for (const auto& store : stores_) {
      written.ok() ? store->keyed->Committed() : store->keyed->Dropped();
    }
    for (const Target* target : touched_) {
      if (target->last >= 0) {
        core_->NoteCommitted(target->partition, target->last);
      }
    }
    Forget();
    return written;
  }

  std::shared_ptr<KafkaCore> core_;
  std::string id_;
  EndTxnGuard guard_;
  std::deque<Target> targets_;  // librdkafka points to them
  std::map<std::string, std::vector<Target*>, std::less<>> topics_;
  KafkaHandle handle_;                     // after what its callbacks use
  std::vector<KafkaTopic> topic_handles_;  // of topics_
  bool open_ = false;
  bool fenced_ = false;
  bool given_up_ = false;  // a call has not ended; how, will be seen in what is committed
  std::vector<Target*> touched_;
  std::map<std::string, std::map<TopicPartition, std::int64_t>> offsets_;
  std::vector<std::unique_ptr<Store>> stores_;
};

}  // namespace

Result<std::unique_ptr<Producer>> OpenKafkaProducer(std::shared_ptr<KafkaCore> core, std::string id) {
  auto producer = std::make_unique<KafkaProducer>(std::move(core), std::move(id));
  CROSSBILL_RETURN_IF_ERROR(producer->Start());
  return std::unique_ptr<Producer>(std::move(producer));
}

}  // namespace crossbill::bus
