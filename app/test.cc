#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/session.h"
#include "runtime/mapping_test_case.h"

namespace crossbill::app {
namespace {

void Test(Session& session) {
  const auto project = session.Load();
  if (project == nullptr) {
    return;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const auto& connector : project->connectors()) {
    for (const runtime::MappingTestResult& result : runtime::RunMappingTests(*connector)) {
      if (result.failures.empty()) {
        ++passed;
        std::printf("passed  %s: %s\n", connector->file->file.c_str(), result.name.c_str());
        continue;
      }
      ++failed;
      std::printf("FAILED  %s: %s\n", result.place.c_str(), result.name.c_str());
      for (const std::string& failure : result.failures) {
        std::printf("        %s\n", failure.c_str());
      }
    }
  }
  std::printf("%zu passed, %zu failed\n", passed, failed);
  session.exit_code = failed > 0 ? InfoOf(Code::kTestFailed).exit_code : 0;
}

}  // namespace

void AddTest(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("test", "Run the `tests:` of the configuration");
  command->callback([&session] { Test(session); });
}

}  // namespace crossbill::app
