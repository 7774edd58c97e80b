#include "runtime/runner.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "bus/topic_specs.h"
#include "crossbill/config/v1/connector.pb.h"
#include "crossbill/config/v1/project.pb.h"
#include "facade/server.h"
#include "facade/views/views.h"
#include "runtime/cleaning.h"
#include "runtime/eraser.h"
#include "runtime/erasure_door.h"
#include "runtime/idle.h"
#include "runtime/stream_crew.h"
#include "runtime/stream_worker.h"
#include "runtime/task_pool.h"
#include "runtime/work_thread.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kProgressMs = 250;
constexpr std::int64_t kIdleCheckMs = 20;
constexpr std::int64_t kShareMicros = 10'000'000;  // until a process knows which streams are its own
constexpr std::int64_t kMaintainMs = 30000;
constexpr std::int64_t kEraseMs = 1000;  // between looks whether somebody is to be forgotten
constexpr std::int64_t kTryAgainMs = 500;
// While others have work to do: how often it is asked for, and how often told.
constexpr std::int64_t kAskOthersMicros = 300'000;
constexpr std::int64_t kTellWaitingMicros = 10'000'000;

// How far each stage is from the sources. Stages that read nothing but source events do not wait for each
// other; the others come one behind the other, in the order given.
std::vector<std::size_t> LevelsOf(const std::vector<transforms::Stage>& stages, const bus::Topics& topics) {
  std::set<std::string> sources;
  for (const std::string& kind : bus::Topics::SourceKinds()) {
    sources.insert(topics.Source(kind));
  }
  std::vector<std::size_t> levels;
  std::size_t next = 1;
  for (const transforms::Stage& stage : stages) {
    const bool reads_sources = std::all_of(stage.inputs.begin(), stage.inputs.end(),
                                           [&](const std::string& topic) { return sources.contains(topic); });
    levels.push_back(reads_sources ? 0 : next++);
  }
  return levels;
}

class RunnerImpl final : public Runner {
 public:
  RunnerImpl(const ProjectConfig& project, const Clock& clock, Log& log, Metrics& metrics,
             const RunOptions& options)
      : project_(project),
        clock_(clock),
        log_(log),
        metrics_(metrics),
        options_(options),
        topics_(TopicsOf(project)),
        stages_(StagesOf(project, topics_)),
        since_(clock.Now()) {}

  Status Start();
  Result<RunSummary> Run(std::stop_token stop, const std::function<void()>& on_progress) override;
  const std::vector<std::unique_ptr<StreamStatus>>& streams() const override {
    return crew_ != nullptr ? crew_->statuses() : no_streams_;
  }
  std::int64_t transform_lag() override;
  std::int64_t transformed() const override { return tasks_ != nullptr ? tasks_->records() : 0; }
  bus::Bus& bus() override { return *bus_; }
  const bus::Topics& topics() const override { return topics_; }
  int grpc_port() const override { return server_ != nullptr ? server_->grpc_port() : 0; }
  int http_port() const override { return server_ != nullptr ? server_->http_port() : 0; }

 private:
  Date AsOf() const { return options_.as_of ? *options_.as_of : clock_.Now().date(); }
  Status StartFacade();
  Status StartStreams();
  Status StartTransforms();
  void AddTasks(const transforms::Stage& stage, std::size_t level);
  void StartUpdater();
  // Two locks, so that who waits comes next: the updater's thread comes back at once.
  template <typename Use>
  auto WithUpdater(Use use) {
    std::unique_lock turn(updater_turn_);
    const std::scoped_lock lock(updater_mutex_);
    turn.unlock();
    return use(*updater_);
  }
  Status Maintain();
  // Goes on with what was forgotten and is not gone yet, when everything is read; true: it is to be called
  // again before anybody may end.
  Result<bool> Erase();
  Result<bool> IsQuiet();
  void Fail(const Error& error);
  bool Mends(std::string_view doing, const Error& error);
  // True when no stage and no view has anything left to read, and nothing was written while that was looked
  // at.
  Result<bool> CaughtUp();
  // Once, since the start; who has no stream after a while gets none.
  bool SourcesWereRead(std::int64_t running_micros);
  Result<bool> OthersAreDone();
  // Of streams and tasks, to and from this process.
  std::int64_t Moves() const {
    return (crew_ != nullptr ? crew_->moves() : 0) + (tasks_ != nullptr ? tasks_->moves() : 0);
  }
  // One process of those that share the work: the one with the ordered stages.
  bool IsFirst() const { return tasks_ != nullptr && tasks_->Owns(topics_.partitions()); }
  bool Stopped();
  void CountMetrics();
  std::vector<facade::ServerOptions::Check> Readiness();

