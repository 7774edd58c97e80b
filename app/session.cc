#include "app/session.h"

#include <cstdio>

#include "connectors/all/all_connectors.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/runner.h"

namespace crossbill::app {

Session::Session() { connectors::RegisterAll(registry); }

void Session::Fail(const Error& error) {
  std::fprintf(stderr, "%s\n  %s\n", error.ToString().c_str(),
               std::string(InfoOf(error.code()).remedy).c_str());
  exit_code = InfoOf(error.code()).exit_code;
}

std::unique_ptr<runtime::ProjectConfig> Session::Load() {
  config::Problems problems;
  const auto environment = config::ProcessEnvironment();
  auto project = runtime::ProjectConfig::Load(directory, registry, *environment, problems);
  std::fprintf(stderr, "%s", problems.ToString().c_str());
  if (problems.HasErrors()) {
    exit_code = 1;
    return nullptr;
  }
  return project;
}

Result<std::unique_ptr<bus::Bus>> Session::OpenBus(const runtime::ProjectConfig& project, bool read_only) {
  return runtime::OpenBus(project, read_only, clock, *log, runtime::Patience::kShort);
}

std::unique_ptr<bus::Bus> Session::OpenBusForReading(const runtime::ProjectConfig& project) {
  auto bus = OpenBus(project, true);
  if (!bus.ok()) {
    Fail(bus.error());
    return nullptr;
  }
  return std::move(*bus);
}

std::unique_ptr<facade::Views> Session::OpenViewsForReading(const runtime::ProjectConfig& project) {
  const std::string state = project.project().state().empty() ? "state" : project.project().state();
  auto views = facade::Views::Open(project.PathOf(state) + "/views", true, project.comparer());
  if (!views.ok()) {
    Fail(views.error());
    return nullptr;
  }
  return std::move(*views);
}

}  // namespace crossbill::app
