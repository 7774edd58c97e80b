// A subcommand of a group such as `decide` or `exceptions`: it loads the project, acts, and says what failed.
// One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "app/session.h"

namespace crossbill::app {

// `Arguments` has `output`. `action` is called with the project that -C names.
template <class Arguments>
CLI::App* AddAction(CLI::App& parent, Session& session, const char* name, const char* what,
                    const std::shared_ptr<Arguments>& arguments,
                    Status (*action)(Session&, const runtime::ProjectConfig&, const Arguments&)) {
  auto* command = parent.add_subcommand(name, what)->fallthrough();  // -C stands with the group
  command->add_option("-o,--output", arguments->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([&session, arguments, action] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = action(session, *project, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
  return command;
}

}  // namespace crossbill::app
