#include "bus/kafka/core.h"

#include "bus/kafka/state_followers.h"
#include "bus/state/local_state.h"

namespace crossbill::bus {
namespace {

constexpr int kWarning = 4;  // of syslog

void Log(const rd_kafka_t* handle, int level, const char*, const char* text) {
  const auto* core = static_cast<const KafkaCore*>(rd_kafka_opaque(handle));
  if (core != nullptr) {
    core->Tell(level, text);
  }
}

}  // namespace

Result<std::shared_ptr<KafkaCore>> KafkaCore::Open(const KafkaOptions& options) {
  for (const auto& [name, value] : options.properties) {
    CROSSBILL_RETURN_IF_ERROR(CheckKafkaProperty(name, value));
  }
  std::shared_ptr<KafkaCore> core(new KafkaCore(options));
  // A consumer, although it reads nothing and joins no group: a question for a group's offsets that the
  // broker answers with NOT_COORDINATOR looks for the handle's own group, and a producer has none
  // (librdkafka 2.15).
  CROSSBILL_TRY(KafkaConf conf, core->MakeConf({{"group.id", options.prefix + ".admin"}}));
  CROSSBILL_TRY(core->admin_, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  return core;
}

KafkaCore::KafkaCore(const KafkaOptions& options)
    : options_(options), followers_(std::make_unique<StateFollowers>(*this)) {}

KafkaCore::~KafkaCore() = default;

Result<KafkaConf> KafkaCore::MakeConf(const std::map<std::string_view, std::string>& own,
                                      const std::map<std::string_view, std::string>& defaults) const {
  KafkaConf conf(rd_kafka_conf_new());
  CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, "client.id", "crossbill"));
  for (const auto& [name, value] : defaults) {
    CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, name, value));
  }
  for (const auto& [name, value] : options_.properties) {
    CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, name, value));
  }
  for (const auto& [name, value] : own) {
    CROSSBILL_RETURN_IF_ERROR(SetProperty(*conf, name, value));
  }
  rd_kafka_conf_set_log_cb(conf.get(), Log);
  rd_kafka_conf_set_opaque(conf.get(), const_cast<KafkaCore*>(this));
  return conf;
}

Result<KafkaHandle> KafkaCore::MakeHandle(rd_kafka_type_t type, KafkaConf conf) {
  char text[512];
  KafkaHandle handle(rd_kafka_new(type, conf.get(), text, sizeof(text)));
  if (!handle) {
    return Error(Code::kUsage, std::string("librdkafka does not start: ") + text);
  }
  [[maybe_unused]] rd_kafka_conf_t* taken = conf.release();
  return handle;
}

Result<KafkaEvent> KafkaCore::Wait(rd_kafka_queue_t& queue, std::string_view doing) const {
  KafkaEvent event(rd_kafka_queue_poll(&queue, static_cast<int>(options_.call_timeout_ms) + 5000));
  if (!event) {
    return Error(Code::kBusUnavailable, std::string(doing) + ": no answer");
  }
  return event;
}

Result<KafkaEvent> KafkaCore::WaitForSuccess(rd_kafka_queue_t& queue, std::string_view doing) const {
  CROSSBILL_TRY(KafkaEvent event, Wait(queue, doing));
  if (const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get()); code != 0) {
    return KafkaError(code, rd_kafka_event_error_string(event.get()), doing);
  }
  return event;
}

Result<LocalState*> KafkaCore::State() {
  const std::lock_guard lock(mutex_);
  if (!state_) {
    CROSSBILL_TRY(state_,
                  LocalState::Open(options_.state_path, options_.memory_bytes, [&](std::string_view why) {
                    Tell(kWarning, "the local state is made anew from its changelogs: " + std::string(why));
                  }));
  }
  return state_.get();
}

void KafkaCore::Tell(int level, std::string_view text) const {
  if (options_.log) {
    options_.log(level, text);
  }
}

std::int64_t KafkaCore::WallMs() const { return options_.clock->Now().millis(); }

}  // namespace crossbill::bus