  const ProjectConfig& project_;
  const Clock& clock_;
  Log& log_;
  Metrics& metrics_;
  const RunOptions options_;
  const bus::Topics topics_;
  const std::vector<transforms::Stage> stages_;
  std::atomic<bool> ending_ = false;  // by a signal
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<facade::Views> views_;
  std::unique_ptr<facade::ViewUpdater> updater_;  // used by its thread and by CaughtUp, through WithUpdater
  std::mutex updater_turn_;                       // of who uses it next
  std::mutex updater_mutex_;
  std::unique_ptr<facade::BusDecisionBook> decisions_;
  std::unique_ptr<facade::BusExceptionBook> exception_decisions_;
  std::unique_ptr<facade::BusDocumentBook> document_decisions_;
  transforms::ErasureGate gate_;
  std::unique_ptr<ErasureDoor> door_;
  std::unique_ptr<Eraser> eraser_;
  std::unique_ptr<facade::Forgetting> forgetting_;
  std::unique_ptr<facade::Server> server_;
  const Timestamp since_;
  const std::vector<std::unique_ptr<StreamStatus>> no_streams_;
  std::int64_t asked_others_ = 0;  // when, in microseconds
  std::int64_t told_waiting_ = 0;
  std::mutex mutex_;
  std::optional<Error> failure_;  // guarded by mutex_
  // Nothing without that role; fixed before the threads start.
  std::unique_ptr<StreamCrew> crew_;
  std::unique_ptr<TaskPool> tasks_;
  // Last: they use the others.
  std::vector<std::jthread> threads_;
  std::vector<std::unique_ptr<WorkThread>> shares_;
};

Status RunnerImpl::Start() {
  CROSSBILL_TRY(bus_,
                OpenBus(project_, false, clock_, log_, Patience::kLong, [this] { return ending_.load(); }));
  CROSSBILL_RETURN_IF_ERROR(bus_->CreateTopics(bus::SpecsOf(topics_)));
  const Secret erasure_key(project_.project().erasure_key());
  CROSSBILL_TRY(door_, ErasureDoor::Open(*bus_, topics_, erasure_key, gate_));
  eraser_ = std::make_unique<Eraser>(*bus_, topics_, erasure_key, gate_, clock_, log_);
  if (options_.facade) {
    CROSSBILL_RETURN_IF_ERROR(StartFacade());
  }
  return Ok();
}

Status RunnerImpl::StartFacade() {
  const std::string state =
      project_.PathOf(project_.project().state().empty() ? "state" : project_.project().state());
  std::error_code failure;
  std::filesystem::create_directories(state, failure);
  if (failure) {
    return Error(Code::kIo, "the state folder cannot be made: " + failure.message(), state);
  }
  const config::v1::Facade& config = project_.project().facade();
  CROSSBILL_TRY(views_,
                facade::Views::Open(
                    state + "/views", false,
                    !config.has_resolve_party() || config.resolve_party() ? project_.comparer() : nullptr));
  CROSSBILL_TRY(updater_, facade::ViewUpdater::Open(*bus_, topics_, *views_));
  decisions_ = std::make_unique<facade::BusDecisionBook>(*bus_, topics_, clock_);
  exception_decisions_ = std::make_unique<facade::BusExceptionBook>(*bus_, topics_, clock_);
  document_decisions_ = std::make_unique<facade::BusDocumentBook>(*bus_, topics_, clock_);
  forgetting_ = std::make_unique<facade::Forgetting>(*bus_, topics_, *views_,
                                                     Secret(project_.project().erasure_key()), gate_, clock_);
  facade::ServerOptions server;
  server.listen = config.listen().empty() ? server.listen : config.listen();
  server.http = config.http().empty() ? server.http : config.http();
  server.readiness = [this] { return Readiness(); };
  if (!options_.until_idle) {  // a run that ends by itself serves nobody
    const facade::Served served{*views_,
                                *decisions_,
                                *exception_decisions_,
                                *document_decisions_,
                                *forgetting_,
                                [this] { return AsOf(); }};
    CROSSBILL_TRY(server_, facade::Server::Start(served, clock_, metrics_, log_, server));
  }
  return Ok();
}

