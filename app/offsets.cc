#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/session.h"
#include "runtime/pump.h"
#include "runtime/runner.h"

namespace crossbill::app {
namespace {

Status Get(Session& session, const runtime::ProjectConfig& project, const std::string& path) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(const std::string position,
                runtime::CommittedPosition(*bus, runtime::TopicsOf(project), path));
  if (position.empty()) {
    return Error(Code::kNothingYet, "the stream was not read yet", path);
  }
  std::printf("%s\n", position.c_str());
  return Ok();
}

// Opens the bus for writing: a process that runs has it locked, and says so.
Status Reset(Session& session, const runtime::ProjectConfig& project, const std::string& path) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, false));
  CROSSBILL_RETURN_IF_ERROR(runtime::ResetPosition(*bus, runtime::TopicsOf(project), path));
  std::printf(
      "%s is read from its beginning by the next run; what did not change keeps its event ids, and is "
      "published again only by sources that do not compare (files that grow)\n",
      path.c_str());
  return Ok();
}

void AddOne(CLI::App& parent, Session& session, const char* name, const char* what,
            Status (*act)(Session&, const runtime::ProjectConfig&, const std::string&)) {
  auto* command = parent.add_subcommand(name, what)->fallthrough();  // -C stands with `offsets`
  auto path = std::make_shared<std::string>();
  command->add_option("stream", *path, "SYSTEM/STREAM")->required();
  command->callback([&session, path, act] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    const runtime::ConnectorConfig* connector = nullptr;
    if (project->FindStream(*path, &connector) == nullptr) {
      return session.Fail(Error(Code::kNotFound, "no stream \"" + *path + "\" in the configuration"));
    }
    if (const Status status = act(session, *project, *path); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace

void AddOffsets(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("offsets", "Show or reset the position of a stream");
  command->require_subcommand(1);
  AddOne(*command, session, "get", "Print the position that was committed", Get);
  AddOne(*command, session, "reset", "Let the next run read the stream from its beginning", Reset);
}

}  // namespace crossbill::app
