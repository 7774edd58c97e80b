#include "bus/kafka/core.h"

#include <algorithm>

#include "bus/kafka/admin.h"
#include "bus/kafka/state_followers.h"
#include "bus/state/local_state.h"

namespace crossbill::bus {
namespace {

constexpr int kError = 3;  // of syslog
constexpr int kWarning = 4;
// How long an answer is waited for until a look at what librdkafka tells of its connections.
constexpr int kLookMs = 100;
constexpr int kLongestLookMs = 1000;
constexpr std::int64_t kEndingMs = 3000;  // for each call, when the process ends

void Log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  auto* core = static_cast<KafkaCore*>(rd_kafka_opaque(handle));
  if (core == nullptr) {
    return;
  }
  core->Tell(level, text);
  // That a connection was closed, perhaps for a wrong security.protocol, is only logged.
  if (level > kError && std::string_view(facility) == "FAIL") {
    core->connection_errors().Note(RD_KAFKA_RESP_ERR__TRANSPORT, text);
  }
}

// Called by rd_kafka_poll.
void NoteError(rd_kafka_t*, int code, const char* text, void* core) {
  static_cast<KafkaCore*>(core)->connection_errors().Note(static_cast<rd_kafka_resp_err_t>(code), text);
}

}  // namespace

Result<std::shared_ptr<KafkaCore>> KafkaCore::Open(const KafkaOptions& options) {
  for (const auto& [name, value] : options.properties) {
    CROSSBILL_RETURN_IF_ERROR(CheckKafkaProperty(name, value));
  }
  std::shared_ptr<KafkaCore> core(new KafkaCore(options));
  CROSSBILL_RETURN_IF_ERROR(core->OpenAdmin());
  return core;
}

void KafkaCore::ListenForErrors(rd_kafka_conf_t& conf) { rd_kafka_conf_set_error_cb(&conf, NoteError); }

KafkaCore::KafkaCore(const KafkaOptions& options)
    : options_(options), group_offsets_(*this), followers_(std::make_unique<StateFollowers>(*this)) {}

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
    return Error(Code::kConfigValue,
                 std::string("bus.kafka: librdkafka does not start with these properties: ") + text);
  }
  [[maybe_unused]] rd_kafka_conf_t* taken = conf.release();
  return handle;
}

// A consumer, although it reads nothing and joins no group: it stays connected, to its coordinator.
Status KafkaCore::OpenAdmin() {
  CROSSBILL_TRY(KafkaConf conf, MakeConf({{"group.id", options_.prefix + ".admin"}}));
  ListenForErrors(*conf);
  CROSSBILL_TRY(KafkaHandle handle, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  const std::lock_guard lock(mutex_);
  admin_ = std::move(handle);
  return Ok();
}

KafkaCore::Admin KafkaCore::GetAdmin() {
  const std::lock_guard lock(mutex_);
  return admin_;
}

// A handle that was idle while all brokers went away may not connect again, ever (librdkafka 2.15).
void KafkaCore::Renew(const Admin& silent) {
  if (GetAdmin() == silent) {
    [[maybe_unused]] const Status opened = OpenAdmin();  // with these properties one was opened before
  }
}

// Asked again with twice the patience, as long as nobody answers: a login that is refused shows in between.
Result<KafkaMetadata> KafkaCore::Metadata(std::string_view doing) {
  const Deadline deadline(options_.call_timeout_ms);
  const Admin admin = GetAdmin();
  for (int patience_ms = kLookMs;; patience_ms = std::min(2 * patience_ms, kLongestLookMs)) {
    const rd_kafka_metadata_t* raw = nullptr;
    const rd_kafka_resp_err_t code =
        rd_kafka_metadata(admin.get(), 1, nullptr, &raw,
                          static_cast<int>(std::min<std::int64_t>(patience_ms, deadline.left_ms())));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      connection_errors_.Answered();
      return KafkaMetadata(raw);
    }
    rd_kafka_poll(admin.get(), 0);
    if (auto error = connection_errors_.GivesUp(doing)) {
      return *std::move(error);
    }
    if (!IsNoAnswer(code) || IsOver(deadline)) {
      Renew(admin);
      return connection_errors_.Explain(code, "", doing);
    }
  }
}

Result<KafkaEvent> KafkaCore::Wait(const Admin& admin, rd_kafka_queue_t& queue, std::string_view doing) {
  const Deadline deadline(options_.call_timeout_ms +
                          5000);  // librdkafka itself gives up after call_timeout_ms
  while (!IsOver(deadline)) {
    KafkaEvent event(rd_kafka_queue_poll(&queue, kLookMs));
    rd_kafka_poll(admin.get(), 0);
    if (event && !IsNoAnswer(rd_kafka_event_error(event.get()))) {
      connection_errors_.Answered();
      return event;
    }
    if (auto error = connection_errors_.GivesUp(doing)) {
      return *std::move(error);
    }
    if (event) {
      Renew(admin);
      return connection_errors_.Explain(rd_kafka_event_error(event.get()),
                                        rd_kafka_event_error_string(event.get()), doing);
    }
  }
  Renew(admin);
  return connection_errors_.Explain(RD_KAFKA_RESP_ERR__TIMED_OUT, "", doing);
}

Result<KafkaEvent> KafkaCore::WaitForSuccess(const Admin& admin, rd_kafka_queue_t& queue,
                                             std::string_view doing) {
  CROSSBILL_TRY(KafkaEvent event, Wait(admin, queue, doing));
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
  // All handles get all of the user's properties: that a consumer does not need a producer's is no news.
  const bool of_other_kind = text.find("property and will be ignored by this") != std::string_view::npos;
  if (options_.log && !of_other_kind) {
    options_.log(level, text);
  }
}

bool KafkaCore::IsOver(const Deadline& deadline) const {
  return deadline.passed() || (deadline.age_ms() > kEndingMs && options_.ending && options_.ending());
}

std::int64_t KafkaCore::WallMs() const { return options_.clock->Now().millis(); }

}  // namespace crossbill::bus
