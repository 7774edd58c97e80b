#include "app/program.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "app/session.h"

namespace crossbill::app {
namespace {

constexpr int kExitUsage = 64;

void AddCommands(CLI::App& program, Session& session) {
  AddInit(program, session);
  AddCheck(program, session);
  AddPreview(program, session);
  AddTest(program, session);
  AddRun(program, session);
  AddExport(program, session);
  AddGet(program, session);
  AddSearch(program, session);
  AddTop(program, session);
  AddExplain(program, session);
  AddHistory(program, session);
  AddStatus(program, session);
  AddTap(program, session);
  AddOffsets(program, session);
  AddTopics(program, session);
  AddDeadLetter(program, session);
  AddReview(program, session);
  AddDecide(program, session);
  AddExceptions(program, session);
  AddForget(program, session);
  AddWho(program, session);
  AddWhy(program, session);
  AddLink(program, session);
  AddTrain(program, session);
  AddDocs(program, session);
  for (CLI::App* command : program.get_subcommands({})) {
    command->add_option("-C,--config", session.directory, "The configuration's directory (default: .)");
  }
}

}  // namespace

int Main(int argc, char** argv) {
  Session session;
  session.log = MakeStderrLog(session.clock, isatty(STDERR_FILENO) == 0, LogLevel::kInfo);
  CLI::App program(
      "Crossbill: one view of each customer, from all systems that know them, every value traceable.",
      "crossbill");
  program.add_option("-C,--config", session.directory, "The configuration's directory (default: .)");
  program.set_version_flag("--version", std::string("crossbill ") + CROSSBILL_VERSION);
  program.require_subcommand(1);
  AddCommands(program, session);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = program.exit(error);
    return code == 0 ? 0 : kExitUsage;
  }
  return session.exit_code;
}

}  // namespace crossbill::app
