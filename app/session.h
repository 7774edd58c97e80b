// What every command needs: the configuration's directory, the connectors of this build, the clock, the log.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "connectors/sdk/registry.h"
#include "facade/views/views.h"
#include "runtime/project.h"

namespace CLI {
class App;
}

namespace crossbill::app {

struct Session {
  Session();
  std::string directory = ".";
  bool json_log = false;
  bool verbose = false;
  connectors::ConnectorRegistry registry;
  SystemClock clock;
  std::unique_ptr<Log> log;
  int exit_code = 0;

  // Prints an error to stderr and sets the exit code.
  void Fail(const Error& error);
  // Reads the configuration; on problems prints all of them, sets the exit code to 1 and gives nullptr.
  // Warnings are printed too.
  std::unique_ptr<runtime::ProjectConfig> Load();
  Result<std::unique_ptr<bus::Bus>> OpenBus(const runtime::ProjectConfig& project, bool read_only);
  // The bus beside a running process; on failure prints and gives nullptr.
  std::unique_ptr<bus::Bus> OpenBusForReading(const runtime::ProjectConfig& project);
  std::unique_ptr<facade::Views> OpenViewsForReading(const runtime::ProjectConfig& project);
};

// Each adds one command to the program; what it does runs when the command line was parsed.
void AddInit(CLI::App& program, Session& session);
void AddCheck(CLI::App& program, Session& session);
void AddPreview(CLI::App& program, Session& session);
void AddTest(CLI::App& program, Session& session);
void AddRun(CLI::App& program, Session& session);
void AddExport(CLI::App& program, Session& session);
void AddGet(CLI::App& program, Session& session);
void AddTop(CLI::App& program, Session& session);
void AddSearch(CLI::App& program, Session& session);
void AddExplain(CLI::App& program, Session& session);
void AddHistory(CLI::App& program, Session& session);
void AddStatus(CLI::App& program, Session& session);
void AddTap(CLI::App& program, Session& session);
void AddOffsets(CLI::App& program, Session& session);
void AddTopics(CLI::App& program, Session& session);
void AddDeadLetter(CLI::App& program, Session& session);
void AddReview(CLI::App& program, Session& session);
void AddDecide(CLI::App& program, Session& session);
void AddExceptions(CLI::App& program, Session& session);
void AddForget(CLI::App& program, Session& session);
void AddWho(CLI::App& program, Session& session);
void AddWhy(CLI::App& program, Session& session);  // and how
void AddLink(CLI::App& program, Session& session);
void AddTrain(CLI::App& program, Session& session);
void AddDocs(CLI::App& program, Session& session);

}  // namespace crossbill::app