// Whether to go on in spite of it: a broker that is away comes back.
bool RunnerImpl::Mends(std::string_view doing, const Error& error) {
  if (error.retry() == Retry::Never) {
    return false;
  }
  log_.Failed(doing, error);
  return true;
}

void RunnerImpl::Fail(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!failure_) {
    failure_ = error;
  }
}

bool RunnerImpl::Stopped() {
  const std::scoped_lock lock(mutex_);
  return failure_.has_value();
}

Status RunnerImpl::StartStreams() {
  if (!options_.connectors) {
    return Ok();
  }
  crew_ =
      std::make_unique<StreamCrew>(StreamCrew::Environment{*bus_, topics_, project_, *door_, clock_, log_},
                                   options_.until_idle, options_.batch_rows);
  CROSSBILL_TRY(auto share,
                WorkThread::Start(*bus_, log_, "streams", crew_->count(),
                                  {[this](const WorkThread::Numbers& owned) { crew_->Own(owned); },
                                   [this](const WorkThread::Numbers& lost) { crew_->GiveUp(lost); },
                                   [] { return Ok(); }, [this](const Error& error) { Fail(error); }}));
  shares_.push_back(std::move(share));
  return Ok();
}

Status RunnerImpl::StartTransforms() {
  if (!options_.transforms) {
    return Ok();
  }
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  // Those that wait for a commit on the network leave the cores to others.
  const int usual = bus_->is_remote() ? std::min(cores * 4, topics_.partitions() + 1) : cores;
  const int workers =
      std::clamp(project_.project().workers() > 0 ? project_.project().workers() : usual, 1, 64);
  const std::vector<std::size_t> levels = LevelsOf(stages_, topics_);
  tasks_ =
      std::make_unique<TaskPool>(*bus_, clock_, log_, *std::max_element(levels.begin(), levels.end()) + 1);
  // The ordered stages first: nobody can help with them.
  for (const bool single : {true, false}) {
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      if (stages_[i].single == single) {
        AddTasks(stages_[i], levels[i]);
      }
    }
  }
  for (int i = 0; i < workers; ++i) {
    threads_.emplace_back([this](std::stop_token stop) {
      const Status outcome = tasks_->Run([this] { return AsOf(); }, stop);
      if (!outcome.ok()) {
        Fail(outcome.error());
      }
    });
  }
  // A number for each partition, and one more for the ordered stages.
  CROSSBILL_TRY(auto share,
                WorkThread::Start(*bus_, log_, "transforms", topics_.partitions() + 1,
                                  {[this](const WorkThread::Numbers& owned) { tasks_->Own(owned); },
                                   [this](const WorkThread::Numbers& lost) { tasks_->GiveUp(lost); },
                                   [this] { return tasks_->FollowOthers(); },
                                   [this](const Error& error) { Fail(error); }}));
  shares_.push_back(std::move(share));
  return Ok();
}

void RunnerImpl::AddTasks(const transforms::Stage& stage, std::size_t level) {
  for (std::int32_t partition = 0; partition < (stage.single ? 1 : topics_.partitions()); ++partition) {
    transforms::TaskOptions task;
    task.prefix = topics_.prefix();
    task.partition = partition;
    task.partitions = topics_.partitions();
    task.max_records = stage.step_records;
    task.progress_topic = topics_.Progress();
    tasks_->Add(stage, task, level, stage.single ? topics_.partitions() : partition);
  }
}

void RunnerImpl::StartUpdater() {
  if (updater_ == nullptr) {
    return;
  }
  threads_.emplace_back([this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      const auto applied = WithUpdater([](facade::ViewUpdater& updater) { return updater.Step(50); });
      if (!applied.ok()) {
        if (!Mends("reading for the views", applied.error())) {
          return Fail(applied.error());
        }
        SleepFor(kTryAgainMs, stop);
      }
    }
  });
}

