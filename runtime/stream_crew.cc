#include "runtime/stream_crew.h"

#include <algorithm>
#include <chrono>

#include "crossbill/config/v1/connector.pb.h"

namespace crossbill::runtime {
namespace {

constexpr std::chrono::seconds kLeave(10);
constexpr std::chrono::milliseconds kLook(5);

using State = StreamStatus::State;

bool IsDone(State state) { return state == State::kFinished || state == State::kFailed; }

}  // namespace

StreamCrew::StreamCrew(const Environment& environment, bool until_idle, std::size_t batch_rows)
    : environment_(environment), until_idle_(until_idle), batch_rows_(batch_rows) {
  for (const auto& connector : environment_.project.connectors()) {
    for (const auto& stream : connector->streams) {
      statuses_.push_back(std::make_unique<StreamStatus>());
      statuses_.back()->path = stream->Path();
      auto member = std::make_unique<Member>();
      member->connector = connector.get();
      member->stream = stream.get();
      member->status = statuses_.back().get();
      crew_.push_back(std::move(member));
    }
  }
  std::sort(crew_.begin(), crew_.end(),
            [](const auto& a, const auto& b) { return a->status->path < b->status->path; });
}

StreamCrew::~StreamCrew() { StopAll(); }

void StreamCrew::Own(const std::set<std::int32_t>& numbers) {
  std::set<std::int32_t> others;
  for (std::int32_t number = 0; number < count(); ++number) {
    Member& member = *crew_[static_cast<std::size_t>(number)];
    if (!numbers.contains(number)) {
      others.insert(number);
      continue;
    }
    moves_ += member.owned.exchange(true) ? 0 : 1;
    if (!member.running && member.status->state != State::kFailed) {
      Start(member);
    }
  }
  GiveUp(others);
}

void StreamCrew::GiveUp(const std::set<std::int32_t>& numbers) {
  std::vector<Member*> leaving;
  for (const std::int32_t number : numbers) {
    Member& member = *crew_[static_cast<std::size_t>(number)];
    if (member.owned.exchange(false)) {
      ++moves_;
      member.thread.request_stop();
      leaving.push_back(&member);
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + kLeave;
  for (const Member* member : leaving) {
    while (member->running && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kLook);
    }
    member->status->state = State::kElsewhere;
  }
}

void StreamCrew::StopAll() {
  for (const auto& member : crew_) {
    member->thread.request_stop();
  }
  for (const auto& member : crew_) {
    if (member->thread.joinable()) {
      member->thread.join();
    }
  }
}

void StreamCrew::Start(Member& member) {
  member.running = true;
  member.status->state = State::kStarting;
  member.thread = std::jthread([this, &member](std::stop_token stop) {
    RunOne(stop, member);
    member.running = false;
  });
}

void StreamCrew::RunOne(std::stop_token stop, Member& member) {
  const auto& errors = member.connector->common->errors();
  StreamWorkerOptions worker;
  worker.until_idle = until_idle_;
  worker.tries = errors.retry().max();
  worker.backoff_ms = member.connector->backoff_ms;
  worker.longest_backoff_ms = member.connector->longest_backoff_ms;
  worker.poll_ms = member.stream->poll_ms;
  PumpOptions pump;
  pump.batch_rows = batch_rows_;
  pump.transaction_rows = batch_rows_ * 20;
  pump.stop_at_bad_row = errors.tolerance() == "none";
  const Environment& at = environment_;
  const Status outcome = RunStream(
      [&] {
        return Pump::Open(at.bus, at.topics, at.project, *member.connector, *member.stream, at.door, at.clock,
                          at.log, pump);
      },
      worker, *member.status, at.log, at.clock, stop);
  if (!outcome.ok()) {
    const std::scoped_lock lock(mutex_);
    failed_.push_back(member.status->path + ": " + outcome.error().ToString());
  }
}

bool StreamCrew::IsRead() const {
  return std::all_of(crew_.begin(), crew_.end(),
                     [](const auto& member) { return !member->owned || IsDone(member->status->state); });
}

bool StreamCrew::OwnsAny() const {
  return std::any_of(crew_.begin(), crew_.end(), [](const auto& member) { return member->owned.load(); });
}

bool StreamCrew::WasReadOnce() {
  bool all = true;
  for (const auto& member : crew_) {
    const State state = member->status->state;
    member->was_read =
        member->was_read || IsDone(state) || state == State::kWaiting || state == State::kFailing;
    all = all && (member->was_read || !member->owned);
  }
  return all;
}

std::vector<std::string> StreamCrew::Elsewhere() const {
  std::vector<std::string> paths;
  for (const auto& member : crew_) {
    if (!member->owned) {
      paths.push_back(member->status->path);
    }
  }
  return paths;
}

std::vector<std::string> StreamCrew::failed() const {
  const std::scoped_lock lock(mutex_);
  return failed_;
}

}  // namespace crossbill::runtime
