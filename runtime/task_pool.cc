#include "runtime/task_pool.h"

#include <algorithm>
#include <utility>

#include "runtime/stream_worker.h"

namespace crossbill::runtime {
namespace {

constexpr std::int64_t kShortestRestMs = 1;
constexpr std::int64_t kLongestRestMs = 8;

}  // namespace

TaskPool::TaskPool(bus::Bus& bus, const Clock& clock, Log& log, std::size_t levels)
    : pace_(levels), environment_{bus, clock, log, pace_, records_, moves_} {}

TaskPool::~TaskPool() = default;

void TaskPool::Add(transforms::Stage stage, transforms::TaskOptions options, std::size_t level,
                   std::int32_t unit) {
  auto found = std::find_if(units_.begin(), units_.end(),
                            [&](const auto& candidate) { return candidate->number() == unit; });
  if (found == units_.end()) {
    found = units_.insert(units_.end(), std::make_unique<TaskUnit>(environment_, unit));
  }
  (*found)->Add(std::move(stage), std::move(options), level);
}

void TaskPool::Own(const std::set<std::int32_t>& numbers) {
  for (const auto& unit : units_) {
    numbers.contains(unit->number()) ? unit->Own() : unit->GiveUp();
  }
}

void TaskPool::GiveUp(const std::set<std::int32_t>& numbers) {
  for (const auto& unit : units_) {
    if (numbers.contains(unit->number())) {
      unit->GiveUp();
    }
  }
}

bool TaskPool::IsSettled() const {
  return std::all_of(units_.begin(), units_.end(),
                     [](const auto& unit) { return !unit->owned() || unit->settled(); });
}

std::vector<std::string> TaskPool::Elsewhere() const {
  std::vector<std::string> names;
  for (const auto& unit : units_) {
    if (!unit->owned()) {
      unit->AddNames(names);
    }
  }
  return names;
}

bool TaskPool::Owns(std::int32_t number) const {
  return std::any_of(units_.begin(), units_.end(),
                     [&](const auto& unit) { return unit->number() == number && unit->owned(); });
}

Status TaskPool::FollowOthers() {
  for (const auto& unit : units_) {
    CROSSBILL_RETURN_IF_ERROR(unit->Follow());
  }
  return Ok();
}

Status TaskPool::Run(const std::function<Date()>& as_of, std::stop_token stop) {
  std::int64_t rest_ms = kShortestRestMs;
  while (!stop.stop_requested()) {
    bool worked = false;
    bool waits = false;
    for (const std::unique_ptr<TaskUnit>& unit : units_) {
      if (stop.stop_requested()) {
        return Ok();
      }
      CROSSBILL_TRY(const TaskUnit::Turn turn, unit->Take(as_of()));
      worked = worked || turn == TaskUnit::Turn::kWorked;
      waits = waits || turn == TaskUnit::Turn::kWaits;
    }
    if (worked) {
      rest_ms = kShortestRestMs;
      continue;
    }
    SleepFor(rest_ms, stop);
    rest_ms = waits ? kShortestRestMs : std::min(rest_ms * 2, kLongestRestMs);
  }
  return Ok();
}

}  // namespace crossbill::runtime