std::int64_t RunnerImpl::transform_lag() {
  const auto lag = LagOf(*bus_, topics_, stages_);
  return lag.ok() ? *lag : 0;
}

Result<bool> RunnerImpl::OthersAreDone() {
  Elsewhere elsewhere{crew_ != nullptr ? crew_->Elsewhere() : std::vector<std::string>(),
                      tasks_ != nullptr ? tasks_->Elsewhere() : std::vector<std::string>(), since_, AsOf()};
  const std::int64_t now = clock_.MonotonicMicros();
  if (elsewhere.empty()) {
    return true;
  }
  if (now - asked_others_ < kAskOthersMicros) {
    return false;
  }
  asked_others_ = now;
  CROSSBILL_TRY(const std::string waiting, WaitingFor(*bus_, topics_, elsewhere));
  if (!waiting.empty() && now - told_waiting_ >= kTellWaitingMicros) {
    told_waiting_ = now;
    log_.Info("waiting for other processes", {{"for", waiting}});
  }
  return waiting.empty();
}

bool RunnerImpl::SourcesWereRead(std::int64_t running_micros) {
  return crew_ == nullptr || (crew_->OwnsAny() ? crew_->WasReadOnce() : running_micros >= kShareMicros);
}

Result<bool> RunnerImpl::CaughtUp() {
  const std::int64_t moves = Moves();
  if (crew_ != nullptr && !crew_->IsRead()) {
    return false;
  }
  CROSSBILL_TRY(const std::vector<std::int64_t> before, EndsOf(*bus_, topics_));
  if (options_.transforms) {
    CROSSBILL_TRY(const std::int64_t lag, LagOf(*bus_, topics_, stages_));
    if (lag > 0) {
      return false;
    }
  }
  if (updater_ != nullptr) {
    CROSSBILL_TRY(const std::int64_t lag,
                  WithUpdater([](facade::ViewUpdater& updater) { return updater.Lag(); }));
    if (lag > 0) {
      return false;
    }
  }
  // A task that had no turn yet may still have to act on a new as-of date.
  if (tasks_ != nullptr && !tasks_->IsSettled()) {
    return false;
  }
  CROSSBILL_TRY(const bool others_done, OthersAreDone());
  CROSSBILL_TRY(const std::vector<std::int64_t> after, EndsOf(*bus_, topics_));
  return others_done && before == after && moves == Moves();
}

std::vector<facade::ServerOptions::Check> RunnerImpl::Readiness() {
  std::vector<facade::ServerOptions::Check> checks;
  const std::int64_t lag = transform_lag();
  checks.push_back({"transforms", lag < 10000, "records to go: " + std::to_string(lag)});
  for (const auto& status : streams()) {
    const bool ok =
        status->state != StreamStatus::State::kFailed && status->state != StreamStatus::State::kFailing;
    checks.push_back({"stream " + status->path, ok, ok ? "" : "the source cannot be read; the log says why"});
  }
  return checks;
}

void RunnerImpl::CountMetrics() {
  for (const auto& status : streams()) {
    const Metrics::Labels labels = {{"stream", status->path}};
    metrics_.Get("crossbill_source_rows_total", "Rows read from sources", labels).Set(status->rows);
    metrics_.Get("crossbill_source_events_total", "Events published", labels).Set(status->events);
    metrics_.Get("crossbill_dlq_records_total", "Rows in the dead letters", labels).Set(status->dead_letters);
  }
  metrics_.Get("crossbill_transform_records_total", "Records through the transforms", {}).Set(transformed());
}

Status RunnerImpl::Maintain() {
  if (IsFirst()) {
    CROSSBILL_RETURN_IF_ERROR(DeleteConsumed(*bus_, topics_, stages_, [this] { return ending_.load(); }));
  }
  return bus_->Maintain(clock_.Now().millis());
}

Result<bool> RunnerImpl::IsQuiet() {
  CROSSBILL_TRY(std::int64_t lag, LagOf(*bus_, topics_, stages_));
  if (lag == 0 && updater_ != nullptr) {
    CROSSBILL_TRY(lag, WithUpdater([](facade::ViewUpdater& updater) { return updater.Lag(); }));
  }
  return lag == 0 && tasks_->IsSettled();
}

Result<bool> RunnerImpl::Erase() {
  std::shared_ptr<const transforms::Erasures> erasures;
  {
    CROSSBILL_TRY(const ErasureDoor::Pass pass, door_->Enter());
    erasures = pass.erasures;
  }
  if (!IsFirst()) {
    CROSSBILL_RETURN_IF_ERROR(eraser_->Follow(*erasures, views_.get()));
    return false;
  }
  if (!Eraser::HasWork(*erasures)) {
    return false;
  }
  CROSSBILL_TRY(const transforms::Ends ends, transforms::EndsOfTopics(*bus_, topics_));
  CROSSBILL_TRY(const bool quiet, IsQuiet());
  if (!quiet) {
    return true;
  }
  CROSSBILL_RETURN_IF_ERROR(DeleteConsumed(*bus_, topics_, stages_));
  return eraser_->Step(*erasures, ends, views_.get());
}

Result<RunSummary> RunnerImpl::Run(std::stop_token stop, const std::function<void()>& on_progress) {
  const std::stop_callback on_stop(stop, [this] { ending_ = true; });
  CROSSBILL_RETURN_IF_ERROR(StartTransforms());
  CROSSBILL_RETURN_IF_ERROR(StartStreams());
  StartUpdater();
  const std::int64_t started = clock_.MonotonicMicros();
  std::int64_t last_progress = started;
  std::int64_t last_maintained = started;
  std::int64_t last_erased = started;
  while (!stop.stop_requested() && !Stopped()) {
    SleepFor(kIdleCheckMs, stop);
    const std::int64_t now = clock_.MonotonicMicros();
    if (tasks_ != nullptr && SourcesWereRead(now - started)) {
      tasks_->SourcesAreRead();
    }
    if (now - last_progress >= kProgressMs * 1000) {
      last_progress = now;
      CountMetrics();
      on_progress();
    }
    if (now - last_maintained >= kMaintainMs * 1000) {
      last_maintained = now;
      if (const Status done = Maintain(); !done.ok() && !Mends("maintaining the bus", done.error())) {
        return done.error();
      }
    }
    if (!options_.until_idle && now - last_erased >= kEraseMs * 1000) {
      last_erased = now;
      if (const auto erased = Erase(); !erased.ok() && !Mends("forgetting", erased.error())) {
        return erased.error();
      }
    }
    if (options_.until_idle) {
      const auto caught_up = CaughtUp();
      if (!caught_up.ok() && !Mends("looking whether everything is read", caught_up.error())) {
        return caught_up.error();
      }
      if (caught_up.ok() && *caught_up) {
        CROSSBILL_TRY(const bool goes_on, Erase());
        if (!goes_on) {
          break;
        }
      }
    }
  }
  for (std::jthread& thread : threads_) {
    thread.request_stop();
  }
  for (const auto& share : shares_) {
    share->Stop();
  }
  if (crew_ != nullptr) {
    crew_->StopAll();
  }
  threads_.clear();
  shares_.clear();
  server_.reset();
  CountMetrics();
  on_progress();
  if (options_.until_idle && !Stopped() && IsFirst()) {
    CROSSBILL_RETURN_IF_ERROR(DeleteConsumed(*bus_, topics_, stages_));
  }
  const std::scoped_lock lock(mutex_);
  if (failure_) {
    return *failure_;
  }
  return RunSummary{crew_ != nullptr ? crew_->failed() : std::vector<std::string>(), transformed()};
}

}  // namespace

Result<std::unique_ptr<Runner>> Runner::Open(const ProjectConfig& project, const Clock& clock, Log& log,
                                             Metrics& metrics, const RunOptions& options) {
  auto runner = std::make_unique<RunnerImpl>(project, clock, log, metrics, options);
  CROSSBILL_RETURN_IF_ERROR(runner->Start());
  return std::unique_ptr<Runner>(std::move(runner));
}

}  // namespace crossbill::runtime
